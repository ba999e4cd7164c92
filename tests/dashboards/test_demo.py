"""What stands in a database after the demo was written."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from dealership import clock
from dealership.customers.models import Customer, Phone
from dealership.dashboards.demo import cast, sign_ins
from dealership.dashboards.demo.people import ELSEWHERE, MAIN_BLOCK, SISTER_BLOCK
from dealership.messaging.models import Notice, Sms
from dealership.sop.actions import tick
from dealership.sop.models import Deadline
from dealership.staff.models import Duty, Store
from dealership.staff.roles import Role
from showroom.models import Visit


def test_the_first_tick_after_the_demo_finds_nothing_of_the_past(at_now: datetime):
    told = Notice.objects.count()

    found = tick(at_now)

    assert (found.handled, found.opened) == (0, 0)
    assert Notice.objects.count() == told


def test_no_message_of_the_past_waits_for_a_gateway(at_now: datetime):
    assert Sms.objects.filter(state=Sms.State.DELIVERED).exists()
    assert not Sms.objects.unsettled().exists()
    assert not Sms.objects.exclude(owes="").exists()


def test_everything_is_marked_as_demo_and_every_number_is_invented(at_now: datetime):
    numbers = list(Phone.objects.values_list("number", flat=True))

    assert not Store.objects.filter(is_demo=False).exists()
    assert not Customer.objects.filter(is_demo=False).exists()
    assert numbers
    assert all(number.startswith((f"+86{MAIN_BLOCK}", f"+86{SISTER_BLOCK}")) for number in numbers)


def test_there_is_a_sign_in_for_every_role(at_now: datetime):
    signed_up = list(sign_ins())

    assert {row.role for row in signed_up} == set(Role)
    assert all(
        Client().login(username=row.username, password=cast.PASSWORD) for row in signed_up[:2]
    )


@pytest.mark.sop("4.4")
def test_the_showroom_is_at_work(at_now: datetime):
    main = Store.objects.get(code=cast.MAIN_STORE["code"])
    present = list(Visit.objects.in_store(main).present())
    owed = Deadline.objects.open().filter(store=main)

    assert len(present) == 4
    assert sum(visit.is_waiting for visit in present) == 1
    assert sum(visit.customer_id is None for visit in present) == 1
    assert set(owed.filter(subject_type="showroom.visit").values_list("step", flat=True)) == {
        "showroom.tidy",
        "showroom.register",
        "showroom.thank_you",
    }
    assert owed.overdue(at_now).exists()


def test_nobody_of_the_past_is_still_in_the_showroom(at_now: datetime):
    long_ago = at_now - timedelta(hours=2)

    assert not Visit.objects.present().filter(arrived_at__lt=long_ago).exists()


def test_history_stands_in_the_days_when_it_happened(at_now: datetime):
    visit = Visit.objects.filter(departed_at__isnull=False).order_by("arrived_at").first()

    assert visit.entered_at == visit.arrived_at
    assert clock.day_of(visit.arrived_at, visit.store.tz) < clock.day_of(at_now, visit.store.tz)
    assert not visit.customer or not any(
        event.is_late_entry for event in visit.customer.events.all()
    )


def test_the_roster_reaches_two_weeks_ahead(at_now: datetime):
    last = Duty.objects.order_by("-day").first()

    assert last.day == clock.day_of(at_now, last.store.tz) + timedelta(days=14)


def test_somebody_is_known_in_the_sister_store_alone(at_now: datetime):
    known = Phone.objects.filter(number=f"+86{ELSEWHERE}")

    assert [phone.store.code for phone in known] == [cast.SISTER_STORE["code"]]


def test_the_command_prints_the_sign_ins(at_now: datetime):
    said = StringIO()

    call_command("demo", sign_ins=True, stdout=said)

    assert "li.na" in said.getvalue()
    assert cast.PASSWORD in said.getvalue()
