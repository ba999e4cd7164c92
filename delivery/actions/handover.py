"""SOP-9.5: the car is the customer's; everything that follows starts here."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import add_car, note
from dealership.errors import RuleViolation
from dealership.sop.actions import finish, start
from dealership.staff.models import User
from dealership.vehicles.vin import normalise_vin
from deals.actions import close_order
from deals.models import Order
from delivery import sop
from delivery.actions.thanks import PROMISE
from delivery.models import Callback, Delivery
from delivery.windows import window_ends

OLDEST_ENTRY = timedelta(days=3 * 366)


@transaction.atomic
def hand_over_car(
    order: Order,
    *,
    invoice_on: date,
    vehicle_use: str,
    customer_nature: str,
    vin: str,
    by: User | None,
    at: datetime | None = None,
) -> Delivery:
    """
    Hand the ordered car over (交车完成).

    The lead becomes level D, the car the customer's, and five promises begin: the thank-you SMS
    within 2 h (9.6.21), the callback on the same day (9.6.22) and on D+3 (9.6.23), the file on
    the same day (9.6.20), and the DMS entry until 24:00 of the second day after the invoice day
    (9.8). A hand-over entered late is possible; what is over by then begins as late.
    """
    now = clock.now()
    at = at or now
    vin = normalise_vin(vin)
    _refuse_impossible(at, invoice_on, now, order)
    order = close_order(order, by=by, at=at)
    delivery = Delivery(
        store=order.store,
        order=order,
        lead=order.lead,
        customer=order.customer,
        consultant=order.consultant,
        vin=vin,
        delivered_at=at,
        delivered_by=by,
        entered_at=now,
        invoice_on=invoice_on,
        vehicle_use=Delivery.Use(vehicle_use),
        customer_nature=Delivery.Nature(customer_nature),
        dms_window_ends_at=window_ends(invoice_on, order.store.tz),
    )
    _save_once(delivery)
    add_car(
        order.customer,
        series_text=order.series.name,
        vin=vin,
        bought_on=clock.day_of(at, order.store.tz),
        by=by,
        at=at,
    )
    note(
        "delivery.handed_over", store=order.store, customer=order.customer, lead=order.lead, by=by,
        at=at, subject=delivery, car=order.car, invoice=f"{invoice_on:%Y-%m-%d}",
    )  # fmt: skip
    _start_what_follows(delivery)
    return delivery


def _refuse_impossible(at: datetime, invoice_on: date, now: datetime, order: Order) -> None:
    if at > now:
        raise RuleViolation(_("The hand-over lies in the future."), field="at")
    if invoice_on > clock.day_of(now, order.store.tz):
        raise RuleViolation(_("The invoice date lies in the future."), field="invoice_on")
    if invoice_on < (now - OLDEST_ENTRY).date():
        raise RuleViolation(
            _("That is more than three years ago. Check the date."), field="invoice_on"
        )


def _save_once(delivery: Delivery) -> None:
    try:
        with transaction.atomic():
            delivery.save(force_insert=True)
    except IntegrityError:
        raise RuleViolation(
            _("A car with this VIN has already been handed over."), code="vin", field="vin"
        ) from None


def _start_what_follows(delivery: Delivery) -> None:
    common: dict[str, Any] = {"store": delivery.store, "customer": delivery.customer}
    handed_over, seller = delivery.delivered_at, delivery.consultant
    PROMISE.owe(delivery, owner=seller, at=handed_over)
    for kind, step in sop.CALL_STEPS.items():
        callback = Callback.objects.create(store=delivery.store, delivery=delivery, kind=kind)
        start(step, callback, owner=seller, at=handed_over, **common)
    start(sop.FILE, delivery, at=handed_over, **common)
    invoiced = clock.start_of_day(delivery.invoice_on, delivery.store.tz)
    start(sop.DMS_ENTRY, delivery, at=invoiced, **common)


@transaction.atomic
def complete_file(delivery: Delivery, *, by: User, at: datetime | None = None) -> Delivery:
    """Confirm that the customer's file is complete and in the DMS (SOP-9.6.20)."""
    at = at or clock.now()
    if at > clock.now() or at < delivery.delivered_at:
        raise RuleViolation(_("The file is complete after the hand-over, not in the future."))
    waiting = Delivery.objects.filter(pk=delivery.pk, filed_at__isnull=True)
    if not waiting.update(filed_at=at, filed_by=by):
        raise RuleViolation(_("The file is already complete."), code="done")
    delivery.filed_at, delivery.filed_by = at, by
    note(
        "delivery.filed", store=delivery.store, customer=delivery.customer, lead=delivery.lead,
        by=by, at=at, subject=delivery,
    )  # fmt: skip
    finish(sop.FILE, delivery, by=by, at=at)
    return delivery
