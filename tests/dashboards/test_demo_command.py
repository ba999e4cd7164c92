"""Writing the demo: when it may, and that it always tells the same."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from dealership import clock
from dealership.customers.models import Customer, Event
from dealership.dashboards.demo import digest, echo, stage, write_demo
from dealership.messaging.models import Sms
from dealership.sop.models import Deadline
from dealership.staff.models import Store
from leads.models import Lead
from showroom.models import Visit
from tests import make
from tests.dashboards.conftest import NOW


def written(**facts: int) -> str:
    """The fingerprint of a demo that is taken back at once."""
    with transaction.atomic():
        write_demo(days=1, consultants=4, now=NOW, **facts)
        found = digest()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_and_the_same_moment_tell_the_same_story():
    assert written(seed=5) == written(seed=5)


def test_another_seed_tells_another_story():
    assert written(seed=5) != written(seed=6)


def test_the_demo_leaves_a_store_that_is_there_alone():
    make.home()

    call_command("demo", if_empty=True, stdout=StringIO())

    assert Store.objects.count() == 1


def test_the_demo_refuses_a_database_with_a_store():
    make.home()

    with pytest.raises(CommandError, match="empty"):
        call_command("demo", stdout=StringIO())


def test_the_demo_refuses_a_gateway_that_reaches_real_phones(settings):
    settings.SMS_GATEWAY = "aliyun"

    with pytest.raises(CommandError, match="simulator"):
        call_command("demo", stdout=StringIO())


@pytest.fixture
def echoed(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Two days are told, the first of them is echoed on the two days before."""
    for module in (echo, stage):
        monkeypatch.setattr(module, "TOLD_DAYS", 2)
    monkeypatch.setattr(echo, "ECHOED_DAYS", 1)
    monkeypatch.setattr(echo, "_is_weekend", lambda day: False)
    write_demo(days=4, consultants=4, now=NOW)
    store = Store.objects.get(code="wuhan-xingchen")
    return clock.start_of_day(clock.day_of(NOW, store.tz) - timedelta(days=2), store.tz)


def test_echoes_fill_the_older_days_and_owe_nothing(echoed: datetime):
    older = Visit.objects.filter(arrived_at__lt=echoed)

    assert older.count() > 8
    assert not older.present().exists()
    assert not Deadline.objects.open().filter(opened_at__lt=echoed).exists()
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
    old = Lead.objects.filter(opened_at__lt=echoed, status=Lead.Status.OPEN)

    assert all(lead.next_contact_on is None or lead.next_contact_on >= NOW.date() for lead in old)
