"""The list of leads: views, filters that survive, orders paged by key, columns, the sheet."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from dealership import clock
from dealership.staff.roles import Role
from leads import actions
from leads.models import Campaign, Lead, SavedView, Source
from leads.selectors import listing, listing_rows
from tests import make

pytestmark = pytest.mark.sop("2.2")


def today():
    return clock.day_of(clock.now(), make.home().tz)


def named(name, owner, **fields):
    lead = make.lead(customer=make.customer(name=name, owner=owner))
    Lead.objects.filter(pk=lead.pk).update(**fields)
    return lead


@pytest.fixture
def leads(li_na, wang_qiang):
    """Six leads, each alone in something."""
    group = Source.objects.create(store=make.home(), code="online", name="网络")
    part = Source.objects.create(store=make.home(), code="auto", name="汽车之家", parent=group)
    series = make.series(code="haoji", name="皓极")
    day = clock.now()
    named("甲今天", li_na, next_contact_on=today(), source=part, series=series)
    named("乙逾期", li_na, next_contact_on=today() - timedelta(days=2), way="call")
    named("丙同事", wang_qiang, next_contact_on=today() + timedelta(days=2), stage="visited")
    named("丁公海", wang_qiang, consultant=None, next_contact_on=None, base_kind="owner")
    named("戊战败", li_na, status="lost", opened_at=day - timedelta(days=40))
    named("己高意向", li_na, level=make.levels()["H"], next_contact_on=today() + timedelta(days=9))
    campaign = Campaign.objects.create(
        store=make.home(), name="国庆车展", channel="auto_show", source=group, form_key="k",
        starts_on=today(), ends_on=today(), created_at=day,
    )  # fmt: skip
    Lead.objects.filter(customer__name="丙同事").update(campaign=campaign)


NAMES = {"甲今天", "乙逾期", "丙同事", "丁公海", "戊战败", "己高意向"}


def found(user, query):
    return {lead.customer.name for lead in listing_rows(user, QueryDict(query))}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", NAMES - {"戊战败"}),
        ("view=all", NAMES),
        ("view=mine", set()),
        ("view=today", {"甲今天"}),
        ("view=overdue", {"乙逾期"}),
        ("view=pool", {"丁公海"}),
        ("view=new", NAMES - {"戊战败", "丙同事"}),
        ("status=lost", {"戊战败"}),
        ("view=mine&status=lost", set()),
        ("level=H", {"己高意向"}),
        ("level=H&level=N", NAMES - {"戊战败"}),
        ("stage=visited", {"丙同事"}),
        ("way=call", {"乙逾期"}),
        ("base_kind=owner", {"丁公海"}),
        ("consultant=none", {"丁公海"}),
        ("planned=none", {"丁公海"}),
        ("planned=week", {"甲今天", "丙同事"}),
        ("planned=overdue", {"乙逾期"}),
        ("q=丁公", {"丁公海"}),
    ],
)
def test_a_filter_means_its_leads(query, shown, leads, chen):
    assert found(chen, query) == shown


def test_a_source_includes_its_parts(leads, chen):
    group = Source.objects.get(code="online")

    assert found(chen, f"source={group.pk}") == {"甲今天"}
    assert found(chen, f"source={group.parts.get().pk}") == {"甲今天"}


def test_rows_are_filtered_by_id(leads, chen, li_na):
    series = Lead.objects.get(customer__name="甲今天").series_id
    campaign = Campaign.objects.get().pk

    assert found(chen, f"series={series}") == {"甲今天"}
    assert found(chen, f"campaign={campaign}") == {"丙同事"}
    assert found(chen, f"consultant={li_na.pk}") == {"甲今天", "乙逾期", "己高意向"}
    assert found(chen, f"consultant={li_na.pk}&consultant=none") == NAMES - {"戊战败", "丙同事"}


def test_days_are_the_store_s_and_both_ends_count(leads, chen):
    old = (today() - timedelta(days=40)).isoformat()

    assert found(chen, f"view=all&from={old}&to={old}") == {"戊战败"}
    assert found(chen, f"view=all&from={today()}") == NAMES - {"戊战败"}


@pytest.mark.parametrize(
    "query",
    [
        "view=nonsense", "level=Z", "stage=asleep", "status=gone", "source=abc", "source=-1",
        "consultant=9999999999999999999999", "series=1.5", "planned=someday", "from=31.12.2026",
        "from=0001-01-01", "to=9999-12-31", "order=random", "q=-", "campaign=１２", "list='--",
        "base_kind=king", "way=horse",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_left_out_and_said(query, leads, sign_in, chen):
    response = sign_in(chen, language="en").get(f"/leads/?{query}")

    assert response.status_code == 200
    assert "Not understood and left out" in response.text
    assert all(name in response.text for name in NAMES - {"戊战败"})


@pytest.mark.parametrize(
    "after", ["x", "~~", "0~x~1", "9~2026-01-01~1", "0~1~99999999999999999999", "0~2026-01-01~5"]
)
@pytest.mark.parametrize("order", ["new", "next", "last", "level"])
def test_a_broken_cursor_shows_a_page(after, order, leads, sign_in, chen):
    assert sign_in(chen).get(f"/leads/?order={order}&after={after}").status_code == 200


def test_another_store_s_ids_find_nothing(leads, chen, outsider):
    far = make.source(store=outsider.active_store, code="far")

    assert found(chen, f"source={far.pk}") == set()
    assert found(chen, f"consultant={outsider.pk}") == set()


def test_consultants_see_their_own_leads(leads, sign_in, li_na):
    page = sign_in(li_na).get("/leads/?view=all").text

    assert {name for name in NAMES if name in page} == {"甲今天", "乙逾期", "戊战败", "己高意向"}


def test_whoever_sees_masked_numbers_finds_nobody_by_guessing_digits(leads, chen, xiao_min):
    number = Lead.objects.first().customer.primary_phone.removeprefix("+86")

    assert found(chen, f"view=all&q={number[:5]}") != set()
    assert found(xiao_min, f"view=all&q={number[:5]}") == set() or number[:5] not in number[-4:]


# Filters survive


def test_the_list_comes_back_as_it_was_left(leads, sign_in, chen):
    browser = sign_in(chen)
    browser.get("/leads/?view=all&level=H&level=N&order=next")

    response = browser.get("/leads/")

    assert response.status_code == 302
    assert response.url == "/leads/?view=all&level=H&level=N&order=next"
    browser.get("/leads/?view=open")
    assert browser.get("/leads/").url == "/leads/?view=open"


def test_a_filter_in_force_is_a_chip_that_takes_it_away(leads, sign_in, chen):
    page = (
        sign_in(chen, language="en").get("/leads/?view=all&way=call&stage=new&stage=visited").text
    )

    assert 'href="?view=all&amp;stage=new&amp;stage=visited"' in page
    assert 'href="?view=all&amp;stage=new&amp;way=call"' in page
    assert "How it came: Phone call" in page


def test_the_filter_sheet_holds_what_is_in_force(leads, sign_in, chen):
    page = sign_in(chen).get("/leads/filters/?view=all&stage=visited&from=2026-01-02&q=王").text

    assert 'value="visited"' in page
    assert page.split('value="visited"')[1].split(">")[0].strip().endswith("checked")
    assert 'value="2026-01-02"' in page
    assert '<input type="hidden" name="q" value="王">' in page


# Orders


@pytest.fixture
def many(li_na):
    """Seventy leads over days, levels and contacts, and some closed ones."""
    levels = list(make.levels().values())[:5]
    made = [make.lead(consultant=li_na) for _number in range(70)]
    for number, lead in enumerate(made):
        Lead.objects.filter(pk=lead.pk).update(
            next_contact_on=None if number % 7 == 0 else today() + timedelta(days=number % 5),
            last_contacted_at=None if number % 3 else clock.now() - timedelta(days=number % 11),
            level=levels[number % 5],
            status="lost" if number % 10 == 9 else "open",
            opened_at=clock.now() - timedelta(days=number % 13),
        )
    return made


@pytest.mark.parametrize("order", ["new", "next", "last", "level"])
def test_pages_hold_every_lead_once_and_in_order(order, many, chen):
    seen, after = [], ""
    for _page in range(4):
        page = listing(chen, {"view": "all", "order": order, "after": after})
        seen += page["rows"]
        more = QueryDict(page["more"].removeprefix("?"))
        after = more.get("after", "")
        if not after:
            break

    assert len(seen) == 70
    assert {row["pk"] for row in seen} == {lead.pk for lead in many}
    leads = Lead.objects.select_related("level").in_bulk([row["pk"] for row in seen])
    found = [leads[row["pk"]] for row in seen]
    if order == "new":
        assert found == sorted(found, key=lambda lead: lead.opened_at, reverse=True)
    if order == "next":
        planned = [lead.next_contact_on for lead in found if lead.is_open and lead.next_contact_on]
        assert planned == [lead.next_contact_on for lead in found[: len(planned)]]
        assert planned == sorted(planned)
        assert not any(lead.is_open for lead in found[-7:])
    if order == "last":
        spoken = [lead.last_contacted_at for lead in found if lead.is_open]
        assert [at for at in spoken if at] == sorted(at for at in spoken if at)
        assert spoken[0] is None
    if order == "level":
        assert [lead.level.code for lead in found] == sorted(
            (lead.level.code for lead in found), key="NHABC".index
        )


def test_a_lead_planned_anew_meanwhile_takes_nobody_behind_it_along(many, chen):
    first = listing(chen, {"order": "next"})
    last = first["rows"][-1]["pk"]
    Lead.objects.filter(pk=last).update(next_contact_on=today() + timedelta(days=300))

    after = QueryDict(first["more"].removeprefix("?"))["after"]
    second = listing(chen, {"order": "next", "after": after})

    open_ones = {lead.pk for lead in many} - set(
        Lead.objects.filter(status="lost").values_list("pk", flat=True)
    )
    shown = [row["pk"] for row in first["rows"] + second["rows"]]
    # It comes again at its new place, and nobody in between is left out.
    assert shown.count(last) == 2
    assert len(set(shown)) == 59
    assert set(shown) <= open_ones


def test_more_is_a_link_and_under_htmx_only_rows(many, sign_in, chen):
    browser = sign_in(chen)
    page = browser.get("/leads/?view=open").text
    more = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    plain = browser.get(f"/leads/{more}").text
    part = browser.get(f"/leads/{more}", headers={"HX-Request": "true"}).text

    assert "<html" in plain
    assert part.lstrip().startswith("<tr")
    assert part.count('<th scope="row"') == plain.count('<th scope="row"') == 30


# Columns


def test_a_person_chooses_the_columns_of_a_view(leads, sign_in, chen, li_na):
    browser = sign_in(chen, language="en")
    Lead.objects.filter(customer__name="丙同事").update(last_contacted_at=clock.now())

    browser.post("/leads/columns/?view=all", {"columns": ["days", "campaign", "last"]})

    page = browser.get("/leads/?view=all").text
    assert "国庆车展" in page
    assert "Days in level" in page
    assert ">Phone<" not in page
    assert "Days in level" not in browser.get("/leads/?view=mine").text
    assert "Days in level" not in sign_in(li_na, language="en").get("/leads/?view=all").text


def test_no_columns_means_the_usual_ones(leads, sign_in, chen):
    browser = sign_in(chen, language="en")
    browser.post("/leads/columns/?view=all", {"columns": ["days"]})
    browser.post("/leads/columns/?view=all", {})

    assert "Days in level" not in browser.get("/leads/?view=all").text


def test_a_column_that_does_not_exist_is_refused(sign_in, chen):
    response = sign_in(chen).post("/leads/columns/?view=all", {"columns": ["salary"]})

    assert response.status_code == 422


# The sheet


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_row_opens_beside_the_list(headers, language, sign_in, li_na):
    lead = make.lead(consultant=li_na, level="H")
    actions.record_contact(
        lead, way="call", outcome="reached", feedback="要看皓极", by=li_na,
    )  # fmt: skip

    page = sign_in(li_na, language=language).get(f"/leads/{lead.pk}/", headers=headers).text

    assert ("<html" in page) is (not headers)
    assert lead.customer.display_name in page
    assert "要看皓极" in page
    assert f"/leads/{lead.pk}/level/" in page
    assert f"/deadlines/{lead.customer.deadlines.open().latest('pk').pk}/" in page


def test_a_foreign_lead_has_no_sheet(sign_in, li_na, wang_qiang, outsider):
    for owner in (wang_qiang, outsider):
        assert sign_in(li_na).get(f"/leads/{make.lead(consultant=owner).pk}/").status_code == 404


def test_a_closed_lead_offers_nothing_to_do(sign_in, li_na):
    lead = make.lead(consultant=li_na)
    Lead.objects.update(status=Lead.Status.LOST)

    assert f"/leads/{lead.pk}/level/" not in sign_in(li_na).get(f"/leads/{lead.pk}/").text


# Over the API


def test_the_api_understands_the_same_filters(leads, sign_in, chen):
    browser = sign_in(chen)

    def names(query):
        rows = browser.get(f"/api/v1/leads/?{query}").json()["results"]
        return {row["customer_name"] for row in rows}

    assert names("view=all") == NAMES
    assert names("view=overdue") == {"乙逾期"}
    assert names("level=H&level=N&way=call") == {"乙逾期"}
    assert browser.get("/api/v1/leads/?level=Z").status_code == 400


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.CLERK])
def test_who_only_reads_leads_is_offered_no_bulk_changes(role, leads, sign_in):
    page = sign_in(make.user(role=role)).get("/leads/?view=all").text

    assert 'name="ids"' not in page
    assert SavedView.objects.count() == 0
