"""Two people at once: exactly one hand-over, one DMS entry, one order; the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from dealership import clock
from dealership.customers.models import Event, OwnedCar
from dealership.errors import RuleViolation
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from deals.actions import cancel_order, place_order
from deals.models import Order
from delivery.actions import apply_late, decide_late, enter_dms, hand_over_car, record_call
from delivery.models import CallbackAttempt, Delivery, DmsEntry, LateApplication
from leads.selectors import level_of
from tests import make
from tests.deals import make as deals
from tests.delivery import make as handed

pytestmark = pytest.mark.django_db(transaction=True)
RUNNERS = 4


def race(act: Callable[[int], object]) -> list[str]:
    """Run `act` in several threads at the same moment; what became of each."""
    start = Barrier(RUNNERS)

    def run(number: int) -> str:
        try:
            start.wait(20)
            act(number)
        except RuleViolation:
            return "refused"
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(RUNNERS) as pool:
        return sorted(pool.map(run, range(RUNNERS)))


ONE_WINS = ["done", *["refused"] * (RUNNERS - 1)]


def test_a_car_is_handed_over_once():
    order = deals.order()
    vin, day = deals.vin(), clock.day_of(order.ordered_at, order.store.tz)

    outcomes = race(
        lambda _n: hand_over_car(
            order, invoice_on=day, vin=vin, by=order.consultant, **handed.HANDED_OVER
        )
    )

    assert outcomes == ONE_WINS
    assert (Delivery.objects.count(), OwnedCar.objects.count()) == (1, 1)
    assert Event.objects.filter(kind="delivery.handed_over").count() == 1
    assert Deadline.objects.filter(step__startswith="delivery.").count() == 5


def test_a_sale_is_entered_once():
    delivery = handed.delivery()
    clerk = make.user(role=Role.CLERK)

    outcomes = race(lambda n: enter_dms(delivery, dms_number=f"XS{n}", by=clerk))

    assert outcomes == ONE_WINS
    assert DmsEntry.objects.count() == 1


def test_an_approval_serves_one_entry():
    application = handed.application(approved=True)
    clerk = make.user(role=Role.CLERK)

    outcomes = race(lambda n: enter_dms(application.delivery, dms_number=f"XS{n}", by=clerk))

    assert outcomes == ONE_WINS
    assert DmsEntry.objects.get().late_application == application


def test_a_late_entry_is_applied_for_and_decided_once():
    delivery = handed.late_delivery()
    today = clock.day_of(delivery.entered_at, delivery.store.tz)
    given = {"reason": "系统故障", "evidence": "截图", "sent_on": today, "by": delivery.consultant}
    assert race(lambda _n: apply_late(delivery, **given)) == ONE_WINS

    application = LateApplication.objects.with_people().get()
    decision = {"decided_on": today, "reference": "A1", "by": delivery.consultant}
    outcomes = race(lambda n: decide_late(application, approved=n % 2 == 0, **decision))

    assert outcomes == ONE_WINS


def test_a_lead_is_ordered_once_and_numbers_differ():
    lead = make.lead()
    series = make.series()
    assert race(lambda _n: place_order(lead, series=series, by=lead.consultant)) == ONE_WINS

    leads = [make.lead() for _number in range(RUNNERS)]
    race(lambda n: place_order(leads[n], series=series, by=leads[n].consultant))

    numbers = list(Order.objects.values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers) == RUNNERS + 1


def test_an_order_is_either_cancelled_or_handed_over():
    order = deals.order()
    level, vin = level_of(order.store, "B"), deals.vin()

    def act(number):
        if number % 2:
            cancel_order(order, reason="不买了", level=level, by=order.consultant)
        else:
            handed.delivery(order=order, vin=vin)

    assert race(act) == ONE_WINS
    order = Order.objects.get()
    assert (order.status == "delivered") is Delivery.objects.exists()
    assert (order.status == "delivered") is (order.lead.status == "delivered")


def test_a_call_is_finished_once():
    call = handed.delivery().callbacks.get(kind="same_day")

    outcomes = race(lambda _n: record_call(call, outcome="reached", by=call.delivery.consultant))

    assert outcomes == ONE_WINS
    assert CallbackAttempt.objects.count() == 1
