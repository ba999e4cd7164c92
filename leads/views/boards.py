"""The board of leads: columns that load themselves, and moving a card."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from dealership.web.http import Request, authorize, door, page, typed
from leads import actions, selectors
from leads.forms.leads import LevelForm
from leads.models import IntentLevel, Lead
from leads.selectors.boards import BY_STAGE, STAGES


@door(GET="leads.view_lead")
def lead_board(request: Request) -> HttpResponse:
    return page(request, "leads/lead_board.html", selectors.board(request.user, request.GET))


@door(GET="leads.view_lead")
def board_column(request: Request, by: str, code: str) -> HttpResponse:
    context = selectors.column(request.user, request.GET, by=by, code=code)
    if context is None:
        raise Http404
    partial = "cards" if context["after"] else "column"
    return page(request, "leads/board_column.html", context, partial=partial)


@door(GET="leads.change_lead", POST="leads.change_lead")
def lead_move(request: Request, pk: int) -> HttpResponse:
    """
    Move a card: to another level with the reason, to another stage by what makes it true.

    Under htmx the board puts the card down itself; otherwise one is back on the board.
    """
    lead = get_object_or_404(Lead.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "leads.change_lead", lead)
    to = request.GET.get("to", "")
    if request.GET.get("by") == BY_STAGE:
        return _to_stage(request, lead, to)
    level = IntentLevel.objects.judged(lead.store).filter(code=to).first()
    now = {"level": level.pk if level else lead.level_id}
    form = LevelForm(typed(request), store=lead.store, initial=now)
    if request.method == "POST" and form.is_valid():
        before = lead.level.code
        moved = form.run(actions.review_lead, lead, by=request.user, **form.cleaned_data)
        if moved:
            return _put_down(request, lead.pk, before, moved.level.code)
    context = {"lead": lead, "form": form, "to": level}
    return page(request, "leads/lead_move.html", context, partial="form", form=form)


def _put_down(request: Request, pk: int, old: str, new: str) -> HttpResponse:
    if request.htmx:
        told = json.dumps({"lead-moved": {"id": pk, "from": old, "to": new}})
        return HttpResponse(status=204, headers={"HX-Trigger": told})
    return redirect(f"{reverse('leads:lead-board')}?by=level")


def _to_stage(request: Request, lead: Lead, to: str) -> HttpResponse:
    """Nobody judges how far a sale has come: lead to the page that makes it true, or explain."""
    if to == Lead.Stage.CONTACTED:
        return redirect("leads:contact-new", lead.pk)
    if to == Lead.Stage.INVITED:
        return redirect("leads:appointment-new", lead.pk)
    wanted = next((stage for stage in STAGES if stage == to), None)
    context = {"lead": lead, "to": wanted, "stages": STAGES}
    return page(request, "leads/lead_stage.html", context, partial="form")
