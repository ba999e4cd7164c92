"""The manager's board: every figure equals the rows that its link opens."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealership import clock
from dealership.dashboards.demo import cast
from dealership.dashboards.selectors import board, period_of
from dealership.dashboards.selectors.board import Board, Number
from dealership.staff.models import Store, User
from showroom.models import Visit
from tests.dashboards.rows import rows_behind
from tests.showroom import make as showroom


@pytest.fixture
def main(at_now: datetime) -> Store:
    return Store.objects.get(code=cast.MAIN_STORE["code"])


@pytest.fixture
def manager(main: Store) -> User:
    return User.objects.get(username="chen.jianguo")


@pytest.fixture
def browser(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def numbers_of(found: Board) -> Iterator[Number]:
    """Every figure of the page that stands alone."""
    yield from (found.in_now, found.waiting, found.overdue, found.tonight)
    yield from (*found.overdue_by_step, *found.tonight_by_step, *found.decide, *found.funnel)
    for row in found.consultants:
        yield from row.numbers


@pytest.mark.sop("1.2")
@pytest.mark.parametrize("kind", ["day", "week", "month"])
def test_every_figure_equals_the_rows_that_its_link_opens(
    main: Store, browser: Client, at_now: datetime, kind: str
):
    today = clock.day_of(at_now, main.tz)
    found = board(main, period_of({}, today).as_kind(kind), at=at_now)

    wrong = [
        (number.label, number.value, number.url)
        for number in numbers_of(found)
        if rows_behind(browser, number.url) != number.value
    ]

    assert wrong == []
    assert found.in_now.value == 4
    assert found.overdue.value > 0


@pytest.mark.sop("1.2")
def test_compliance_equals_the_rows_that_its_links_open(
    main: Store, browser: Client, at_now: datetime
):
    today = clock.day_of(at_now, main.tz)
    found = board(main, period_of({}, today), at=at_now)
    kept = [figures for row in (*found.steps, found.whole) for figures in (row.period, row.week)]
    kept += [row.kept for row in found.consultants]

    wrong = [
        (name, getattr(figures, name), figures.links[name])
        for figures in kept
        for name in ("due", "breaches", "on_time")
        if rows_behind(browser, figures.links[name]) != getattr(figures, name)
    ]

    assert wrong == []
    assert found.whole.week.on_time > 20


@pytest.mark.sop("1.2")
def test_one_consultants_board_counts_only_theirs(main: Store, browser: Client, at_now: datetime):
    today = clock.day_of(at_now, main.tz)
    li_na = User.objects.get(username="li.na")
    found = board(main, period_of({}, today).as_kind("week"), consultant=li_na, at=at_now)

    wrong = [
        (number.label, number.value, number.url)
        for number in numbers_of(found)
        if number not in found.decide and rows_behind(browser, number.url) != number.value
    ]

    assert wrong == []
    assert [row.user for row in found.consultants] == [li_na]
    assert found.funnel[0].value < board(main, found.period, at=at_now).funnel[0].value


def test_the_trend_of_a_step_ends_today(main: Store, at_now: datetime):
    today = clock.day_of(at_now, main.tz)

    row = board(main, period_of({}, today), at=at_now).steps[0]

    assert [day.day for day in row.trend] == [
        today - timedelta(days=back) for back in range(6, -1, -1)
    ]
    assert row.trend[-1].rate == row.period.rate


def test_the_board_costs_at_most_fifteen_queries(
    browser: Client, at_now: datetime, django_assert_max_num_queries
):
    browser.get("/board/")

    with django_assert_max_num_queries(15):
        browser.get("/board/")


def test_more_guests_cost_no_more_queries(browser: Client, main: Store):
    reception = User.objects.get(username="zhou.min")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/board/").status_code == 200
        return len(queries)

    before = asked()
    for _number in range(4):
        showroom.visit(by=reception, store=main)

    assert asked() == before
    assert Visit.objects.in_store(main).present().count() == 8


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_board_reads_in_both_languages_as_page_and_part(
    browser: Client, language: str, headers: dict[str, str]
):
    answer = browser.get("/board/?week=2026-W12", headers=headers | {"accept-language": language})

    assert answer.status_code == 200
    assert ("<html" in answer.text) is (not headers)
    assert "张伟" in answer.text


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({}, "2026-03-18", "2026-03-18"),
        ({"day": "2026-03-02"}, "2026-03-02", "2026-03-02"),
        ({"week": "2026-W11"}, "2026-03-09", "2026-03-15"),
        ({"month": "2026-02"}, "2026-02-01", "2026-02-28"),
        ({"day": "2030-01-01"}, "2026-03-18", "2026-03-18"),
        ({"day": "nonsense"}, "2026-03-18", "2026-03-18"),
        ({"week": "2026-W77"}, "2026-03-18", "2026-03-18"),
        ({"month": "9999-99"}, "2026-03-18", "2026-03-18"),
        ({"day": "0001-01-01"}, "2026-03-18", "2026-03-18"),
    ],
)
def test_the_url_names_the_days(query: dict[str, str], first: str, last: str):
    period = period_of(query, date(2026, 3, 18))

    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


def test_there_is_nothing_after_the_present():
    today = date(2026, 3, 18)

    assert period_of({}, today).after is None
    assert period_of({"day": "2026-03-17"}, today).after == period_of({}, today)
    assert period_of({"month": "2026-03"}, today).after is None


def test_a_consultant_has_no_board(at_now: datetime):
    client = Client()
    client.force_login(User.objects.get(username="li.na"))

    assert client.get("/board/").status_code == 403
    assert client.get("/health/").status_code == 403


def test_home_leads_managers_to_the_board_and_others_to_their_day(browser: Client):
    consultant = Client()
    consultant.force_login(User.objects.get(username="li.na"))

    assert browser.get("/").headers["Location"] == "/board/"
    assert consultant.get("/").headers["Location"] == "/today/"


def test_a_consultant_of_another_store_does_not_exist_here(browser: Client):
    stranger = User.objects.get(username="jiang.xin")

    assert browser.get(f"/board/?consultant={stranger.pk}").status_code == 404
