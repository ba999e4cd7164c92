"""SOP-9: one action hands the car over and starts everything that follows."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from dealership import clock
from dealership.customers.models import Event
from dealership.errors import RuleViolation
from dealership.sop.models import Deadline
from deals.actions import cancel_order, place_order
from deals.models import Order
from delivery.actions import complete_file, hand_over_car
from delivery.models import Callback, Delivery
from delivery.selectors import what_follows
from leads.models import Lead
from leads.selectors import level_of
from tests import make
from tests.deals import make as deals
from tests.delivery import make as handed

pytestmark = pytest.mark.django_db
# 14:00 on Monday in Wuhan.
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def local(at, delivery):
    return f"{at.astimezone(delivery.store.tz):%m-%d %H:%M}"


@pytest.mark.sop("9.6.20")
@pytest.mark.sop("9.6.21")
@pytest.mark.sop("9.6.22")
@pytest.mark.sop("9.6.23")
@pytest.mark.sop("9.8")
@time_machine.travel(MONDAY, tick=False)
def test_the_hand_over_starts_every_promise_with_its_time():
    delivery = handed.delivery()

    assert [(d.step, local(d.due_at, delivery)) for d in what_follows(delivery)] == [
        ("delivery.thank_you", "11-23 16:00"),
        ("delivery.same_day_call", "11-24 00:00"),
        ("delivery.file", "11-24 00:00"),
        ("delivery.dms_entry", "11-26 00:00"),
        ("delivery.third_day_call", "11-27 00:00"),
    ]


@time_machine.travel(MONDAY, tick=False)
def test_the_consultant_owes_the_calls_and_the_clerks_the_papers():
    delivery = handed.delivery()

    owed = {d.step: (d.owner, d.role) for d in what_follows(delivery)}
    consultant = delivery.consultant
    assert owed["delivery.thank_you"] == (consultant, "consultant")
    assert owed["delivery.third_day_call"] == (consultant, "consultant")
    assert owed["delivery.dms_entry"] == (None, "clerk")
    assert owed["delivery.file"] == (None, "clerk")


def test_the_lead_the_order_and_the_garage_follow():
    delivery = handed.delivery()

    lead = Lead.objects.with_people().get(pk=delivery.lead_id)
    assert (lead.status, lead.level.code, lead.next_contact_on) == ("delivered", "D", None)
    assert Order.objects.get(pk=delivery.order_id).status == Order.Status.DELIVERED
    assert list(delivery.customer.cars.values_list("vin", flat=True)) == [delivery.vin]
    assert Event.objects.filter(customer=delivery.customer, kind="delivery.handed_over").exists()


@time_machine.travel(MONDAY, tick=False)
def test_a_hand_over_entered_late_begins_with_what_is_already_over():
    delivery = handed.delivery(at=MONDAY - timedelta(days=4))

    late = {d.step for d in what_follows(delivery) if d.is_late}
    assert late == {
        "delivery.thank_you",
        "delivery.same_day_call",
        "delivery.file",
        "delivery.dms_entry",
        "delivery.third_day_call",
    }
    assert delivery.window_is_over


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"invoice_on": date(2026, 11, 24)}, "invoice_on"),
        ({"invoice_on": date(2020, 1, 1)}, "invoice_on"),
        ({"invoice_on": date.min}, "invoice_on"),
        ({"invoice_on": date.max}, "invoice_on"),
        ({"at": MONDAY + timedelta(minutes=1)}, "at"),
        ({"at": datetime.max.replace(tzinfo=UTC)}, "at"),
        ({"at": MONDAY - timedelta(days=30)}, "at"),
        ({"at": datetime.min.replace(tzinfo=UTC)}, "at"),
        ({"vin": "LGJE13EA3PM00000"}, "vin"),
        ({"vin": "LGJE13EA3PM000002"}, "vin"),
        ({"vin": ""}, "vin"),
    ],
)
def test_an_impossible_hand_over_is_refused_whole(wrong, field):
    order = deals.order(at=MONDAY - timedelta(days=2))
    given = handed.HANDED_OVER | {
        "invoice_on": date(2026, 11, 23), "vin": deals.vin(), "at": MONDAY, "by": order.consultant,
    }  # fmt: skip

    with pytest.raises(RuleViolation) as refused:
        hand_over_car(order, **(given | wrong))

    assert refused.value.field == field
    assert not Delivery.objects.exists()
    assert Order.objects.get().is_open
    assert not Deadline.objects.filter(step__startswith="delivery.").exists()


def test_a_car_is_handed_over_once():
    first = handed.delivery()

    with pytest.raises(RuleViolation):
        handed.delivery(vin=first.vin)
    with pytest.raises(RuleViolation):
        handed.delivery(order=first.order)

    assert Delivery.objects.count() == 1


def test_a_cancelled_order_is_not_handed_over():
    order = deals.order()
    level = level_of(order.store, "B")
    cancel_order(order, reason="不买了", level=level, by=order.consultant)

    with pytest.raises(RuleViolation):
        handed.delivery(order=order)


def test_the_owner_can_order_a_second_car():
    delivery = handed.delivery()
    lead = make.lead(customer=delivery.customer)

    order = place_order(lead, series=make.series(), by=lead.consultant)

    assert order.lead_id != delivery.lead_id


def test_the_window_is_counted_from_the_invoice_in_the_stores_zone():
    kashgar = make.store(timezone="Asia/Urumqi")
    seller = make.user(store=kashgar)
    # 00:30 on the 24th in Wuhan is still 22:30 on the 23rd in Urumqi.
    with time_machine.travel(datetime(2026, 11, 23, 16, 30, tzinfo=UTC), tick=False):
        order = deals.order(lead=make.lead(consultant=seller))
        delivery = handed.delivery(order=order, invoice_on=date(2026, 11, 23))

    assert delivery.dms_window_ends_at == datetime(2026, 11, 25, 18, 0, tzinfo=UTC)


@pytest.mark.sop("9.6.20")
def test_the_clerk_confirms_the_file_once():
    delivery = handed.delivery()
    clerk = make.user(role=make.Role.CLERK)

    complete_file(delivery, by=clerk)

    deadline = Deadline.objects.about(delivery).get(step="delivery.file")
    assert (deadline.outcome, deadline.closed_by) == ("done", clerk)
    with pytest.raises(RuleViolation):
        complete_file(Delivery.objects.get(pk=delivery.pk), by=clerk)
    assert clock.now() >= Delivery.objects.get(pk=delivery.pk).filed_at
    assert Callback.objects.filter(delivery=delivery).count() == 2
