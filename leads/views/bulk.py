"""Changing many leads at once, and what became of each."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page
from dealership.web.once import once
from leads import actions, selectors
from leads.actions.bulk import MOST_LEADS, PERMISSIONS
from leads.forms.bulk import FORMS
from leads.models import BulkRun


@door(POST="leads.change_lead")
def lead_bulk(request: Request) -> HttpResponse:
    """
    Ask what is to be done to the leads chosen, then do it.

    The first call comes from the list with the choice; the form that answers it holds the ids,
    so that what was confirmed is what is done.
    """
    action = request.POST.get("change", "")
    if action not in FORMS:
        raise RuleViolation(_("Choose what is to be done with the leads."))
    authorize(request.user, PERMISSIONS[BulkRun.Action(action)])
    chosen = selectors.chosen_leads(request.user, request.POST, most=MOST_LEADS)
    if not chosen.ids:
        raise RuleViolation(_("Choose at least one lead."), code="none_chosen")
    store = request.user.active_store
    is_sent = "confirmed" in request.POST
    form = FORMS[action](request.POST if is_sent else None, store=store)
    if is_sent and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            run = form.run(
                actions.begin_bulk,
                store,
                change=action,
                leads=chosen.ids,
                given=form.given,
                by=request.user,
            )
            if run:
                attempt.finish(run)
        if run:
            return go(request, actions.carry_on(run))
    context = {"form": form, "chosen": chosen, "action": BulkRun.Action(action), "most": MOST_LEADS}
    return page(request, "leads/lead_bulk.html", context, partial="form", form=form)


@door(GET="leads.change_lead")
def bulk_detail(request: Request, pk: int) -> HttpResponse:
    run = get_object_or_404(BulkRun.objects.visible_to(request.user), pk=pk)
    return page(request, "leads/bulk_detail.html", selectors.bulk_result(run))


@door(POST="leads.change_lead")
def bulk_go_on(request: Request, pk: int) -> HttpResponse:
    """Carry on where something stopped the work."""
    run = get_object_or_404(BulkRun.objects.visible_to(request.user), pk=pk)
    return go(request, actions.carry_on(run))
