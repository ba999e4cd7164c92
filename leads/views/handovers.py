"""A consultant leaves: look what there is, spread it, take it back (SOP-2.2)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership import clock
from dealership.staff.models import User
from dealership.staff.policy import may
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions
from leads.forms.ownership import HandOverForm
from leads.models import HandOver
from leads.selectors.handovers import (
    estate_of,
    journal_of,
    listing,
    spread,
    successors_of,
)


@door(GET="leads.hand_over", POST="leads.hand_over")
def hand_over(request: Request, pk: int) -> HttpResponse:
    """What the person has; with people chosen, who would get how much of it."""
    store = request.user.active_store
    leaver = get_object_or_404(User.objects.of_store(store), pk=pk)
    may_freeze = may(request.user, "staff.change_people")
    form = HandOverForm(typed(request), leaver=leaver, store=store, may_freeze=may_freeze)
    estate, plan = estate_of(leaver, store), None
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            plan = spread(estate.wishes, form.cleaned_data["how"], list(form.cleaned_data["to"]))
        elif response := _hand_over(request, leaver, form):
            return response
    context = {
        "leaver": leaver,
        "estate": estate,
        "form": form,
        "is_planned": plan is not None,
        "successors": successors_of(leaver, store, plan),
    }
    return page(request, "leads/hand_over.html", context, partial="form", form=form)


def _hand_over(request: Request, leaver: User, form: HandOverForm) -> HttpResponse | None:
    given = form.cleaned_data | {"to": list(form.cleaned_data["to"])}
    store = request.user.active_store
    with once(request) as attempt:
        if attempt.done:
            return go(request, attempt.url)
        done = form.run(actions.hand_over_customers, leaver, store=store, by=request.user, **given)
        if done:
            return go(request, attempt.finish(done), said=_("Everything has changed hands."))
    return None


@door(GET="leads.hand_over")
def hand_over_list(request: Request) -> HttpResponse:
    context = listing(request.user, request.GET)
    return page(request, "leads/hand_over_list.html", context)


@door(GET="leads.hand_over")
def hand_over_detail(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(HandOver.objects.visible_to(request.user).with_people(), pk=pk)
    context = {
        "hand_over": found,
        "journal": journal_of(found),
        "can_be_undone": found.can_be_undone(clock.now()),
    }
    return page(request, "leads/hand_over_detail.html", context)


@door(POST="leads.hand_over")
def hand_over_undo(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(HandOver.objects.visible_to(request.user).with_people(), pk=pk)
    if found.is_freezing:
        authorize(request.user, "staff.change_people")
    actions.undo_hand_over(found, by=request.user)
    return go(request, found, said=_("Everybody has again what they had, where nothing changed."))
