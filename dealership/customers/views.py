"""The customer's one page, the one search box, and the look-up while greeting."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from dealership.customers import actions, selectors
from dealership.customers.forms import (
    ConsentForm,
    CustomerForm,
    PhoneForm,
    RefusalForm,
    RevealForm,
)
from dealership.customers.models import Consent, Customer, Event
from dealership.customers.panels import PANELS
from dealership.privacy.masks import show_phone
from dealership.staff.policy import may
from dealership.web.http import Request, authorize, door, page, typed

PAGE = 30


def mine(request: Request, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).with_people(), pk=pk)


@door(GET="customers.view_customer")
def customer_list(request: Request) -> HttpResponse:
    typed_text = request.GET.get("q", "").strip()
    after = request.GET.get("after", "")
    context = selectors.listing(request.user, typed_text, after=after, limit=PAGE)
    return page(request, "customers/customer_list.html", context, partial="rows")


@door(GET="customers.view_customer")
def search(request: Request) -> HttpResponse:
    typed_text = request.GET.get("q", "").strip()
    found = selectors.find(request.user, typed_text, limit=8)
    return page(request, "customers/_search.html", {"found": found, "q": typed_text})


@door(POST="customers.look_up")
def lookup(request: Request) -> HttpResponse:
    """A POST although nothing changes: a number is personal and stays out of URLs and logs."""
    found = selectors.look_up(request.user, request.POST.get("phone", ""))
    return page(request, "customers/_lookup.html", {"found": found})


@door(GET="customers.view_customer")
def customer_detail(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    panels = [panel for panel in PANELS if may(request.user, panel.permission)]
    context = {"customer": customer, "panels": panels, "consents": selectors.consents(customer)}
    context["events"] = selectors.timeline(customer, limit=PAGE)
    return page(request, "customers/customer_detail.html", context)


@door(GET="customers.view_customer")
def customer_timeline(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    before = Event.objects.filter(customer=customer, pk=whole(request.GET.get("before"))).first()
    events = selectors.timeline(customer, before=before, limit=PAGE)
    return page(request, "customers/_timeline.html", {"customer": customer, "events": events})


@door(GET="customers.change_customer", POST="customers.change_customer")
def customer_edit(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.change_customer", customer)
    initial = {"name": customer.name, "salutation": customer.salutation}
    form = CustomerForm(typed(request), initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.rename_customer, customer, by=request.user, **form.cleaned_data)
    ):
        return redirect(customer)
    context = {"customer": customer, "form": form}
    return page(request, "customers/customer_edit.html", context, partial="form", form=form)


@door(GET="customers.change_customer", POST="customers.change_customer")
def phone_add(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.change_customer", customer)
    form = PhoneForm(typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.add_phone, customer, form.cleaned_data["phone"], by=request.user)
    ):
        return redirect(customer)
    context = {"customer": customer, "form": form}
    return page(request, "customers/phone_add.html", context, partial="form", form=form)


@door(POST="customers.change_customer")
def consent(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.change_customer", customer)
    form = ConsentForm(request.POST)
    if form.is_valid():
        act = actions.give_consent if form.cleaned_data["given"] else actions.withdraw_consent
        act(customer, Consent.Purpose(form.cleaned_data["purpose"]), by=request.user)
    return redirect(customer)


@door(GET="customers.change_customer", POST="customers.change_customer")
def refuse(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.change_customer", customer)
    form = RefusalForm(typed(request))
    if request.method == "POST" and form.is_valid():
        actions.refuse_contact(customer, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("All messages to this customer have been stopped."))
        return redirect(customer)
    context = {"customer": customer, "form": form}
    return page(request, "customers/customer_refuse.html", context, partial="form", form=form)


@door(POST="customers.reveal_phone")
def customer_reveal(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.reveal_phone", customer)
    form = RevealForm(request.POST)
    number = ""
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        number = form.run(actions.reveal_phone, customer, reason=reason, by=request.user)
    shown = {"customer": customer, "form": form, "number": number}
    shown["readable"] = show_phone(number or "")
    return page(request, "customers/customer_reveal.html", shown, partial="number", form=form)


def whole(text: str | None) -> int:
    """A row id out of a URL; 0 for what is none."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0
