"""Orders: the list, one order, placing and cancelling it, and the panel on the customer page."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from deals import actions, selectors
from deals.forms import CancelForm, OrderForm
from deals.models import Order
from leads.selectors import lead_of


@door(GET="deals.view_order")
def order_list(request: Request) -> HttpResponse:
    context = selectors.listing(request.user, request.GET)
    return page(request, "deals/order_list.html", context, partial="rows")


@door(GET="deals.view_order")
def order_detail(request: Request, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.visible_to(request.user).with_people(), pk=pk)
    return page(request, "deals/order_detail.html", {"order": order})


@door(GET="deals.place_order", POST="deals.place_order")
def order_new(request: Request, pk: int) -> HttpResponse:
    """For a customer: their open lead is ordered; an owner who buys again gets a new one."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "deals.place_order", customer)
    lead = lead_of(customer)
    wish = {"series": lead.series_id, "consultant": lead.consultant_id} if lead else {}
    form = OrderForm(typed(request), initial=wish, customer=customer, user=request.user)
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return go(request, submission.url)
            given = form.cleaned_data
            if order := form.run(actions.order_for, customer, by=request.user, **given):
                said = _("Order %(number)s is placed.") % {"number": order.number}
                return go(request, submission.finish(order), said=said)
    context = {"customer": customer, "lead": lead, "form": form}
    return page(request, "deals/order_new.html", context, partial="form", form=form)


@door(GET="deals.cancel_order", POST="deals.cancel_order")
def order_cancel(request: Request, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "deals.cancel_order", order)
    form = CancelForm(typed(request), order=order)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.cancel_order, order, by=request.user, **form.cleaned_data)
    ):
        return go(request, order)
    context = {"order": order, "form": form}
    return page(request, "deals/order_cancel.html", context, partial="form", form=form)


@door(GET="deals.view_order")
def order_panel(request: Request, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    context = {"customer": customer, "orders": selectors.orders_of(customer)}
    return page(request, "deals/order_panel.html", context)
