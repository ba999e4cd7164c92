"""SOP-9.8: three natural days counting the invoice day, then only with the brand's approval."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib import admin
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from dealership import clock
from dealership.errors import RuleViolation
from dealership.sop.due import due
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from delivery.actions import apply_late, decide_late, enter_dms
from delivery.models import DmsEntry, LateApplication
from delivery.sop import DMS_ENTRY
from delivery.windows import window_ends
from tests import make
from tests.delivery import make as handed

pytestmark = pytest.mark.sop("9.8")
# 14:00 on Monday in Wuhan; the window ends with Wednesday, 16:00 UTC.
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ENDS = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
ZONES = st.sampled_from(
    ["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York", "America/Santiago",
     "Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Pacific/Auckland", "UTC"]
)  # fmt: skip


@pytest.fixture
def clerk(store):
    return make.user(role=Role.CLERK, store=store)


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def local_day(instant, zone):
    """The calendar day of an instant, by walking through text: no arithmetic of ours."""
    return date.fromisoformat(instant.astimezone(zone).isoformat()[:10])


@settings(max_examples=10_000, deadline=None)
@given(day=st.dates(date(1995, 1, 1), date(2037, 12, 20)), zone=ZONES)
def test_the_window_is_the_instants_of_three_calendar_days(day, zone):
    """Oracle: the last microsecond inside falls on D+2, the first outside on D+3."""
    tz = ZoneInfo(zone)
    third = date.fromordinal(day.toordinal() + 2)

    ends = window_ends(day, tz)

    assert local_day(ends - timedelta(microseconds=1), tz) == third
    assert local_day(ends, tz) == date.fromordinal(day.toordinal() + 3)
    midday = datetime(day.year, day.month, day.day, 12, tzinfo=tz)
    assert timedelta(hours=58) <= ends - midday.astimezone(UTC) <= timedelta(hours=62)


@settings(max_examples=1000, deadline=None)
@given(day=st.dates(date(2019, 12, 28), date(2030, 1, 3)), zone=ZONES)
def test_the_deadline_and_the_window_end_together(day, zone):
    tz = ZoneInfo(zone)
    assert due(clock.start_of_day(day, tz), DMS_ENTRY.limit, tz) == window_ends(day, tz)


@pytest.mark.parametrize(
    ("invoiced", "last"),
    [
        (date(2028, 2, 27), "2028-02-29"),
        (date(2028, 2, 28), "2028-03-01"),
        (date(2027, 2, 27), "2027-03-01"),
        (date(2026, 12, 30), "2027-01-01"),
        (date(2026, 9, 30), "2026-10-02"),
    ],
)
def test_month_leap_year_and_holiday_ends(invoiced, last):
    wuhan = ZoneInfo("Asia/Shanghai")
    ends = window_ends(invoiced, wuhan) - timedelta(seconds=1)
    assert f"{ends.astimezone(wuhan):%Y-%m-%d %H:%M:%S}" == f"{last} 23:59:59"


def test_an_entry_in_the_window_keeps_the_promise(monday, clerk):
    delivery = handed.delivery(vehicle_use="commercial", customer_nature="company")
    monday.move_to(ENDS - timedelta(seconds=1))

    entry = enter_dms(delivery, dms_number=" XS20261125001 ", by=clerk)

    assert entry.dms_number == "XS20261125001"
    assert (entry.invoice_on, entry.vehicle_use) == (delivery.invoice_on, "commercial")
    assert (entry.customer_nature, entry.late_application) == ("company", None)
    kept = Deadline.objects.about(delivery).get(step="delivery.dms_entry")
    assert (kept.outcome, kept.is_late) == ("done", False)


@pytest.mark.parametrize("at", [None, ENDS - timedelta(minutes=1)], ids=["now", "dated back"])
def test_after_the_window_the_action_refuses(monday, clerk, at):
    delivery = handed.delivery()
    monday.move_to(ENDS)

    with pytest.raises(RuleViolation) as refused:
        enter_dms(delivery, dms_number="XS1", by=clerk, at=at)

    assert refused.value.code == "window_closed"
    assert not DmsEntry.objects.exists()


@pytest.mark.parametrize("decision", [None, False], ids=["waiting", "refused"])
def test_an_application_that_is_not_approved_opens_nothing(monday, clerk, decision):
    delivery = handed.delivery()
    monday.move_to(ENDS + timedelta(hours=1))
    handed.application(delivery=delivery, approved=decision, by=clerk)

    with pytest.raises(RuleViolation):
        enter_dms(delivery, dms_number="XS1", by=clerk)


def test_an_approved_application_opens_its_own_sale_once(monday, clerk):
    delivery, other = handed.delivery(), handed.delivery()
    monday.move_to(ENDS + timedelta(hours=1))
    application = handed.application(delivery=delivery, approved=True, by=clerk)

    with pytest.raises(RuleViolation):
        enter_dms(other, dms_number="XS2", by=clerk)
    entry = enter_dms(delivery, dms_number="XS1", by=clerk)
    with pytest.raises(RuleViolation):
        enter_dms(delivery, dms_number="XS3", by=clerk)

    assert entry.late_application == application
    assert Deadline.objects.about(delivery).get(step="delivery.dms_entry").is_late
    assert not LateApplication.objects.usable().exists()


def test_the_form_refuses_after_the_window(monday, clerk, sign_in):
    delivery = handed.delivery()
    monday.move_to(ENDS)

    response = sign_in(clerk).post(f"/deliveries/{delivery.pk}/dms/", {"dms_number": "XS1"})

    assert response.status_code == 422
    assert not DmsEntry.objects.exists()


def test_the_api_refuses_after_the_window(monday, clerk, sign_in):
    delivery = handed.delivery()
    monday.move_to(ENDS)

    response = sign_in(clerk).post(
        f"/api/v1/deliveries/{delivery.pk}/dms-entry/",
        {"dms_number": "XS1"},
        content_type="application/json",
    )

    assert (response.status_code, response.json()["code"]) == (409, "window_closed")
    assert not DmsEntry.objects.exists()


def test_the_database_refuses_a_raw_row_after_the_window(monday, clerk):
    delivery = handed.delivery()
    row = DmsEntry(
        delivery=delivery, dms_number="XS1", invoice_on=delivery.invoice_on,
        vehicle_use="household", customer_nature="private", entered_by=clerk,
        window_ends_at=delivery.dms_window_ends_at, entered_at=ENDS,
    )  # fmt: skip

    for write in (row.save, lambda: DmsEntry.objects.bulk_create([row])):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_an_entry_is_never_changed_nor_taken_back(monday, clerk):
    entry = enter_dms(handed.delivery(), dms_number="XS1", by=clerk)
    entry.dms_number = "XS2"

    for change in (
        entry.save,
        lambda: entry.save(update_fields=["dms_number"]),
        lambda: DmsEntry.objects.update(dms_number="XS2"),
        lambda: DmsEntry.objects.bulk_update([entry], ["dms_number"]),
        lambda: DmsEntry.objects.all().delete(),
        entry.delete,
    ):
        with pytest.raises(TypeError), transaction.atomic():
            change()
    assert DmsEntry.objects.get().dms_number == "XS1"


def test_the_administration_has_no_way_around():
    for model in (DmsEntry, LateApplication):
        site = admin.site._registry.get(model)
        assert site is None or not (
            site.has_add_permission(None) or site.has_change_permission(None)
        )


def test_an_application_comes_after_the_window_and_one_at_a_time(monday, clerk):
    delivery = handed.delivery()
    given = {"reason": "系统故障", "evidence": "截图", "sent_on": date(2026, 11, 23), "by": clerk}
    with pytest.raises(RuleViolation):
        apply_late(delivery, **given)

    monday.move_to(ENDS)
    application = apply_late(delivery, **given)
    with pytest.raises(RuleViolation):
        apply_late(delivery, **given)
    today = date(2026, 11, 26)
    decide_late(application, approved=False, decided_on=today, reference="A1", by=clerk)
    apply_late(delivery, **given)

    assert list(delivery.late_applications.values_list("status", flat=True)) == [
        "waiting", "refused",
    ]  # fmt: skip
    with pytest.raises(RuleViolation):
        decide_late(application, approved=True, decided_on=today, reference="A2", by=clerk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"evidence": ""},
        {"sent_on": date(2026, 11, 22)},
        {"sent_on": date(2026, 11, 27)},
        {"sent_on": date.max},
        {"sent_on": date.min},
    ],
)
def test_an_application_without_grounds_or_with_a_wrong_day_is_refused(monday, clerk, wrong):
    delivery = handed.delivery()
    monday.move_to(ENDS)
    given = {"reason": "系统故障", "evidence": "截图", "sent_on": date(2026, 11, 26), "by": clerk}

    with pytest.raises(RuleViolation):
        apply_late(delivery, **given | wrong)


@pytest.mark.parametrize(
    "wrong", [{"reference": " "}, {"decided_on": date(2026, 11, 30)}, {"decided_on": date.min}]
)
def test_a_decision_has_a_day_and_a_reference(monday, clerk, wrong):
    delivery = handed.delivery()
    monday.move_to(ENDS)
    application = handed.application(delivery=delivery, by=clerk)
    given = {"approved": True, "decided_on": date(2026, 11, 26), "reference": "A1", "by": clerk}

    with pytest.raises(RuleViolation):
        decide_late(application, **given | wrong)


def test_a_sale_entered_here_after_its_window_begins_as_over(monday, clerk):
    delivery = handed.delivery(at=MONDAY - timedelta(days=6))

    assert delivery.window_is_over
    with pytest.raises(RuleViolation):
        enter_dms(delivery, dms_number="XS1", by=clerk)
    assert DmsEntry.objects.count() == 0
