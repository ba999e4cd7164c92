"""Base customers: the list, the call to an owner, the rules, new against base."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions
from leads.forms.base import BasePolicyForm, OwnerContactForm
from leads.models import OwnerContact
from leads.selectors import base as questions
from leads.selectors.base_report import base_report as report_of
from leads.selectors.base_report import referrals


@door(GET="leads.view_base")
def base_list(request: Request) -> HttpResponse:
    context = questions.base_listing(request.user, request.GET)
    return page(request, "leads/base_list.html", context, partial="rows")


@door(GET="leads.contact_owner", POST="leads.contact_owner")
def owner_contact(request: Request, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "leads.contact_owner", customer)
    form = OwnerContactForm(typed(request), store=customer.store)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            given = form.cleaned_data
            if contact := form.run(
                actions.record_owner_contact, customer, by=request.user, **given
            ):
                return go(request, attempt.finish(_next(contact)), said=_("Recorded."))
    context = {
        "customer": customer,
        "cars": questions.cars_of(customer),
        "last_spoken": questions.last_spoken(customer),
        "contacts": questions.owner_contacts_of(customer),
        "form": form,
    }
    return page(request, "leads/owner_contact.html", context, partial="form", form=form)


def _next(contact: OwnerContact) -> str:
    """Whoever was referred is entered at once; a wish goes on with the customer."""
    if contact.outcome == OwnerContact.Outcome.REFER:
        return f"{reverse('leads:lead-new')}?{urlencode({'referrer': contact.customer_id})}"
    return contact.customer.get_absolute_url()


@door(GET="leads.set_base_policy", POST="leads.set_base_policy")
def base_policy(request: Request) -> HttpResponse:
    store = request.user.active_store
    form = BasePolicyForm.of(questions.policy_of(store), typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.set_base_policy, store, by=request.user, **form.cleaned_data)
    ):
        return go(request, "leads:base-policy", said=_("Saved."))
    context = {"form": form, "waiting": questions.owners_waiting(store)}
    return page(request, "leads/base_policy.html", context, partial="form", form=form)


@door(GET="leads.view_base_report")
def base_report(request: Request) -> HttpResponse:
    return page(request, "leads/base_report.html", report_of(request.user, request.GET))


@door(GET="leads.view_base_report")
def base_referrals(request: Request) -> HttpResponse:
    return page(request, "leads/base_referrals.html", referrals(request.user, request.GET))
