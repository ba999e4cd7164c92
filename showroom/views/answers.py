"""How the showroom's pages find a visit and answer what was sent."""

import json
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url

from dealership.web.answers import go
from dealership.web.http import Request, authorize
from dealership.web.middleware import way_back
from showroom.models import Visit

__all__ = ["find", "go", "stay"]


def find(request: Request, pk: int, permission: str = "") -> Visit:
    """The visit, if this person may see it (else 404) and do `permission` to it (else 403)."""
    visits = Visit.objects.visible_to(request.user).with_people()
    people = visits.select_related("entered_by", "registered_by", "level_after", "source", "lead")
    visit = get_object_or_404(people, pk=pk)
    if permission:
        authorize(request.user, permission, visit)
    return visit


def stay(request: Request, to: models.Model | str, *, said: str = "") -> HttpResponse:
    """Stay where the button was; whatever shows visits on the page refreshes itself."""
    if request.htmx:
        events: dict[str, Any] = {"visits-changed": {}, "deadlines-changed": {}}
        if said:
            events["toast"] = {"text": said, "state": "done"}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
    if said:
        messages.success(request, said)
    return redirect(way_back(request) or resolve_url(to))
