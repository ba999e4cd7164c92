"""Doors and pages: who may come in, and how an answer looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django_htmx.middleware import HtmxDetails

from dealership.staff.models import User
from dealership.staff.policy import POLICY, may
from dealership.web.middleware import kept_for

View = Callable[..., HttpResponseBase]


class Request(HttpRequest):
    """A request behind the sign-in: LoginRequiredMiddleware guarantees the user."""

    user: User
    htmx: HtmxDetails


def door(**permissions: str) -> Callable[[View], View]:
    """
    Open a view to the methods named, each for those who hold its permission.

    `@door(GET="showroom.view_floor", POST="showroom.receive_visit")`: other methods get 405,
    people without the role 403. Rows are narrowed by `visible_to`, verbs by `authorize`.
    """
    if "GET" in permissions:
        permissions.setdefault("HEAD", permissions["GET"])

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in permissions:
                return resend(request) or HttpResponseNotAllowed(sorted(permissions))
            authorize(request.user, permissions[request.method])
            return view(request, *args, **kwargs)

        guarded.door = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def resend(request: Request) -> HttpResponse | None:
    """
    Offer to send again what was typed before the session expired, where there is no form.

    A button's address has no page of its own to show the kept entry on.
    """
    if request.method != "GET" or (kept := kept_for(request)) is None:
        return None
    fields = [(name, value) for name, values in kept.lists() for value in values]
    return page(request, "staff/resend.html", {"fields": fields})


def public(reason: str) -> Callable[[View], View]:
    """Open a view to people who have not signed in; the reason stands for the reviewer."""

    def decorate(view: View) -> View:
        opened = login_not_required(view)
        opened.public = reason  # type: ignore[attr-defined]
        return opened

    return decorate


def authorize(user: User, permission: str, obj: Any = None) -> None:
    """Raise PermissionDenied (403) unless `user` may do `permission` to `obj`."""
    if permission not in POLICY:
        raise LookupError(f"{permission} is not in the policy table")
    if not may(user, permission, obj):
        raise PermissionDenied


def page(
    request: Request,
    template: str,
    context: dict[str, Any],
    *,
    partial: str = "",
    form: BaseForm | None = None,
    status: int | None = None,
) -> TemplateResponse:
    """Render `template`, or only its `#partial` for htmx; a refused form answers 422."""
    if partial and request.htmx and not request.htmx.boosted:
        template = f"{template}#{partial}"
    refused = form is not None and request.method == "POST" and form.is_bound and bool(form.errors)
    return TemplateResponse(request, template, context, status=status or (422 if refused else 200))


def typed(request: Request) -> QueryDict | None:
    """Return what was sent, or what was typed here before the session expired, or None."""
    if request.method == "POST":
        return request.POST
    return kept_for(request)
