"""Recognising a customer by an ID number."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from dealership.customers import actions
from dealership.customers.forms import IdentityForm
from dealership.customers.views.customers import mine
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page


@sensitive_post_parameters()
@door(GET="customers.change_customer", POST="customers.change_customer")
def identity(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.change_customer", customer)
    form = IdentityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["identity_number"]
        document = form.cleaned_data["document"]
        if form.run(actions.set_identity, customer, number, document=document, by=request.user):
            return go(request, customer)
    context = {"customer": customer, "form": form}
    return page(request, "customers/identity.html", context, partial="form", form=form)


@door(POST="customers.change_customer")
def identity_forget(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    authorize(request.user, "customers.change_customer", customer)
    actions.forget_identity(customer, by=request.user)
    return redirect(customer)
