"""Entering a lead by hand, with a look at whether it is known, and completing it (SOP-2.2)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from dealership.customers.selectors import look_up
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions, selectors
from leads.forms.capture import CompleteForm, LeadForm, OrganisationForm
from leads.models import Lead

ORGANISATION = Customer.Kind.ORGANISATION


@door(GET="leads.add_lead", POST="leads.add_lead")
def lead_new(request: Request) -> HttpResponse:
    is_organisation = request.GET.get("kind") == ORGANISATION
    form_class = OrganisationForm if is_organisation else LeadForm
    form = form_class(typed(request), user=request.user)
    act = actions.add_organisation if is_organisation else actions.add_lead
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            store, data = request.user.active_store, form.cleaned_data
            if lead := form.run(act, store=store, by=request.user, **data):
                return go(request, attempt.finish(_next(request, lead)), said=_said(request, lead))
    context = {"form": form, "is_organisation": is_organisation}
    return page(request, "leads/lead_new.html", context, partial="form", form=form)


def _next(request: Request, lead: Lead) -> Lead | str:
    """On to the customer, for whoever may see them; else ready for the next lead."""
    return lead if Lead.objects.visible_to(request.user).filter(pk=lead.pk) else "leads:lead-new"


def _said(request: Request, lead: Lead) -> str:
    name = lead.consultant.name if lead.consultant else ""
    if lead.was_open:
        text = _("Already a lead of %(name)s: what is new has been noted.")
        return text % {"name": name} if name else _("Already a lead: what is new has been noted.")
    if lead.consultant == request.user:
        return _("Entered. The lead is yours.")
    if name:
        return _("Entered. %(name)s has been told.") % {"name": name}
    return _("Entered. Nobody looks after the lead yet.")


@door(POST="leads.add_lead")
def lead_greet(request: Request) -> HttpResponse:
    """A POST although nothing changes: a number is personal and stays out of URLs and logs."""
    found = look_up(request.user, request.POST.get("phone", ""))
    lead = selectors.lead_of(found.customer) if found.customer else None
    seen = Customer.objects.visible_to(request.user)
    can_open = found.customer is not None and seen.filter(pk=found.customer.pk).exists()
    context = {"found": found, "lead": lead, "can_open": can_open}
    return page(request, "leads/_known.html", context)


@door(GET="leads.change_lead", POST="leads.change_lead")
def lead_complete(request: Request, pk: int) -> HttpResponse:
    lead = get_object_or_404(Lead.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "leads.change_lead", lead)
    form = CompleteForm(typed(request), lead=lead)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.complete_lead, lead, by=request.user, **form.cleaned_data)
    ):
        return go(request, lead, said=_("The lead is complete."))
    context = {"lead": lead, "form": form}
    return page(request, "leads/lead_complete.html", context, partial="form", form=form)
