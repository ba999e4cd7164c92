"""One's own day: what is owed first, finished on the spot."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealership import clock
from dealership.customers.actions import refuse_contact
from dealership.dashboards.selectors import today
from dealership.dashboards.selectors.today import Card
from dealership.messaging.models import Sms
from dealership.sop.models import Deadline
from dealership.staff.models import User
from leads.actions import agree_visit, owe_first_contact, plan_contact, record_contact
from leads.models import Lead
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


def follow_up(li_na: User, level: str, days: int) -> Lead:
    """A lead to be called in so many days."""
    lead = make.lead(consultant=li_na, level=level)
    day = clock.day_of(clock.now(), li_na.active_store.tz) + timedelta(days=days)
    return plan_contact(lead, on=day, by=li_na)


def of(cards: list[Card]) -> list[Lead]:
    return [card.lead for card in cards]


def test_todays_calls_stand_there_the_warmest_first_and_missed_ones_above(li_na: User):
    now = clock.now()
    warm, hot = follow_up(li_na, "A", 0), follow_up(li_na, "H", 0)

    assert of(today(li_na, now).calls) == [hot, warm]
    tomorrow = today(li_na, now + timedelta(days=1))
    assert set(of(tomorrow.cards)) == {hot, warm}
    assert tomorrow.calls == []
    assert tomorrow.late == 2


def test_tomorrows_calls_are_folded_by_level_and_later_ones_only_counted(li_na: User):
    for level, days in (("H", 1), ("H", 1), ("B", 1), ("B", 2), ("C", 9), ("C", 9)):
        follow_up(li_na, level, days)

    found = today(li_na)

    assert [(group.level.code, len(group.cards)) for group in found.tomorrow] == [
        ("H", 2),
        ("B", 1),
    ]
    assert found.further == 3
    assert found.in_time == 6
    assert not found.calls


def test_the_figure_of_what_is_owed_opens_exactly_its_rows(li_na: User, sign_in: SignIn):
    for days in (0, 1, 5):
        follow_up(li_na, "B", days)
    lead = follow_up(li_na, "B", 3)
    agree_visit(lead, at_time=clock.now() + timedelta(days=2), by=li_na)
    owe_first_contact(make.lead(consultant=li_na))
    found = today(li_na)

    rows = sign_in(li_na).get(found.urls["in_time"]).context["page"].rows

    assert found.in_time == len(rows)


def test_a_first_contact_is_a_card_with_the_number_and_what_was_tried(li_na: User, sign_in: SignIn):
    lead = make.lead(consultant=li_na)
    owe_first_contact(lead)
    record_contact(lead, way="call", outcome="busy", by=li_na)

    (card,) = today(li_na).cards
    page = sign_in(li_na, language="en").get("/today/").text

    assert (card.lead, card.lead.tries) == (lead, 1)
    assert f"tel:{lead.customer.primary_phone}" in page
    assert f'hx-get="/leads/{lead.pk}/contacts/new/"' in page
    assert "1 try in vain" in page


def test_a_call_says_what_was_said_last(li_na: User):
    lead = make.lead(consultant=li_na, level="H", series=make.series(name="皓极"))
    record_contact(
        lead, way="call", outcome="reached", feedback="等置换价", by=li_na,
        next_contact_on=clock.day_of(clock.now(), lead.store.tz),
    )  # fmt: skip

    assert today(li_na).calls[0].detail == "皓极 · “等置换价”"


def test_a_contact_is_finished_without_leaving_the_page(li_na: User, sign_in: SignIn):
    lead = follow_up(li_na, "H", 0)
    browser = sign_in(li_na)
    card = today(li_na).calls[0]

    part = browser.get(card.owed.url, headers={"HX-Request": "true"})
    done = browser.post(
        card.owed.url, {"way": "call", "outcome": "reached"}, headers={"HX-Request": "true"}
    )

    assert "<html" not in part.text
    assert done.status_code == 204
    assert lead not in of(today(li_na).calls)


def test_guests_who_are_expected_stand_by_time(li_na: User, sign_in: SignIn):
    soon = clock.now() + timedelta(seconds=30)
    second, first = make.lead(consultant=li_na), make.lead(consultant=li_na)
    agree_visit(second, at_time=soon + timedelta(seconds=20), by=li_na)
    agree_visit(first, at_time=soon, by=li_na)

    found = today(li_na)
    page = sign_in(li_na).get("/today/").text

    assert [card.appointment.lead for card in found.expected] == [first, second]
    assert first.customer.display_name in page
    assert not {card.deadline.step for card in found.cards} & {"leads.appointment"}


def test_who_asked_not_to_be_contacted_has_no_call_link(li_na: User):
    lead = follow_up(li_na, "H", 0)
    refuse_contact(lead.customer, reason="别打了", by=li_na)

    assert all(not card.phone for card in today(li_na).calls)


def test_the_page_costs_the_same_for_one_call_and_for_six_of_each_kind(
    client: Client, li_na: User, assert_flat_queries
):
    client.force_login(li_na)

    def one_of_each() -> None:
        follow_up(li_na, "H", 0)
        follow_up(li_na, "A", 1)
        lead = follow_up(li_na, "B", 0)
        agree_visit(lead, at_time=clock.now() + timedelta(minutes=5), by=li_na)
        owe_first_contact(make.lead(consultant=li_na, series=make.series()))
        showroom.departed(consultant=li_na)

    assert_flat_queries("/today/", one_of_each)


def test_a_full_day_takes_fifteen_queries_at_most(client: Client, li_na: User):
    client.force_login(li_na)
    delivery.delivery(order=None, by=li_na)
    showroom.departed(consultant=li_na)
    showroom.visit(consultant=li_na)
    for days in (0, 1, 5):
        lead = follow_up(li_na, "B", days)
    agree_visit(lead, at_time=clock.now() + timedelta(minutes=5), by=li_na)
    client.get("/today/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/today/")

    assert len(queries) <= 15, "\n".join(query["sql"][:160] for query in queries)


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
