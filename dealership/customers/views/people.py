"""Who speaks for an organisation (SOP-2.7)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from dealership.customers import actions, selectors
from dealership.customers.forms import PersonForm
from dealership.customers.models import ContactPerson
from dealership.customers.views.customers import mine
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once


@door(GET="customers.view_customer")
def people_panel(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    context = {"customer": customer, "people": selectors.people_of(request.user, customer)}
    return page(request, "customers/people_panel.html", context, partial="panel")


@door(GET="customers.change_customer", POST="customers.change_customer")
def person_add(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.change_customer", customer)
    form = PersonForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            act = actions.add_contact_person
            if form.run(act, customer, by=request.user, **form.cleaned_data):
                return go(request, attempt.finish(customer))
    context = {"customer": customer, "form": form}
    return page(request, "customers/person_add.html", context, partial="form", form=form)


def _found(request: Request, pk: int) -> ContactPerson:
    rows = ContactPerson.objects.visible_to(request.user)
    people = rows.select_related("organisation__store", "person__store")
    contact = get_object_or_404(people, pk=pk)
    authorize(request.user, "customers.change_customer", contact.organisation)
    return contact


@door(GET="customers.change_customer", POST="customers.change_customer")
def person_edit(request: Request, pk: int) -> HttpResponse:
    contact = _found(request, pk)
    person = contact.person
    now = {
        "name": person.name,
        "salutation": person.salutation,
        "job": contact.job,
        "is_decision_maker": contact.is_decision_maker,
    }
    form = PersonForm(typed(request), initial=now)
    if request.method == "POST" and form.is_valid():
        act = actions.change_contact_person
        if form.run(act, contact, by=request.user, **form.cleaned_data):
            return go(request, contact.organisation)
    context = {"contact": contact, "form": form}
    return page(request, "customers/person_edit.html", context, partial="form", form=form)


@door(POST="customers.change_customer")
def person_remove(request: Request, pk: int) -> HttpResponse:
    contact = _found(request, pk)
    actions.remove_contact_person(contact, by=request.user)
    return go(request, contact.organisation)
