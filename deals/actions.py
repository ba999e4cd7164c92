"""What is done with orders."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series, Trim
from dealership.vehicles.vin import normalise_vin
from deals.models import Order
from leads.actions import (
    locked,
    move_on,
    open_lead,
    plan_contact,
    plan_usual,
    reach,
    set_wish,
    spoke,
)
from leads.models import IntentLevel, Lead

OLDEST_ENTRY = timedelta(days=3 * 366)
# Levels that only an order, a delivery or a loss gives.
EARNED_LEVELS = frozenset({"O", "D", "F"})


@transaction.atomic
def order_for(
    customer: Customer,
    *,
    series: Series,
    consultant: User | None = None,
    by: User,
    at: datetime | None = None,
    **car: Any,
) -> Order:
    """Order a car on the customer's open lead, or on a new one when an owner buys again."""
    seller = consultant or customer.owner or by
    lead = open_lead(customer, consultant=seller, series=series, by=by, at=at)
    return place_order(lead, series=series, consultant=consultant, by=by, at=at, **car)


@transaction.atomic
def place_order(
    lead: Lead,
    *,
    series: Series,
    trim: Trim | None = None,
    consultant: User | None = None,
    vin: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Order:
    """
    Order a car for the customer (SOP-8.5): the lead becomes level O.

    A lead has one order in force. From signing to delivery the customer is contacted steadily
    (SOP-8.7): the next contact falls within the interval of level O.
    """
    now = clock.now()
    at = at or now
    _refuse_impossible(at, now)
    lead = locked(lead)
    if (known := Order.objects.open().filter(lead=lead).first()) is not None:
        raise RuleViolation(
            _("The customer has already ordered: %(number)s.") % {"number": known.number},
            code="ordered",
        )
    consultant = consultant or lead.consultant or by
    if consultant is None:
        raise RuleViolation(_("Choose the consultant who sold the car."), field="consultant")
    if not consultant.roles_in(lead.store_id):
        raise RuleViolation(
            _("%(name)s does not work in this store.") % {"name": consultant.name},
            field="consultant",
        )
    if trim is not None and trim.series_id != series.pk:
        raise RuleViolation(_("This trim belongs to another series."), field="trim")
    lead = move_on(lead, to=Lead.Status.ORDERED, level="O", by=by, at=at)
    set_wish(lead, series=series)
    lead = reach(spoke(lead, by=by, at=at), Lead.Stage.ORDERED)
    lead = plan_usual(lead, by=by, at=now)
    order = Order.objects.create(
        store=lead.store,
        number=_next_number(lead.store, at),
        lead=lead,
        customer=lead.customer,
        consultant=consultant,
        series=series,
        trim=trim,
        vin=normalise_vin(vin) if vin.strip() else "",
        ordered_at=at,
        entered_at=now,
        entered_by=by,
    )
    note(
        "order.placed", store=order.store, customer=order.customer, lead=lead, by=by, at=at,
        subject=order, number=order.number, car=order.car,
    )  # fmt: skip
    return order


def _locked(order: Order) -> Order:
    Order.objects.select_for_update().get(pk=order.pk)
    return Order.objects.with_people().get(pk=order.pk)


def _refuse_impossible(at: datetime, now: datetime) -> None:
    if at > now:
        raise RuleViolation(_("The order lies in the future."), field="at")
    if at < now - OLDEST_ENTRY:
        raise RuleViolation(_("That is more than three years ago. Check the date."), field="at")


def _next_number(store: Store, at: datetime) -> str:
    """Return the next number of the store's day, such as 20261123-02; orders queue up here."""
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    day = f"{clock.day_of(at, store.tz):%Y%m%d}-"
    taken = Order.objects.filter(store=store, number__startswith=day)
    serials = [int(number[len(day) :]) for number in taken.values_list("number", flat=True)]
    return f"{day}{max(serials, default=0) + 1:02d}"


@transaction.atomic
def cancel_order(
    order: Order,
    *,
    reason: str,
    level: IntentLevel,
    by: User | None,
    at: datetime | None = None,
) -> Order:
    """Cancel an open order, with its reason; the lead is open again, at `level`."""
    at, reason = at or clock.now(), reason.strip()
    if not reason:
        raise RuleViolation(_("Give a reason."), field="reason")
    if level.code in EARNED_LEVELS:
        raise RuleViolation(_("Choose how soon the customer will buy now."), field="level")
    order = _locked(order)
    if not order.is_open:
        raise RuleViolation(
            _("Order %(number)s is “%(status)s”: it cannot be cancelled.")
            % {"number": order.number, "status": order.get_status_display()},
            code="status",
        )
    if at > clock.now() or at < order.ordered_at:
        raise RuleViolation(_("An order is cancelled after it was placed, and not in the future."))
    if level.store_id != order.store_id:
        raise RuleViolation(_("This level belongs to another store."), field="level")
    order.status = Order.Status.CANCELLED
    order.cancelled_at, order.cancel_reason = at, reason[:200]
    order.save(update_fields=["status", "cancelled_at", "cancel_reason"])
    lead = move_on(order.lead, to=Lead.Status.OPEN, level=level.code, by=by, at=at)
    plan_usual(spoke(lead, by=by, at=at), by=by, at=at)
    note(
        "order.cancelled", store=order.store, customer=order.customer, lead=order.lead, by=by,
        at=at, subject=order, number=order.number, reason=order.cancel_reason,
    )  # fmt: skip
    return order


@transaction.atomic
def close_order(order: Order, *, by: User | None, at: datetime) -> Order:
    """
    Mark the order as delivered and the lead with it (level D); delivery calls this.

    RuleViolation if the order is not open, or if the car would be handed over before it was
    ordered.
    """
    order = _locked(order)
    if not order.is_open:
        raise RuleViolation(
            _("Order %(number)s is “%(status)s”: the car cannot be handed over.")
            % {"number": order.number, "status": order.get_status_display()},
            code="status",
        )
    if at < order.ordered_at:
        raise RuleViolation(
            _("The car was ordered at %(time)s: it cannot be handed over before.")
            % {"time": f"{order.ordered_at.astimezone(order.store.tz):%Y-%m-%d %H:%M}"},
            code="before_order",
            field="at",
        )
    order.status = Order.Status.DELIVERED
    order.save(update_fields=["status"])
    lead = move_on(order.lead, to=Lead.Status.DELIVERED, level="D", by=by, at=at)
    lead = reach(spoke(lead, by=by, at=at), Lead.Stage.DELIVERED)
    plan_contact(lead, on=None, by=by, at=at)
    return order
