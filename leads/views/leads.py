"""Leads: the level, and the panel on the customer page."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from dealership.customers.models import Customer
from dealership.web.answers import read_anew
from dealership.web.http import Request, authorize, door, page, typed
from leads import actions, selectors
from leads.forms.leads import LevelForm
from leads.models import Lead


@door(GET="leads.change_lead", POST="leads.change_lead")
def lead_level(request: Request, pk: int) -> HttpResponse:
    lead = get_object_or_404(Lead.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "leads.change_lead", lead)
    now = {"level": lead.level_id, "next_contact_on": lead.next_contact_on}
    form = LevelForm(typed(request), store=lead.store, initial=now)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.review_lead, lead, by=request.user, **form.cleaned_data)
    ):
        return read_anew(request, lead)
    context = {"lead": lead, "form": form}
    return page(request, "leads/lead_level.html", context, partial="form", form=form)


@door(GET="leads.view_lead")
def lead_panel(request: Request, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    context = {"customer": customer, "parts": selectors.lead_parts(customer)}
    return page(request, "leads/lead_panel.html", context, partial="panel")
