"""The customer's one page, the one search box, and the look-up while greeting."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from dealership.customers import actions, selectors
from dealership.customers.facts import known_of
from dealership.customers.forms import (
    AllowForm,
    ConsentForm,
    CustomerForm,
    PhoneForm,
    RefusalForm,
    RevealForm,
)
from dealership.customers.models import Customer
from dealership.customers.panels import panels_for
from dealership.errors import RuleViolation
from dealership.privacy.masks import show_phone
from dealership.web.http import Request, authorize, door, page, typed

PAGE = 30


def mine(request: Request, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).with_people(), pk=pk)


def gone(heir: Customer | None) -> Customer:
    """The record in which a merged one lives on, or 404."""
    if heir is None:
        raise Http404
    return heir


@door(GET="customers.view_customer")
def customer_list(request: Request) -> HttpResponse:
    typed_text = request.GET.get("q", "").strip()
    after = request.GET.get("after", "")
    context = selectors.listing(
        request.user, typed_text, shown=request.GET.get("shown", ""), after=after, limit=PAGE
    )
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
    known = known_of([found.customer])[found.customer.pk] if found.customer else []
    return page(request, "customers/_lookup.html", {"found": found, "known": known})


@door(GET="customers.view_customer")
def customer_detail(request: Request, pk: int) -> HttpResponse:
    customer = Customer.objects.visible_to(request.user).with_people().filter(pk=pk).first()
    if customer is None:
        return redirect(gone(selectors.heir_of(request.user, pk)))
    context = {"customer": customer, "known": known_of([customer])[customer.pk]}
    context["panels"] = panels_for(
        request.user, pk, kind=customer.kind, chosen=request.GET.get("tab", "")
    )
    context["path"] = selectors.stage_path(customer)
    context |= selectors.timeline_page(customer, before=None, limit=PAGE)
    return page(request, "customers/customer_detail.html", context)


@door(GET="customers.view_customer")
def customer_timeline(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    before = whole(request.GET.get("before"))
    context = selectors.timeline_page(customer, before=before, limit=PAGE)
    context["customer"] = customer
    return page(request, "customers/customer_timeline.html", context, partial="events")


@door(GET="customers.view_customer")
def record_panel(request: Request, pk: int) -> HttpResponse:
    """Numbers, cars and consent: what the house keeps of the customer."""
    customer = mine(request, pk)
    context = {"customer": customer, "consents": selectors.consents(customer)}
    context["cars"] = customer.cars.order_by("pk")
    context["speaks_for"] = selectors.speaks_for(request.user, customer)
    return page(request, "customers/record_panel.html", context, partial="panel")


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
    if not form.is_valid():
        raise RuleViolation(_("This purpose of consent does not exist."))
    act = actions.give_consent if form.cleaned_data["given"] else actions.withdraw_consent
    act(customer, form.cleaned_data["purpose"], by=request.user)
    return redirect("customers:record-panel" if request.htmx else "customers:customer-detail", pk)


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


@door(GET="customers.change_customer", POST="customers.change_customer")
def allow(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.change_customer", customer)
    form = AllowForm(typed(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.run(actions.allow_contact, customer, reason=reason, by=request.user):
            return redirect(customer)
    context = {"customer": customer, "form": form}
    return page(request, "customers/customer_allow.html", context, partial="form", form=form)


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
