"""Every figure opens its rows; the list costs the same with many."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dealership.sop import actions, lists
from dealership.sop.models import Deadline
from dealership.sop.selectors import STATE_OF, compliance, owed_by
from tests import make
from tests.sop.steps import CALL, MINUTE, THANK, TIDY, WINDOW
from tests.sop.test_deadlines import begin

LIST = "/deadlines/"


@pytest.fixture
def evening(noon):
    """The evening of that Monday: what a day left behind is on the table."""
    return noon + timedelta(hours=8)


@pytest.fixture
def a_day(noon, li_na, wang_qiang, chen):
    """李娜: two on time, two late (one excused), one waived, one void; 王强: one open and late."""

    def one(owner, step=THANK, minutes=0):
        return begin(step, make.customer(owner=owner), noon + minutes * MINUTE)

    for _number in range(2):
        actions.finish(THANK, one(li_na).subject, by=li_na, at=noon + MINUTE)
    excused, late = one(li_na), one(li_na)
    for deadline in (excused, late):
        actions.finish(THANK, deadline.subject, by=li_na, at=noon + timedelta(hours=3))
        deadline.refresh_from_db()
        actions.reply(deadline, by=li_na, text="忙", at=noon + timedelta(hours=4))
    actions.decide_reply(excused, by=chen, accepted=True, at=noon + timedelta(hours=4))
    actions.waive(one(li_na), by=chen, reason="客户不便", at=noon)
    actions.cancel(THANK, one(li_na).subject, by=li_na, reason="录入错误", at=noon)
    one(wang_qiang)
    one(wang_qiang, CALL)


def counts(figures):
    return {name: getattr(figures, name) for name in STATE_OF}


def test_the_figures_of_a_step(store, a_day, noon, evening):
    thank, *others = compliance(store, noon.date(), noon.date(), at=evening)

    assert others == []  # the callback falls due on Thursday
    assert (thank.label, thank.rate) == ("感谢短信", 40)
    assert counts(thank) == {
        "due": 6,
        "on_time": 2,
        "late": 2,
        "open_late": 1,
        "open": 0,
        "breaches": 3,
        "waived": 1,
        "excused": 1,
    }


def test_before_it_is_due_nothing_is_late(store, a_day, noon):
    (thank,) = compliance(store, noon.date(), noon.date(), at=noon + MINUTE)

    assert (thank.open, thank.open_late) == (1, 0)


@pytest.mark.parametrize("by", ["step", "owner", "day", "all"])
def test_every_figure_opens_exactly_its_rows(store, a_day, noon, evening, chen, by):
    last = noon.date() + timedelta(days=4)
    seen = 0
    for figures in compliance(store, noon.date(), last, by, at=evening):
        for name, link in figures.links.items():
            form = lists.STATES  # the list's own vocabulary
            query = dict(parse_qsl(link.partition("?")[2]))
            assert query["state"] in form
            filters = read(query, store, chen)
            rows = lists.narrowed(Deadline.objects.all(), filters, store=store, at=evening)
            assert rows.count() == getattr(figures, name), (by, name, link)
            seen += rows.count()
    assert seen


def read(query, store, user):
    from dealership.sop.forms import FilterForm  # noqa: PLC0415

    form = FilterForm(query, store=store)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_a_day_ends_at_24_oclock_of_the_store(store, wang, noon):
    begin(WINDOW, wang, noon)
    wednesday = noon.date() + timedelta(days=2)

    (found,) = compliance(store, noon.date(), wednesday, "day", at=noon)

    assert found.key == str(wednesday)


@pytest.mark.parametrize("by", ["step", "owner", "day"])
def test_figures_cost_the_same_however_many_rows(store, a_day, noon, evening, by):
    last = noon.date() + timedelta(days=4)
    with CaptureQueriesContext(connection) as queries:
        compliance(store, noon.date(), last, by, at=evening)

    assert len(queries) <= 2


def test_today_shows_what_hurts_first(li_na, noon, evening):
    customer = make.customer(owner=li_na)
    future = begin(CALL, customer, noon)
    soon = begin(THANK, customer, evening - timedelta(minutes=100))
    late = begin(TIDY, customer, noon)
    theirs = begin(TIDY, make.customer(owner=make.user()), noon)

    owed = owed_by(li_na, evening)

    assert [one.deadline for one in owed] == [late, soon, future]
    assert [one.state for one in owed] == ["late", "soon", "future"]
    assert theirs not in [one.deadline for one in owed]
    assert owed[1].action_label == "发送"
    assert owed[1].url == reverse("customers:customer-detail", args=[customer.pk])


def test_what_a_role_owes_is_owed_by_each_who_holds_it(wang, noon):
    clerk = make.user(role=WINDOW.role)
    window = begin(WINDOW, wang, noon, owner=None)

    assert [one.deadline for one in owed_by(clerk, noon)] == [window]


def test_today_costs_the_same_however_much_is_owed(li_na, noon):
    def ask():
        me = type(li_na).objects.get(pk=li_na.pk)
        with CaptureQueriesContext(connection) as queries:
            found = owed_by(me, noon)
            assert all(one.title and one.url for one in found)
            assert [one.customer.display_name for one in found]
        return len(queries)

    begin(THANK, make.customer(owner=li_na), noon)
    one = ask()
    for _number in range(5):
        begin(THANK, make.customer(owner=li_na), noon)

    assert ask() == one


@pytest.mark.parametrize("state", lists.STATES)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_list_shows_each_state(client, chen, a_day, evening, state, headers):
    client.force_login(chen)
    with time_machine.travel(evening):
        response = client.get(f"{LIST}?state={state}", headers=headers)

    assert response.status_code == 200
    assert ("<html" in response.text) is (not headers)
    rows = lists.STATES[state].narrow(Deadline.objects.all(), evening)
    assert response.text.count('<tr id="deadline-') == rows.count()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_list_speaks_both_languages(client, chen, a_day, evening, language):
    client.force_login(chen)
    with time_machine.travel(evening):
        response = client.get(f"{LIST}?state=late", headers={"accept-language": language})

    assert "感谢短信" in response.text


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "step=nobody.knows",
        "owner=x",
        "from=2026-13-01",
        "from=2026-11-24&to=2026-11-23",
        "after=x.y",
        "after=99999999999999999999999.1",
        "after=1.99999999999999999999",
        "from=9999-12-31",
        "from=0001-01-01",
    ],
)
def test_a_wrong_filter_is_no_error(client, chen, a_day, query):
    client.force_login(chen)

    assert client.get(f"{LIST}?{query}").status_code == 200


def test_pages_follow_each_other_without_gaps_or_repeats(client, chen, li_na, noon, monkeypatch):
    monkeypatch.setattr(lists, "PER_PAGE", 3)
    customer = make.customer(owner=li_na)
    for number in range(8):  # in pairs of equal due times
        begin(TIDY, customer, noon + number // 2 * MINUTE, period=str(number))
    client.force_login(chen)
    at, seen = noon + timedelta(hours=1), []
    for state in lists.STATES["overdue"], lists.STATES["late"]:
        after = ""
        while True:
            page = lists.page_of(Deadline.objects.overdue(at), state, after=after, at=at)
            seen += [row.deadline.period for row in page.rows]
            if not (after := page.next):
                break

    assert sorted(seen) == sorted([str(number) for number in range(8)] * 2)
    assert seen[:8] == list(reversed(seen[8:]))


def test_the_list_never_asks_per_row(client, chen, noon, assert_flat_queries):
    client.force_login(chen)
    assert_flat_queries(
        f"{LIST}?state=open", lambda: begin(THANK, make.customer(owner=make.user()), noon)
    )


def test_a_consultant_sees_their_own_and_a_manager_the_stores(
    client, sign_in, li_na, wang_qiang, chen, outsider, noon
):
    for person in (li_na, wang_qiang, outsider):
        begin(
            TIDY,
            make.customer(owner=person, store=person.active_store),
            noon,
        )

    seen = [
        sign_in(person).get(f"{LIST}?state=open").text.count('<tr id="deadline-')
        for person in (li_na, chen, outsider)
    ]

    assert seen == [1, 2, 1]
