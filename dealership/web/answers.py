"""What follows a form that was accepted."""

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url

from dealership.web.http import Request


def go(request: Request, to: models.Model | str, *, said: str = "") -> HttpResponse:
    """Go on to another page, under htmx with the whole window."""
    if said:
        messages.success(request, said)
    url = resolve_url(to)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def read_anew(request: Request, to: models.Model | str) -> HttpResponse:
    """Stay on the page that the side sheet lies on, and read it anew; without htmx go on."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect(resolve_url(to))
