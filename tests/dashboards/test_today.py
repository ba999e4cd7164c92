"""One's own day: what is owed first, finished on the spot."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from dealership import clock
from dealership.dashboards.selectors import today
from dealership.messaging.models import Sms
from dealership.sop.models import Deadline
from dealership.staff.models import User
from leads.actions import plan_contact
from showroom.actions import tidy_table
from showroom.models import Visit
from tests import make
from tests.delivery import make as delivery
from tests.fixtures import SignIn
from tests.showroom import make as showroom


def owed(user: User, at: datetime | None = None) -> list[str]:
    return [card.deadline.step for card in today(user, at).cards]


def test_what_hurts_most_comes_first(li_na: User):
    now = clock.now()
    late = showroom.departed(consultant=li_na, at=now - timedelta(minutes=9))
    fresh = showroom.departed(consultant=li_na, at=now - timedelta(minutes=2))

    found = today(li_na, now)

    assert [card.deadline.subject_id for card in found.cards[:2]] == [late.pk, fresh.pk]
    assert (found.cards[0].is_late, found.cards[1].is_late) == (True, False)
    assert found.late == 1


def test_a_card_says_which_guest_it_is_about(li_na: User):
    showroom.departed(consultant=li_na, party_size=3, series=make.series(name="皓极"))

    assert "皓极" in today(li_na).cards[0].detail


def test_a_callback_offers_the_number(li_na: User, sign_in: SignIn):
    made = delivery.delivery(order=None, by=li_na)
    seller = made.consultant

    found = next(card for card in today(seller).cards if card.is_call)
    page = sign_in(seller).get("/today/").text

    assert found.phone == made.customer.primary_phone
    assert f"tel:{made.customer.primary_phone}" in page


def test_a_colleagues_tasks_are_not_mine(li_na: User, wang_qiang: User):
    showroom.departed(consultant=li_na)

    assert owed(wang_qiang) == []
    assert "showroom.tidy" in owed(li_na)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_table_is_tidied_from_its_card(li_na: User, sign_in: SignIn, headers: dict[str, str]):
    visit = showroom.departed(consultant=li_na)
    browser = sign_in(li_na)
    card = today(li_na).cards[0]

    assert f'action="{card.owed.quick_url}"' in browser.get("/today/").text
    browser.post(card.owed.quick_url, headers=headers)

    assert not Deadline.objects.open().about(visit).of_step("showroom.tidy").exists()
    assert "showroom.reset" in owed(li_na)


def test_the_thank_you_form_opens_inside_its_card(li_na: User, sign_in: SignIn):
    visit = showroom.departed(consultant=li_na)
    browser = sign_in(li_na)
    card = next(card for card in today(li_na).cards if card.deadline.step == "showroom.thank_you")

    part = browser.get(card.owed.url, headers={"HX-Request": "true"})

    assert f'hx-target="#work-{card.deadline.pk}"' in browser.get("/today/").text
    assert "<html" not in part.text
    assert "<textarea" in part.text
    assert visit.customer.display_name in part.text


def test_a_breach_is_answered_on_the_spot(li_na: User, sign_in: SignIn):
    showroom.departed(consultant=li_na, at=clock.now() - timedelta(minutes=8))
    browser = sign_in(li_na)
    late = next(card.deadline for card in today(li_na).cards if card.is_late)
    url = f"/deadlines/{late.pk}/reply/"

    assert f'hx-post="{url}"' in browser.get("/today/").text
    browser.post(url, {"text": "同时接待两批客户。"}, headers={"HX-Request": "true"})

    late.refresh_from_db()
    assert late.reply == "同时接待两批客户。"
    assert f'hx-post="{url}"' not in browser.get("/today/").text


def test_guests_of_mine_stand_on_my_day_and_all_of_them_at_the_reception(
    li_na: User, wang_qiang: User, xiao_min: User
):
    mine = showroom.visit(consultant=li_na)
    theirs = showroom.visit(consultant=wang_qiang)

    assert today(li_na).visits == [mine]
    assert set(today(xiao_min).visits) == {mine, theirs}


def test_contacts_planned_for_today_or_missed_stand_there(li_na: User):
    now = clock.now()
    lead, other = make.lead(consultant=li_na, level="H"), make.lead(consultant=li_na, level="A")
    day = clock.day_of(now, li_na.active_store.tz)
    plan_contact(lead, on=day, by=li_na)
    plan_contact(other, on=day + timedelta(days=2), by=li_na)

    assert today(li_na, now).contacts == [lead]
    assert set(today(li_na, now + timedelta(days=3)).contacts) == {lead, other}


def test_what_can_be_done_only_later_waits_below(li_na: User):
    made = delivery.delivery()

    found = today(made.consultant)

    assert "delivery.third_day_call" in [card.deadline.step for card in found.later]
    assert "delivery.third_day_call" not in [card.deadline.step for card in found.cards]


def test_checking_in_stands_on_the_page_until_it_is_done(li_na: User, sign_in: SignIn):
    browser = sign_in(li_na)

    assert 'action="/roster/check-in/"' in browser.get("/today/").text
    browser.post("/roster/check-in/")

    assert 'action="/roster/check-in/"' not in browser.get("/today/").text
    assert today(li_na).on_duty == 1


def test_an_empty_day_says_what_will_appear(li_na: User, sign_in: SignIn):
    page = sign_in(li_na, language="en").get("/today/").text

    assert "Nothing is owed" in page


def test_finished_work_disappears(li_na: User):
    visit = showroom.departed(consultant=li_na)
    before = len(owed(li_na))

    tidy_table(visit, by=li_na)

    assert owed(li_na).count("showroom.tidy") == 0
    assert len(owed(li_na)) == before  # the car is next


def test_the_page_costs_the_same_for_one_task_and_for_six(
    client: Client, li_na: User, assert_flat_queries
):
    client.force_login(li_na)

    assert_flat_queries("/today/", lambda: showroom.departed(consultant=li_na))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_page_reads_in_both_languages_as_page_and_part(
    li_na: User, sign_in: SignIn, language: str, headers: dict[str, str]
):
    visit: Visit = showroom.departed(consultant=li_na)

    answer = sign_in(li_na, language=language).get("/today/", headers=headers)

    assert answer.status_code == 200
    assert ("<html" in answer.text) is (not headers)
    assert visit.customer.display_name in answer.text
    assert not Sms.objects.exists()
