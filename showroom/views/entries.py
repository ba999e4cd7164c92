"""Logging a walk-in, a call or a message in a few taps."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from dealership.web.http import Request, door, page, typed
from dealership.web.once import once
from showroom import actions, selectors
from showroom.forms import CallForm, EntryForm, MessageForm, WalkInForm
from showroom.models import Visit
from showroom.views.answers import go


@door(GET="showroom.receive_visit", POST="showroom.receive_visit")
def visit_new(request: Request) -> HttpResponse:
    form = WalkInForm(typed(request), user=request.user)
    return _enter(request, form, actions.receive_visit, "showroom/visit_new.html")


@door(GET="showroom.log_call", POST="showroom.log_call")
def call_new(request: Request) -> HttpResponse:
    form = CallForm(typed(request), user=request.user)
    return _enter(request, form, actions.log_call, "showroom/call_new.html")


@door(GET="showroom.log_call", POST="showroom.log_call")
def message_new(request: Request) -> HttpResponse:
    form = MessageForm(typed(request), user=request.user)
    return _enter(request, form, actions.log_message, "showroom/message_new.html")


@door(POST="customers.look_up")
def visit_greet(request: Request) -> HttpResponse:
    """A POST although nothing changes: what is typed is personal and stays out of URLs."""
    written = (request.POST.get(name, "").strip() for name in ("phone", "plate", "name"))
    greeting = selectors.greet(request.user, next(filter(None, written), ""))
    return page(request, "showroom/_greeting.html", {"greeting": greeting})


def _enter(
    request: Request, form: EntryForm, act: Callable[..., Visit], template: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return go(request, submission.url)
            visit = form.run(
                act, store=request.user.active_store, by=request.user, **form.cleaned_data
            )
            if visit:
                return go(request, submission.finish(_next(request, visit)), said=_said(visit))
    return page(request, template, {"form": form}, partial="form", form=form)


def _next(request: Request, visit: Visit) -> Visit | str:
    """Whoever attends goes on with the visit; the reception goes back to the floor."""
    mine = request.user in (visit.consultant, None) or not visit.is_present
    return visit if mine else "showroom:floor"


def _said(visit: Visit) -> str:
    owner = visit.known_consultant
    if owner is not None and owner != visit.entered_by:
        return _("Entered. %(name)s has been told.") % {"name": owner.name}
    return _("Entered.")
