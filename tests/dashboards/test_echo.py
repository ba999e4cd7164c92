"""The demo's older days: copies that owe nothing and stand in the same relations."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from dealership import clock
from dealership.customers.models import Customer, Event
from dealership.dashboards.demo import cast, echo, stage, write_demo
from dealership.messaging.models import Sms
from dealership.sop.models import Deadline
from dealership.staff.models import Store
from leads.models import Lead
from showroom.models import Visit
from tests.dashboards.conftest import NOW


@pytest.fixture(scope="module")
def echoed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """Two days are told, the first of them is echoed on the two days before."""
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        for module in (echo, stage):
            patch.setattr(module, "TOLD_DAYS", 2)
        patch.setattr(echo, "ECHOED_DAYS", 1)
        patch.setattr(echo, "_is_weekend", lambda day: False)
        write_demo(days=4, consultants=4, now=NOW)
        store = Store.objects.get(code=cast.MAIN_STORE["code"])
        yield clock.start_of_day(clock.day_of(NOW, store.tz) - timedelta(days=2), store.tz)
        transaction.set_rollback(True)


def test_echoes_fill_the_older_days_and_owe_nothing(echoed: datetime):
    older = Visit.objects.filter(arrived_at__lt=echoed)

    assert older.count() > 8
    assert not older.present().exists()
    # Leads are told, and planned, all through the days before.
    owed = Deadline.objects.open().filter(opened_at__lt=echoed)
    assert not owed.exclude(step__startswith="leads.").exists()
    assert not Sms.objects.unsettled().exists()


def test_an_echo_is_somebody_else_in_the_same_relations(echoed: datetime):
    visit = Visit.objects.filter(arrived_at__lt=echoed, customer__isnull=False).first()
    about = Deadline.objects.about(visit)

    assert visit.lead is None or visit.lead.customer == visit.customer
    assert {row.customer_id for row in about} <= {visit.customer_id}
    assert Event.objects.filter(customer=visit.customer, subject_id=visit.pk).exists()
    assert visit.customer.search_keys.exists()
    assert visit.customer.created_at == visit.arrived_at


def test_people_of_an_echo_have_numbers_of_their_own(echoed: datetime):
    met = Customer.objects.filter(created_at__lt=echoed)
    texts = Sms.objects.filter(created_at__lt=echoed).select_related("customer")

    assert met.count() > 4
    assert texts
    assert all(sms.phone == sms.customer.primary_phone for sms in texts)


def test_who_was_met_so_long_ago_is_given_up_or_planned(echoed: datetime):
    met = Lead.objects.filter(visits__arrived_at__lt=echoed)
    old = met.filter(opened_at__lt=echoed, status=Lead.Status.OPEN)

    assert all(lead.next_contact_on is None or lead.next_contact_on >= NOW.date() for lead in old)


def test_an_echo_tells_its_own_days(echoed: datetime):
    told = Event.objects.filter(occurred_at__lt=echoed, kind__startswith="sop.opened.")
    told = told.exclude(kind__startswith="sop.opened.leads.")  # days agreed may be far away

    assert told.exists()
    for event in told:
        day = timezone.localtime(event.occurred_at, ZoneInfo("Asia/Shanghai"))
        later = [day + timedelta(days=number) for number in range(5)]
        assert event.data["due"][:5] in {f"{moment:%m-%d}" for moment in later}
