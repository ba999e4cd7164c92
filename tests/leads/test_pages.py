"""The list of leads, and judging a level anew."""

from datetime import timedelta

import pytest

from dealership import clock
from leads.models import Lead
from tests import make


def today():
    return clock.day_of(clock.now(), make.home().tz)


def named(name, owner, **fields):
    lead = make.lead(customer=make.customer(name=name, owner=owner))
    Lead.objects.filter(pk=lead.pk).update(**fields)
    return lead


@pytest.fixture
def leads(li_na, wang_qiang):
    named("甲今天", li_na, next_contact_on=today())
    named("乙逾期", li_na, next_contact_on=today() - timedelta(days=2))
    named("丙同事", wang_qiang, next_contact_on=today() + timedelta(days=2))
    named("丁公海", wang_qiang, consultant=None)
    named("戊战败", li_na, status=Lead.Status.LOST)
    named("己高意向", li_na, level=make.levels()["H"])


NAMES = {"甲今天", "乙逾期", "丙同事", "丁公海", "戊战败", "己高意向"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", NAMES - {"戊战败"}),
        ("view=all", NAMES),
        ("view=today", {"甲今天"}),
        ("view=overdue", {"乙逾期"}),
        ("view=pool", {"丁公海"}),
        ("view=mine", set()),
        ("level=H", {"己高意向"}),
        ("status=lost&view=all", {"戊战败"}),
        ("view=nonsense&level=nonsense&status=nonsense", NAMES - {"戊战败"}),
    ],
)
def test_a_view_shows_its_leads(query, shown, leads, sign_in, chen):
    page = sign_in(chen).get(f"/leads/?{query}").text

    assert {name for name in NAMES if name in page} == shown


def test_consultants_see_their_own_leads(leads, sign_in, li_na):
    page = sign_in(li_na).get("/leads/?view=all").text

    assert {name for name in NAMES if name in page} == {"甲今天", "乙逾期", "戊战败", "己高意向"}


def test_a_filter_survives_the_next_page(sign_in, chen):
    for _number in range(31):
        make.lead(level="H")

    page = sign_in(chen).get("/leads/?level=H&view=all").text

    more = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "level=H" in more
    assert "view=all" in more
    assert sign_in(chen).get(f"/leads/{more}").text.count('<th scope="row"') == 1


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_consultant_judges_a_lead_anew(headers, sign_in, li_na):
    lead = make.lead(consultant=li_na)
    browser, url = sign_in(li_na), f"/leads/{lead.pk}/level/"

    form = browser.get(url, headers=headers)
    browser.post(url, {"level": make.levels()["H"].pk, "reason": "价格谈妥"}, headers=headers)

    assert ("<html" in form.text) is (not headers)
    lead.refresh_from_db()
    assert lead.level.code == "H"


@pytest.mark.parametrize("code", ["O", "D", "F"])
def test_what_the_process_sets_is_not_chosen_by_hand(code, sign_in, li_na):
    lead = make.lead(consultant=li_na)

    response = sign_in(li_na).post(f"/leads/{lead.pk}/level/", {"level": make.levels()[code].pk})

    assert response.status_code == 422


def test_a_foreign_lead_does_not_exist(sign_in, li_na, wang_qiang, outsider):
    for owner in (wang_qiang, outsider):
        lead = make.lead(consultant=owner)
        assert sign_in(li_na).get(f"/leads/{lead.pk}/level/").status_code == 404
        assert sign_in(li_na).get(f"/leads/panels/{lead.customer_id}/").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "path", ["/leads/", "/leads/?view=pool", "/leads/panels/{pk}/", "/leads/{lead}/level/"]
)
def test_every_page_speaks_both_languages(path, language, sign_in, li_na):
    lead = make.lead(consultant=li_na)
    url = path.format(pk=lead.customer_id, lead=lead.pk)

    assert sign_in(li_na, language=language).get(url).status_code == 200


def test_the_list_never_asks_per_row(client, chen, assert_flat_queries):
    client.force_login(chen)

    assert_flat_queries("/leads/", make.lead)


def test_the_panel_never_asks_per_lead(client, chen, assert_flat_queries):
    customer = make.lead().customer
    client.force_login(chen)

    def another():
        Lead.objects.filter(customer=customer).update(status=Lead.Status.LOST)
        make.lead(customer=customer)

    assert_flat_queries(f"/leads/panels/{customer.pk}/", another)
