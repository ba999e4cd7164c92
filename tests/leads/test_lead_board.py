"""The board of leads: columns by level or stage, cards that load, moves that leave a reason."""

import json
from datetime import timedelta

import pytest

from dealership import clock
from leads.models import Lead
from tests import make

pytestmark = pytest.mark.sop("2.2")


def today():
    return clock.day_of(clock.now(), make.home().tz)


def column(browser, code, *, by="level", query=""):
    path = f"/leads/board/{by}/{code}/?{query}"
    return browser.get(path, headers={"HX-Request": "true"})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("by", "codes"), [("level", "NHABCO"), ("stage", ["new", "ordered"])])
def test_the_board_has_its_columns(by, codes, language, sign_in, chen):
    make.lead()

    page = sign_in(chen, language=language).get(f"/leads/board/?by={by}").text

    assert [code for code in codes if f"/leads/board/{by}/{code}/" not in page] == []
    assert "/leads/board/level/F/" not in page
    assert "/leads/board/stage/delivered/" not in page


def test_a_column_holds_its_open_leads_and_their_number(sign_in, chen, li_na):
    for code in "HHN":
        make.lead(level=code, consultant=li_na)
    lost = make.lead(level="H")
    Lead.objects.filter(pk=lost.pk).update(status="lost")

    page = column(sign_in(chen), "H").text

    assert page.count('class="lead-card"') == 2
    assert 'data-number="2"' in page


def test_counting_stops_at_fifty(sign_in, chen, li_na, monkeypatch):
    for _number in range(4):
        make.lead(level="H", consultant=li_na)
    monkeypatch.setattr("leads.selectors.boards.COUNTED", 3)

    assert 'data-number="3+"' in column(sign_in(chen), "H").text


def test_more_cards_follow_in_place(sign_in, chen, li_na, monkeypatch):
    leads = [make.lead(level="H", consultant=li_na) for _number in range(5)]
    monkeypatch.setattr("leads.selectors.boards.PAGE", 3)
    browser = sign_in(chen)

    first = column(browser, "H").text
    more = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(more, headers={"HX-Request": "true"}).text

    assert second.lstrip().startswith("<li")
    shown = {lead.pk for lead in leads if f'data-lead="{lead.pk}"' in first + second}
    assert shown == {lead.pk for lead in leads}
    assert first.count("data-lead=") == 3


def test_an_overdue_card_says_so_by_shape_and_word(sign_in, chen, li_na):
    lead = make.lead(level="H", consultant=li_na)
    Lead.objects.filter(pk=lead.pk).update(next_contact_on=today() - timedelta(days=1))

    page = column(sign_in(chen, language="en"), "H").text

    assert '<li class="lead-card" data-state="late"' in page
    assert "overdue" in page


def test_the_list_s_filters_hold_on_the_board(sign_in, chen, li_na, wang_qiang):
    mine, other = (
        make.lead(level="H", consultant=li_na),
        make.lead(level="H", consultant=wang_qiang),
    )

    page = column(sign_in(chen), "H", query=f"consultant={li_na.pk}").text

    assert f'data-lead="{mine.pk}"' in page
    assert f'data-lead="{other.pk}"' not in page


def test_consultants_see_their_own_cards(sign_in, li_na, wang_qiang, outsider):
    for owner in (li_na, wang_qiang, outsider):
        make.lead(level="H", consultant=owner)

    assert column(sign_in(li_na), "H").text.count("data-lead=") == 1


@pytest.mark.parametrize("path", ["level/F", "level/Q", "stage/delivered", "stage/H", "mood/H"])
def test_a_column_that_is_none_does_not_exist(path, sign_in, chen):
    by, code = path.split("/")

    assert column(sign_in(chen), code, by=by).status_code == 404


def test_a_card_moves_to_another_level_with_the_reason(sign_in, li_na):
    lead = make.lead(level="A", consultant=li_na)
    browser, url = sign_in(li_na), f"/leads/{lead.pk}/move/"
    form = browser.get(f"{url}?by=level&to=H", headers={"HX-Request": "true"}).text
    high = make.levels()["H"].pk
    assert form.split(f'value="{high}"')[1].split(">")[0].strip().endswith("checked required")

    sent = {"level": high, "reason": "下周提车"}
    answer = browser.post(url, sent, headers={"HX-Request": "true"})

    assert answer.status_code == 204
    told = json.loads(answer.headers["HX-Trigger"])["lead-moved"]
    assert told == {"id": lead.pk, "from": "A", "to": "H"}
    lead.refresh_from_db()
    assert (lead.level.code, lead.level_changes.first().reason) == ("H", "下周提车")


def test_without_script_the_move_leads_back_to_the_board(sign_in, li_na):
    lead = make.lead(level="A", consultant=li_na)

    answer = sign_in(li_na).post(f"/leads/{lead.pk}/move/", {"level": make.levels()["H"].pk})

    assert answer.url == "/leads/board/?by=level"


def test_a_move_that_is_refused_says_why(sign_in, li_na):
    lead = make.lead(level="A", consultant=li_na)
    far = today() + timedelta(days=300)
    sent = {"level": make.levels()["H"].pk, "next_contact_on": far.isoformat()}

    answer = sign_in(li_na).post(f"/leads/{lead.pk}/move/", sent, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    lead.refresh_from_db()
    assert lead.level.code == "A"


@pytest.mark.parametrize("code", ["O", "D", "F"])
def test_what_the_process_sets_is_no_target(code, sign_in, li_na):
    lead = make.lead(consultant=li_na)

    answer = sign_in(li_na).post(f"/leads/{lead.pk}/move/", {"level": make.levels()[code].pk})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("to", "leads_to"),
    [("contacted", "/leads/{pk}/contacts/new/"), ("invited", "/leads/{pk}/appointments/new/")],
)
def test_a_stage_is_reached_by_what_makes_it_true(to, leads_to, sign_in, li_na):
    lead = make.lead(consultant=li_na)

    answer = sign_in(li_na).get(f"/leads/{lead.pk}/move/?by=stage&to={to}")

    assert answer.url == leads_to.format(pk=lead.pk)


@pytest.mark.parametrize("to", ["visited", "quoted", "nonsense", ""])
def test_no_stage_is_set_by_hand(to, sign_in, li_na):
    lead = make.lead(consultant=li_na)
    browser = sign_in(li_na, language="en")

    page = browser.get(f"/leads/{lead.pk}/move/?by=stage&to={to}")
    browser.post(f"/leads/{lead.pk}/move/?by=stage&to={to}", {"stage": to})

    assert "when the reception logs the visit" in page.text
    lead.refresh_from_db()
    assert lead.stage == "new"


def test_a_foreign_card_cannot_be_moved(sign_in, li_na, wang_qiang, outsider):
    for owner in (wang_qiang, outsider):
        lead = make.lead(consultant=owner)
        assert sign_in(li_na).get(f"/leads/{lead.pk}/move/").status_code == 404
        sent = {"level": make.levels(lead.store)["H"].pk}
        assert sign_in(li_na).post(f"/leads/{lead.pk}/move/", sent).status_code == 404


def test_who_only_reads_moves_nothing(sign_in, xiao_min):
    lead = make.lead(level="H")

    assert "data-move" not in column(sign_in(xiao_min), "H").text
    assert sign_in(xiao_min).get(f"/leads/{lead.pk}/move/").status_code == 403
