"""Hand-overs for tests."""

from datetime import date, datetime, timedelta
from typing import Any

from dealership import clock
from deals.models import Order
from delivery.actions import apply_late, decide_late, hand_over_car
from delivery.models import Delivery, LateApplication
from tests.deals import make as deals

HANDED_OVER = {"vehicle_use": "household", "customer_nature": "private"}


def delivery(
    *,
    order: Order | None = None,
    at: datetime | None = None,
    invoice_on: date | None = None,
    **others: Any,
) -> Delivery:
    """A car handed over now, invoiced on the same day."""
    at = at or clock.now()
    order = order or deals.order(at=at - timedelta(days=1))
    given = HANDED_OVER | {"vin": deals.vin(), "by": order.consultant} | others
    invoice_on = invoice_on or clock.day_of(at, order.store.tz)
    return hand_over_car(order, invoice_on=invoice_on, at=at, **given)


def late_delivery(**others: Any) -> Delivery:
    """A sale whose DMS window ended before it was entered here."""
    at = clock.now() - timedelta(days=10)
    return delivery(at=at, **others)


def application(
    *, delivery: Delivery | None = None, approved: bool | None = None, by: Any = None
) -> LateApplication:
    """An application for a late entry; decided if `approved` is given."""
    delivery = delivery or late_delivery()
    by = by or delivery.consultant
    today = clock.day_of(clock.now(), delivery.store.tz)
    made = apply_late(
        delivery, reason="开票后系统故障", evidence="故障截图已发邮件", sent_on=today, by=by
    )
    if approved is None:
        return made
    return decide_late(made, approved=approved, decided_on=today, reference="BL-2026-118", by=by)
