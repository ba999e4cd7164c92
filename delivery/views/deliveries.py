"""Hand-overs: the list, one of them, the form, its thank-you text and its file."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from deals.models import Order
from delivery import actions, selectors
from delivery.actions.thanks import PROMISE
from delivery.forms import HandOverForm, ThanksForm
from delivery.models import Delivery


def find(request: Request, pk: int) -> Delivery:
    return get_object_or_404(Delivery.objects.visible_to(request.user).with_people(), pk=pk)


@door(GET="delivery.view_delivery")
def delivery_list(request: Request) -> HttpResponse:
    context = selectors.listing(request.user, request.GET)
    return page(request, "delivery/delivery_list.html", context, partial="rows")


@door(GET="delivery.view_delivery")
def delivery_detail(request: Request, pk: int) -> HttpResponse:
    delivery = find(request, pk)
    context = {
        "delivery": delivery,
        "started": selectors.started(delivery),
        "calls": selectors.calls_of(delivery),
        "applications": selectors.applications_of(delivery),
        "sms": PROMISE.sms(delivery),
    }
    return page(request, "delivery/delivery_detail.html", context)


@door(GET="delivery.hand_over", POST="delivery.hand_over")
def delivery_new(request: Request, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "delivery.hand_over", order)
    form = HandOverForm(typed(request), order=order)
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return go(request, submission.url)
            given = form.cleaned_data
            if delivery := form.run(actions.hand_over_car, order, by=request.user, **given):
                said = _("The car is handed over. This is what follows.")
                return go(request, submission.finish(delivery), said=said)
    context = {"order": order, "form": form}
    return page(request, "delivery/delivery_new.html", context, partial="form", form=form)


@door(GET="delivery.thank", POST="delivery.thank")
def delivery_thank(request: Request, pk: int) -> HttpResponse:
    delivery = find(request, pk)
    authorize(request.user, "delivery.thank", delivery)
    form = ThanksForm(typed(request), initial={"body": actions.draft_thanks(delivery)})
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.send_thanks, delivery, by=request.user, **form.cleaned_data)
    ):
        return go(request, delivery, said=_("The SMS is on its way."))
    context = {"delivery": delivery, "form": form, "sms": PROMISE.sms(delivery)}
    context |= {"obstacle": PROMISE.obstacle(delivery), "deadline": PROMISE.deadline(delivery)}
    return page(request, "delivery/delivery_thank.html", context, partial="form", form=form)


@door(POST="delivery.thank")
def delivery_thank_call(request: Request, pk: int) -> HttpResponse:
    delivery = find(request, pk)
    authorize(request.user, "delivery.thank", delivery)
    actions.thank_by_call(delivery, by=request.user)
    return go(request, delivery, said=_("Thanked without SMS."))


@door(POST="delivery.complete_file")
def delivery_file(request: Request, pk: int) -> HttpResponse:
    delivery = find(request, pk)
    authorize(request.user, "delivery.complete_file", delivery)
    actions.complete_file(delivery, by=request.user)
    return go(request, delivery, said=_("The customer's file is complete."))


@door(GET="delivery.view_delivery")
def delivery_panel(request: Request, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    context = {"customer": customer, "deliveries": selectors.deliveries_of(customer)}
    return page(request, "delivery/delivery_panel.html", context)
