"""A hundred thousand leads cost what a hundred do: flat queries, keyset pages, no COUNT."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from dealership import clock
from leads import actions
from leads.models import Lead
from leads.selectors.filters import VIEWS, read
from leads.selectors.orders import ORDERS
from tests import make

pytestmark = pytest.mark.sop("2.2")
MOST_QUERIES = 15


@pytest.fixture
def one_more(li_na):
    """Makes another lead that every view, order and filter finds."""
    source, series = make.source(), make.series()
    days = iter(range(1000))

    def make_one():
        lead = make.lead(consultant=li_na, level="H", source=source, series=series)
        at = clock.now() - timedelta(hours=next(days))
        actions.record_contact(lead, way="call", outcome="reached", by=li_na)
        today = clock.day_of(clock.now(), lead.store.tz)
        Lead.objects.filter(pk=lead.pk).update(opened_at=at, next_contact_on=today)

    return make_one


PATHS = [
    *(f"/leads/?view={view}" for view in VIEWS),
    *(f"/leads/?view=open&order={order}" for order in ORDERS),
    "/leads/?view=all&level=H&level=A&stage=contacted&way=call&planned=today&q=138",
    "/leads/board/",
    "/leads/board/?by=stage",
    "/leads/board/level/H/",
    "/leads/board/stage/contacted/",
    "/leads/filters/?view=all",
    "/api/v1/leads/?view=open",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_of_many_asks_per_row(path, client, chen, one_more, assert_flat_queries):
    client.force_login(chen)

    assert_flat_queries(path, one_more)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_of_many_asks_too_often(path, sign_in, chen, one_more):
    browser = sign_in(chen)
    one_more()
    browser.get(path)

    with CaptureQueriesContext(connection) as queries:
        browser.get(path)

    assert len(queries) <= MOST_QUERIES, "\n".join(query["sql"] for query in queries)


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("/leads/?")])
def test_no_list_counts(path, sign_in, chen, one_more):
    browser = sign_in(chen)
    one_more()

    with CaptureQueriesContext(connection) as queries:
        browser.get(path)

    counted = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert [sql for sql in counted if "leads_lead" in sql] == []


def test_a_consultants_list_is_as_flat(client, li_na, one_more, assert_flat_queries):
    client.force_login(li_na)

    assert_flat_queries("/leads/?view=mine&order=next", one_more)


def test_a_bulk_result_is_as_flat(client, li_na, assert_flat_queries):
    client.force_login(li_na)
    run = actions.begin_bulk(
        li_na.active_store, change="day", leads=[make.lead(consultant=li_na).pk],
        given={"day": "2020-01-01"}, by=li_na,
    )  # fmt: skip

    def one_more_line():
        run.lines.create(lead=make.lead(consultant=li_na), state="refused", reason="x")

    assert_flat_queries(f"/leads/bulk/{run.pk}/", one_more_line)


# What each page reads first: the order's own index, not the whole table.
HOT = [
    ("view=open", "lead_newest"),
    ("view=all", "lead_newest"),
    ("view=open&order=next", "lead_by_next_contact"),
    ("view=open&order=last", "lead_by_last_contact"),
    ("view=today&order=next", "lead_by_next_contact"),
    ("view=overdue&order=next", "lead_by_next_contact"),
    ("view=all&order=level", "lead_by_level"),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("query", "index"), HOT)
def test_each_order_reads_its_index(query, index, chen):
    reading = read(chen, QueryDict(query))
    part = reading.segments[1 if "order=last" in query else 0]
    rows = part.sorted(reading.rows.filter(part.which)).for_list()[:31]

    plan = rows.explain()

    assert index in plan
    assert "SCAN leads_lead\n" not in plan
    assert "USE TEMP B-TREE" not in plan
