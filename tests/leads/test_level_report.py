"""SOP-2.2: does the level say what the customer then does? Every figure opens its rows."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from dealership.staff.models import User
from leads.actions import change_level, move_on, record_contact
from leads.models import Lead
from leads.selectors.honesty import Line, Person, level_report, level_rows
from tests import make
from tests.fixtures import SignIn

START = datetime(2026, 9, 1, 2, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
FIRST, LAST = START.date(), NOW.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def judged(li_na: User, level: str, at: datetime = START) -> Lead:
    return make.lead(consultant=li_na, level=level, at=at)


def ordered(lead: Lead, at: datetime) -> Lead:
    return move_on(lead, to=Lead.Status.ORDERED, level="O", by=None, at=at)


def moved(lead: Lead, level: str, at: datetime) -> Lead:
    return change_level(lead, level=make.levels()[level], reason="变了", by=None, at=at)


def person(name: str = "李娜") -> Person:
    report = level_report(make.home(), FIRST, LAST, NOW)
    return next(person for person in report if person.name == name)


def line(level: str) -> Line:
    return next(line for line in person().lines if line.level.code == level)


@pytest.mark.sop("2.2")
def test_a_level_ends_as_kept_stale_changed_or_still_running(li_na: User):
    ordered(judged(li_na, "H"), START + 5 * DAY)
    judged(li_na, "H")
    moved(judged(li_na, "H"), "A", START + 3 * DAY)
    judged(li_na, "H", NOW - DAY)

    counts = line("H").counts

    assert {name: counts[name] for name in ("placed", "kept", "stale", "changed", "running")} == {
        "placed": 4, "kept": 1, "stale": 1, "changed": 1, "running": 1,
    }  # fmt: skip
    assert line("H").rate == 33


def test_an_order_after_the_promised_days_came_too_late(li_na: User):
    ordered(judged(li_na, "H"), START + 8 * DAY)

    assert (line("H").counts["kept"], line("H").counts["stale"]) == (0, 1)


def test_who_is_judged_anew_and_orders_within_the_first_promise_kept_it(li_na: User):
    lead = moved(judged(li_na, "B"), "H", START + 10 * DAY)
    ordered(lead, START + 12 * DAY)

    assert line("B").counts["kept"] == 1
    assert line("H").counts["kept"] == 1
    assert line("B").counts["late_raise"] == 0


@pytest.mark.parametrize("hours", [None, -2], ids=["never raised", "raised on the day"])
def test_a_level_raised_only_with_the_order_is_told(li_na: User, hours: int | None):
    lead, day = judged(li_na, "C"), START + 20 * DAY
    if hours:
        lead = moved(lead, "H", day + timedelta(hours=hours))

    ordered(lead, day + timedelta(hours=1))

    assert line("C").counts["late_raise"] == 1


def test_movement_counts_who_was_active_when_the_days_began(li_na: User):
    before = START - 30 * DAY
    moved(judged(li_na, "C", before), "A", START + DAY)
    moved(judged(li_na, "H", before), "B", START + DAY)
    ordered(judged(li_na, "B", before), START + DAY)
    judged(li_na, "B", before)
    judged(li_na, "N", before)
    move_on(judged(li_na, "A", before), to=Lead.Status.LOST, level="F", by=None, at=before + DAY)
    judged(li_na, "C")

    found = person()

    assert found.moves == {"base": 4, "up": 2, "down": 1}
    assert (found.up_rate, found.down_rate) == (50, 25)


def test_follow_ups_are_counted_by_the_clock(li_na: User):
    lead = judged(li_na, "H", NOW - 5 * DAY)
    record_contact(lead, way="call", outcome="reached", by=li_na, at=NOW - 4 * DAY)
    record_contact(lead, way="call", outcome="reached", by=li_na, at=NOW - 2 * DAY)

    found = person().follow_ups
    assert (found.due, found.on_time, found.open) == (2, 1, 1)
    assert found.rate == 100


def test_every_figure_opens_exactly_its_rows(li_na: User, chen: User, sign_in: SignIn):
    before = START - 30 * DAY
    ordered(judged(li_na, "H"), START + 5 * DAY)
    judged(li_na, "H")
    moved(judged(li_na, "C", before), "A", START + DAY)
    ordered(judged(li_na, "B", before), START + DAY)
    browser = sign_in(chen)
    checked = 0

    for found in level_report(make.home(), FIRST, LAST, NOW):
        figures = [(line.counts, line.links) for line in found.lines]
        for counts, links in [*figures, (found.moves, found.links)]:
            for name, url in links.items():
                page = browser.get(url)
                assert page.status_code == 200
                assert len(page.context["leads"]) == page.context["total"] == counts[name], name
                checked += counts[name] > 0

    assert checked > 5


def test_a_lead_without_a_consultant_is_not_hidden():
    lead = make.lead(level="H", at=START)
    Lead.objects.filter(pk=lead.pk).update(consultant=None)

    rows, total = level_rows(
        make.home(), FIRST, LAST, figure="placed", consultant="none", level="H", at=NOW
    )

    assert (rows, total) == ([lead], 1)
    assert [row.name for row in level_report(make.home(), FIRST, LAST, NOW)] == [""]


def test_the_report_is_the_managers_and_of_their_store(
    chen: User, li_na: User, outsider: User, sign_in: SignIn
):
    judged(li_na, "H")
    make.lead(consultant=outsider, level="H", at=START)

    page = sign_in(chen).get(f"/leads/levels/report/?start={FIRST}&end={LAST}")

    assert sign_in(li_na).get("/leads/levels/report/").status_code == 403
    assert li_na.name in page.text
    assert outsider.name not in page.text


@pytest.mark.parametrize("query", ["start=x", "start=2026-11-30&end=2026-01-01", "end=0001-01-01"])
def test_odd_days_are_no_crash(chen: User, sign_in: SignIn, query: str):
    assert sign_in(chen).get(f"/leads/levels/report/?{query}").status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_report_explains_its_figures(chen: User, li_na: User, sign_in: SignIn, language: str):
    judged(li_na, "H")

    page = sign_in(chen, language=language).get(f"/leads/levels/report/?start={FIRST}")

    assert "C → B → A → H" in page.text


def test_the_report_costs_the_same_for_one_lead_and_for_six(
    client: Client, chen: User, li_na: User, assert_flat_queries
):
    client.force_login(chen)

    assert_flat_queries(
        f"/leads/levels/report/?start={FIRST}&end={LAST}",
        lambda: judged(make.user(), "H", START + DAY),
    )
