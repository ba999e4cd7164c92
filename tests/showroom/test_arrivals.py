"""SOP-4.1, 4.4.1-4.4.3, 4.6: guests are received, known ones are fetched their consultant."""

from datetime import timedelta

import pytest

from dealership import clock
from dealership.customers.actions import add_car
from dealership.customers.models import Consent, Customer, Event
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop.actions import run_for
from dealership.sop.models import Deadline
from leads.models import Lead
from showroom import sop
from showroom.actions import (
    depart,
    hand_over_visit,
    identify_visit,
    receive_visit,
    take_visit,
    void_visit,
)
from showroom.models import Visit
from tests import make
from tests.showroom import make as showroom

A_PHONE = "13971001234"


def notices_of(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


@pytest.mark.sop("4.6")
def test_the_owner_of_a_known_customer_is_told_at_once(store, xiao_min, li_na):
    make.customer(name="王", phone=A_PHONE, salutation="mr", owner=li_na)

    visit = receive_visit(store=store, by=xiao_min, phone="139 7100 1234")

    assert visit.known_consultant == li_na
    assert notices_of(li_na) == ["您的客户王先生到店了。"]
    assert Notice.objects.get(user=li_na).url == visit.get_absolute_url()


@pytest.mark.sop("4.6")
def test_a_known_customer_gets_their_consultant_if_on_duty(store, xiao_min, li_na):
    customer = make.customer(owner=li_na)
    showroom.duty(li_na, checked_in=False)

    visit = receive_visit(store=store, by=xiao_min, phone=customer.primary_phone)

    assert visit.consultant == li_na
    assert not visit.is_waiting


@pytest.mark.sop("4.6")
def test_a_known_customer_waits_if_their_consultant_is_off(store, xiao_min, li_na):
    customer = make.customer(owner=li_na)

    visit = receive_visit(store=store, by=xiao_min, phone=customer.primary_phone)

    assert visit.is_waiting


@pytest.mark.sop("4.6")
def test_a_visit_taken_by_somebody_else_is_marked_and_both_see_it(
    store, xiao_min, li_na, wang_qiang
):
    customer = make.customer(owner=li_na)
    visit = receive_visit(store=store, by=xiao_min, phone=customer.primary_phone)

    visit = take_visit(visit, consultant=wang_qiang, by=wang_qiang)

    assert visit.is_stand_in
    assert wang_qiang.name in notices_of(li_na)[-1]
    for colleague in (li_na, wang_qiang):
        assert visit in Visit.objects.visible_to(colleague)
        assert customer in Customer.objects.visible_to(colleague)


def test_a_stand_in_sees_the_customer_only_while_the_visit_has_work(li_na, wang_qiang):
    customer = make.customer(owner=li_na)
    visit = showroom.visit(customer=customer, consultant=wang_qiang)

    void_visit(visit, reason="登记错了", by=wang_qiang)

    assert customer not in Customer.objects.visible_to(wang_qiang)


def test_an_unknown_number_becomes_a_customer_with_a_lead(store, li_na):
    series = make.series()

    visit = receive_visit(
        store=store, by=li_na, phone=A_PHONE, name="李", salutation="ms", series=series
    )

    lead = Lead.objects.get(customer=visit.customer)
    assert (visit.customer.owner, lead.consultant, lead.series) == (li_na, li_na, series)
    assert (visit.lead, visit.level_before.code) == (lead, "N")
    assert visit.has_contact


def test_somebody_who_comes_for_service_gets_no_lead(store, li_na):
    visit = receive_visit(store=store, by=li_na, phone=A_PHONE, name="李", purpose="after_sales")

    assert visit.lead is None
    assert not Lead.objects.exists()


def test_a_number_without_a_name_is_kept_by_its_last_digits(store, li_na):
    visit = receive_visit(store=store, by=li_na, phone=A_PHONE)

    assert visit.customer.name == "*1234"


def test_a_known_car_brings_its_owner(store, xiao_min, li_na):
    customer = make.customer(owner=li_na)
    add_car(customer, plate="鄂A12345", by=li_na)

    visit = receive_visit(store=store, by=xiao_min, plate="鄂a·12345")

    assert (visit.customer, visit.plate) == (customer, "鄂A12345")


@pytest.mark.sop("4.1")
def test_a_nameless_guest_counts_and_waits_to_be_completed(store, xiao_min):
    visit = receive_visit(store=store, by=xiao_min, party_size=3)

    assert visit.customer is None
    assert list(Visit.objects.counted().walk_ins()) == [visit]
    assert list(Visit.objects.incomplete()) == [visit]


@pytest.mark.sop("4.1")
def test_a_nameless_guest_is_completed_later_with_the_time_they_came(store, li_na, monday):
    visit = receive_visit(store=store, by=li_na, party_size=2)
    monday.shift(timedelta(hours=1))

    identify_visit(visit, by=li_na, phone=A_PHONE, name="周", salutation="mr")

    visit.refresh_from_db()
    event = Event.objects.get(kind="visit.identified", customer=visit.customer)
    assert event.occurred_at == visit.arrived_at
    assert event.is_late_entry
    assert (visit.customer.name, visit.is_first, visit.has_contact) == ("周", True, True)
    assert not Visit.objects.incomplete().exists()


def test_a_name_alone_stays_with_the_visit(store, li_na):
    visit = receive_visit(store=store, by=li_na, name="周", salutation="ms")

    assert (visit.customer, visit.display_name) == (None, "周女士")


def test_a_wrong_number_is_refused_with_what_to_check(store, li_na):
    with pytest.raises(RuleViolation) as refusal:
        receive_visit(store=store, by=li_na, phone="1397100")

    assert refusal.value.field == "phone"
    assert not Visit.objects.exists()


@pytest.mark.sop("4.1")
def test_first_and_again_go_by_days(li_na):
    customer = make.customer(owner=li_na)
    now = clock.now()
    days = [now - timedelta(days=6), now - timedelta(days=2, hours=2), now - timedelta(days=2)]
    visits = [
        showroom.visit(
            customer=customer, by=li_na, arrived_at=at, departed_at=at + timedelta(minutes=30)
        )
        for at in days
    ]

    found = [Visit.objects.get(pk=visit.pk) for visit in visits]
    assert [visit.is_first for visit in found] == [True, False, False]
    assert [visit.is_same_day_return for visit in found] == [False, False, True]


def test_a_late_entry_of_an_earlier_day_makes_the_later_visit_a_return(li_na):
    customer = make.customer(owner=li_na)
    today = showroom.visit(customer=customer, by=li_na)
    yesterday = clock.now() - timedelta(days=1)

    earlier = showroom.visit(
        customer=customer, by=li_na, arrived_at=yesterday, departed_at=yesterday
    )

    today.refresh_from_db()
    assert (earlier.is_first, today.is_first) == (True, False)


def test_voiding_the_first_visit_makes_the_next_one_the_first(li_na):
    customer = make.customer(owner=li_na)
    yesterday = clock.now() - timedelta(days=1)
    wrong = showroom.visit(customer=customer, by=li_na, arrived_at=yesterday, departed_at=yesterday)
    today = showroom.visit(customer=customer, by=li_na)

    void_visit(wrong, reason="同名客户，登记错了", by=li_na)

    today.refresh_from_db()
    assert today.is_first


@pytest.mark.parametrize("days", [0, 1, 7])
def test_the_last_seven_days_can_be_entered_later_and_show_as_such(store, li_na, days):
    at = clock.now() - timedelta(days=days, minutes=0 if days == 7 else 45)

    visit = receive_visit(store=store, by=li_na, arrived_at=at)

    assert visit.is_late_entry
    assert list(Visit.objects.entered_late()) == [visit]


@pytest.mark.parametrize(
    "away", [timedelta(minutes=1), timedelta(days=-7, minutes=-1)], ids=["future", "long ago"]
)
def test_arrivals_to_come_or_of_long_ago_are_refused(store, li_na, away):
    with pytest.raises(RuleViolation) as refusal:
        receive_visit(store=store, by=li_na, arrived_at=clock.now() + away)

    assert refusal.value.field == "arrived_at"


def test_nobody_is_in_the_showroom_twice(store, li_na, xiao_min):
    visit = showroom.visit(by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        receive_visit(store=store, by=xiao_min, phone=visit.customer.primary_phone)

    assert refusal.value.code == "already_here"
    assert Visit.objects.count() == 1


def test_a_nameless_guest_cannot_become_somebody_who_is_already_here(store, li_na):
    here = showroom.visit(by=li_na)
    nameless = receive_visit(store=store, by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        identify_visit(nameless, by=li_na, phone=here.customer.primary_phone)

    assert refusal.value.code == "already_here"


def test_whoever_takes_a_guest_second_is_told_who_was_first(store, xiao_min, li_na, wang_qiang):
    visit = receive_visit(store=store, by=xiao_min)
    take_visit(visit, consultant=li_na, by=li_na)

    with pytest.raises(RuleViolation, match="李娜"):
        take_visit(visit, consultant=wang_qiang, by=wang_qiang)


def test_a_handed_over_guest_takes_all_clocks_along(li_na, wang_qiang):
    visit = showroom.departed(consultant=li_na)

    visit = hand_over_visit(visit, to=wang_qiang, by=li_na)

    owed = Deadline.objects.open().about(visit)
    assert {deadline.owner for deadline in owed} == {wang_qiang}
    assert visit.is_stand_in


def test_a_guest_goes_to_a_consultant_of_the_store_only(store, xiao_min, outsider):
    visit = receive_visit(store=store, by=xiao_min)

    with pytest.raises(RuleViolation):
        take_visit(visit, consultant=outsider, by=xiao_min)


@pytest.mark.sop("4.4.1")
@pytest.mark.sop("4.4.3")
def test_the_entry_proves_who_stood_at_the_desk_and_what_was_asked(store, li_na):
    showroom.duty(li_na)

    visit = receive_visit(store=store, by=li_na, purpose="see_car")

    ticked = {line.item.sop for line in run_for(sop.RECEPTION, visit).lines() if line.is_done}
    assert ticked == {"4.4.1", "4.4.3"}


@pytest.mark.sop("4.4")
def test_the_checklist_has_the_fourteen_steps_with_their_key_points(li_na):
    visit = showroom.visit(by=li_na)

    lines = run_for(sop.RECEPTION, visit).lines()

    assert [line.item.sop for line in lines] == [f"4.4.{number}" for number in range(1, 15)]
    assert all(line.item.points for line in lines)


def test_consent_said_at_the_door_is_kept(store, li_na):
    visit = receive_visit(store=store, by=li_na, phone=A_PHONE, name="李", consents=True)

    consent = Consent.objects.get(customer=visit.customer)
    assert (consent.purpose, consent.by) == (Consent.Purpose.SERVICE, li_na)


def test_a_customer_of_nobody_gets_the_consultant_who_takes_them(store, xiao_min, li_na):
    visit = receive_visit(store=store, by=xiao_min, phone=A_PHONE, name="李")

    visit = take_visit(visit, consultant=li_na, by=xiao_min)

    assert visit.customer.owner == li_na
    assert Lead.objects.get(customer=visit.customer).consultant == li_na
    assert len(notices_of(li_na)) == 1


def test_a_voided_visit_takes_no_more_entries(li_na):
    visit = void_visit(showroom.visit(by=li_na), reason="重复", by=li_na)

    for act in (
        lambda: depart(visit, by=li_na),
        lambda: void_visit(visit, reason="又一次", by=li_na),
        lambda: identify_visit(visit, by=li_na, name="王"),
    ):
        with pytest.raises(RuleViolation, match="重复"):
            act()


def test_a_stale_form_is_refused_and_says_so(li_na):
    visit = showroom.visit(by=li_na, nameless=True)
    seen = visit.version
    identify_visit(visit, by=li_na, name="赵", version=seen)

    with pytest.raises(RuleViolation) as refusal:
        identify_visit(visit, by=li_na, name="钱", version=seen)

    assert refusal.value.code == "stale"
    assert Visit.objects.get(pk=visit.pk).guest_name == "赵"
