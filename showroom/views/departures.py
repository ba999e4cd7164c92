"""The guest leaves; table and car are put in order."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from dealership.sop.steps import Step
from dealership.web.http import Request, door, page, typed
from dealership.web.once import once
from showroom import actions, selectors, sop
from showroom.actions.thanks import default_text, why_not
from showroom.forms import DepartForm
from showroom.models import Visit
from showroom.views.answers import find, go, stay


@door(GET="showroom.attend_visit", POST="showroom.attend_visit")
def visit_depart(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.attend_visit")
    known = {"thank_text": default_text(visit), "level": visit.level_before_id}
    form = DepartForm(typed(request), visit=visit, initial=known)
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return _left(request, submission.url)
            if gone := form.run(actions.depart, visit, by=request.user, **form.cleaned_data):
                return _left(request, submission.finish(gone))
    context = {"visit": visit, "form": form, "obstacle": why_not(visit)}
    return page(request, "showroom/visit_depart.html", context, partial="form", form=form)


def _left(request: Request, url: str) -> HttpResponse:
    """From the floor's one tap people stay there; the form goes on to the run sheet."""
    said = _("Goodbye said. The table is next.")
    if "one_tap" in request.POST:
        return stay(request, "showroom:floor", said=said)
    return go(request, url, said=said)


@door(POST="showroom.attend_visit")
def visit_undo(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.attend_visit")
    back = actions.undo_departure(visit, by=request.user)
    return stay(request, back, said=_("%(guest)s is back.") % {"guest": back.display_name})


@door(GET="showroom.attend_visit", POST="showroom.attend_visit")
def visit_tidy(request: Request, pk: int) -> HttpResponse:
    return _tap(request, pk, sop.TIDY, actions.tidy_table)


@door(GET="showroom.attend_visit", POST="showroom.attend_visit")
def visit_reset(request: Request, pk: int) -> HttpResponse:
    return _tap(request, pk, sop.RESET, actions.reset_car)


def _tap(request: Request, pk: int, step: Step, act: Callable[..., Visit]) -> HttpResponse:
    """One button; lists press it without opening the page."""
    visit = find(request, pk, "showroom.attend_visit")
    if request.method == "POST":
        act(visit, by=request.user)
        return stay(request, visit, said=_("Done: %(step)s") % {"step": step.title})
    context = {"visit": visit, "step": step, "deadline": selectors.deadline_of(visit, step)}
    return page(request, "showroom/visit_tap.html", context, partial="form")
