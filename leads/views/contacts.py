"""Follow-up: recording a contact in a few taps, from Today, a list or the customer's page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.web.answers import read_anew
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.middleware import way_back
from dealership.web.once import once
from leads import actions, selectors
from leads.forms.contacts import ContactForm
from leads.models import Contact, Lead


@door(GET="leads.contact_lead")
def follow_up_list(request: Request) -> HttpResponse:
    context = selectors.follow_ups(request.user, request.GET)
    return page(request, "leads/follow_up_list.html", context, partial="rows")


@door(GET="leads.contact_lead", POST="leads.contact_lead")
def contact_new(request: Request, pk: int) -> HttpResponse:
    lead = find(request, pk, "leads.contact_lead")
    onward = selectors.next_in_line(request.user, request.GET, lead)
    form = ContactForm(typed(request), lead=lead)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return read_anew(request, attempt.url)
            contact = form.run(actions.record_contact, lead, by=request.user, **form.cleaned_data)
            if contact:
                messages.success(request, _said(contact))
                return read_anew(request, attempt.finish(onward.url if onward else lead))
    context = {
        "lead": lead,
        "form": form,
        "visit": selectors.visit_of(lead),
        "onward": onward,
    }
    return page(request, "leads/contact_new.html", context, partial="form", form=form)


@door(POST="leads.contact_lead")
def contact_missed(request: Request, pk: int) -> HttpResponse:
    """One tap: nobody answered the call."""
    lead = find(request, pk, "leads.contact_lead")
    with once(request) as attempt:
        if not attempt.done:
            contact = actions.record_contact(
                lead, way=Contact.Way.CALL, outcome=Contact.Outcome.NO_ANSWER, by=request.user
            )
            messages.success(request, _said(contact))
            attempt.finish(lead)
    return read_anew(request, way_back(request) or lead)


def _said(contact: Contact) -> str:
    if not contact.is_reached:
        return _("Noted: %(outcome)s.") % {"outcome": contact.get_outcome_display()}
    if contact.next_contact_on is None:
        return _("Saved.")
    return _("Saved. Next contact: %(day)s.") % {"day": f"{contact.next_contact_on:%m-%d}"}


def find(request: Request, pk: int, permission: str) -> Lead:
    """The lead, if this person may see it (else 404) and do `permission` to it (else 403)."""
    rows = selectors.recalled(Lead.objects.visible_to(request.user).with_people())
    lead = get_object_or_404(rows, pk=pk)
    authorize(request.user, permission, lead)
    return lead
