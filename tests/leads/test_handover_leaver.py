"""SOP-2.2: when a consultant leaves, nobody's customer is lost; 72 hours to take it back."""

import time
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealership.customers.actions import refuse_contact
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice, Sms
from dealership.sop.actions import start, tick
from dealership.sop.models import Deadline
from dealership.staff.roles import Role
from leads import sop
from leads.actions import (
    agree_visit,
    assign_lead,
    hand_over_customers,
    plan_contact,
    put_into_pool,
    reason_against_introduction,
    record_contact,
    undo_hand_over,
)
from leads.models import HandOver, HandOverRow, Lead
from leads.selectors.handovers import estate_of, spread, successors_of
from tests import make
from tests.deals import make as deals
from tests.leads.ownership import MONDAY, day
from tests.showroom import make as showroom

Spread = HandOver.Spread


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sun_min(store):
    return make.user(name="孙敏", store=store)


def leaving(leaver, to, *, by, **given):
    return hand_over_customers(leaver, store=leaver.active_store, to=to, by=by, **given)


def of(user):
    return Customer.objects.filter(owner=user).count()


@pytest.mark.sop("2.2")
def test_customers_leads_and_promises_of_every_room_change_hands(li_na, wang_qiang, chen, store):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    plan_contact(lead, on=day(2).date(), by=li_na)
    silent = make.customer(owner=li_na)
    departed = showroom.departed(consultant=li_na)
    order = deals.order(lead=make.lead(consultant=li_na))
    visit = agree_visit(make.lead(consultant=li_na), at_time=day(1), by=li_na)
    before = dict(Deadline.objects.open().filter(owner=li_na).tasks().values_list("pk", "due_at"))

    hand_over = leaving(li_na, [wang_qiang], how=Spread.ONE, by=chen)

    assert of(li_na) == 0
    assert not Lead.objects.filter(consultant=li_na).exists()
    assert not Deadline.objects.open().filter(owner=li_na).exists()
    after = Deadline.objects.filter(pk__in=before)
    assert dict(after.values_list("pk", "due_at")) == before, "due times stay as promised"
    assert set(after.values_list("owner", flat=True)) == {wang_qiang.pk}
    order.refresh_from_db()
    visit.refresh_from_db()
    silent.refresh_from_db()
    assert (order.consultant, visit.consultant, silent.owner) == (wang_qiang,) * 3
    rows = hand_over.rows.filter(kind=HandOverRow.Kind.CUSTOMER)
    assert rows.count() == of(wang_qiang)
    assert departed.customer.events.filter(kind="lead.handed_over").count() == 1
    assert Notice.objects.filter(user=wang_qiang, kind="lead.handed_over").count() == 1


def test_the_pool_counts_anew_for_the_new_consultant(li_na, wang_qiang, chen, monday):
    lead = make.lead(consultant=li_na, level="H", at=MONDAY)
    monday.move_to(day(4))

    leaving(li_na, [wang_qiang], how=Spread.ONE, by=chen)

    watch = Deadline.objects.open().about(lead).of_step(sop.RECYCLE).get()
    assert (watch.owner, watch.due_at) == (wang_qiang, day(10, hour=0))


def test_closed_leads_keep_whoever_did_them(li_na, wang_qiang, chen):
    lead = make.lead(consultant=li_na)
    Lead.objects.filter(pk=lead.pk).update(status=Lead.Status.DELIVERED)

    leaving(li_na, [wang_qiang], how=Spread.ONE, by=chen)

    lead.refresh_from_db()
    assert lead.consultant == li_na
    assert Customer.objects.get(pk=lead.customer_id).owner == wang_qiang


@pytest.mark.sop("2.2")
def test_evenly_means_as_many_for_each_and_one_person_for_one_customer(
    li_na, wang_qiang, sun_min, chen
):
    leads = [make.lead(consultant=li_na, at=MONDAY) for _number in range(7)]
    for lead in leads:
        plan_contact(lead, on=day(1).date(), by=li_na)

    leaving(li_na, [wang_qiang, sun_min], how=Spread.EVEN, by=chen)

    assert sorted((of(wang_qiang), of(sun_min))) == [3, 4]
    for lead in Lead.objects.select_related("customer"):
        owners = {lead.consultant_id, lead.customer.owner_id}
        owners |= set(Deadline.objects.open().about(lead).values_list("owner", flat=True))
        assert len(owners) == 1


def test_by_level_everybody_gets_as_many_of_each(li_na, wang_qiang, sun_min):
    for level in "HAHAHAHA":
        make.lead(consultant=li_na, level=level)

    estate = estate_of(li_na, li_na.active_store)
    plan = spread(estate.wishes, Spread.LEVEL, [wang_qiang, sun_min])

    level_of = {wish.customer_id: wish.level for wish in estate.wishes}
    got = Counter((user.name, level_of[pk]) for pk, user in plan.items())
    assert set(got.values()) == {2}
    assert estate.by_level == [("H", 4), ("A", 4)]


def test_by_series_one_person_takes_all_of_a_series(li_na, wang_qiang, sun_min):
    yixuan, haoji = make.series(name="奕炫"), make.series(name="皓极")
    for series in (yixuan, yixuan, yixuan, haoji, haoji):
        make.lead(consultant=li_na, series=series)

    estate = estate_of(li_na, li_na.active_store)
    plan = spread(estate.wishes, Spread.SERIES, [wang_qiang, sun_min])

    series_of = {wish.customer_id: wish.series for wish in estate.wishes}
    takers = {series_of[pk]: user for pk, user in plan.items()}
    assert Counter(plan.values()) == {takers["奕炫"]: 3, takers["皓极"]: 2}
    assert takers["奕炫"] != takers["皓极"]


def test_what_concerns_a_colleagues_customer_goes_to_that_colleague(
    store, li_na, wang_qiang, sun_min, chen
):
    make.customer(owner=li_na)
    customer = make.customer(owner=sun_min)
    owed = start(sop.FIRST_CONTACT, customer, store=store, customer=customer, owner=li_na)

    leaving(li_na, [wang_qiang], how=Spread.ONE, by=chen)

    owed.refresh_from_db()
    customer.refresh_from_db()
    assert (owed.owner, customer.owner) == (sun_min, sun_min)


@pytest.mark.parametrize(
    ("who", "how", "code"),
    [
        ("nobody", Spread.EVEN, ""),
        ("two", Spread.ONE, ""),
        ("herself", Spread.ONE, ""),
        ("outsider", Spread.ONE, "no_consultant"),
        ("frozen", Spread.ONE, "no_consultant"),
    ],
)
def test_who_cannot_take_over_is_refused_and_nothing_moves(
    li_na, wang_qiang, sun_min, outsider, chen, who, how, code
):
    make.lead(consultant=li_na)
    frozen = make.user(name="周洋")
    frozen.is_active = False
    frozen.save()
    to = {
        "nobody": [], "two": [wang_qiang, sun_min], "herself": [li_na],
        "outsider": [outsider], "frozen": [frozen],
    }[who]  # fmt: skip

    with pytest.raises(RuleViolation) as refusal:
        leaving(li_na, to, how=how, by=chen)

    assert refusal.value.field == "to"
    assert code in (refusal.value.code or "")
    assert of(li_na) == 1
    assert not HandOver.objects.exists()


def test_whoever_has_nothing_hands_nothing_over(li_na, wang_qiang, chen):
    with pytest.raises(RuleViolation) as refusal:
        leaving(li_na, [wang_qiang], by=chen)

    assert refusal.value.code == "nothing"


@pytest.mark.sop("2.2")
def test_undone_within_72_hours_everybody_has_what_they_had(
    li_na, wang_qiang, sun_min, chen, monday
):
    leads = [make.lead(consultant=li_na, level="H", at=MONDAY) for _number in range(4)]
    for lead in leads:
        plan_contact(lead, on=day(2).date(), by=li_na)
    order = deals.order(lead=make.lead(consultant=li_na))
    own = make.lead(consultant=wang_qiang)
    hand_over = leaving(li_na, [wang_qiang, sun_min], how=Spread.EVEN, by=chen)

    monday.move_to(MONDAY + timedelta(hours=72))
    undo_hand_over(hand_over, by=chen)

    assert set(Lead.objects.exclude(pk=own.pk).values_list("consultant", flat=True)) == {li_na.pk}
    assert (of(li_na), of(wang_qiang), of(sun_min)) == (5, 1, 0)
    for lead in leads:
        assert set(Deadline.objects.open().about(lead).values_list("owner", flat=True)) == {
            li_na.pk
        }
    order.refresh_from_db()
    own.refresh_from_db()
    assert (order.consultant, own.consultant) == (li_na, wang_qiang)
    assert leads[0].customer.events.filter(kind="lead.taken_back").count() == 1


def test_what_has_changed_since_stays(li_na, wang_qiang, sun_min, chen, monday):
    kept, moved, pooled = (make.lead(consultant=li_na, level="H") for _number in range(3))
    hand_over = leaving(li_na, [wang_qiang], how=Spread.ONE, by=chen)
    monday.move_to(day(1))
    assign_lead(moved, consultant=sun_min, reason="熟人", by=chen)
    put_into_pool(pooled, reason="空号", by=chen)
    record_contact(kept, way="call", outcome="reached", feedback="周末来", by=wang_qiang)

    undo_hand_over(hand_over, by=chen)

    owners = dict(Lead.objects.values_list("pk", "consultant"))
    assert owners == {kept.pk: li_na.pk, moved.pk: sun_min.pk, pooled.pk: None}
    follow_up = Deadline.objects.open().about(kept).of_step(sop.FOLLOW_UP).get()
    assert follow_up.owner == li_na, "promised meanwhile, it goes back with the customer"


def test_after_72_hours_and_twice_there_is_no_undoing(li_na, wang_qiang, chen, monday):
    make.lead(consultant=li_na)
    first = leaving(li_na, [wang_qiang], how=Spread.ONE, by=chen)
    undo_hand_over(first, by=chen)
    second = leaving(li_na, [wang_qiang], how=Spread.ONE, by=chen)
    monday.move_to(MONDAY + timedelta(hours=72, seconds=1))

    for hand_over, code in ((first, "undone"), (second, "too_late")):
        with pytest.raises(RuleViolation) as refusal:
            undo_hand_over(hand_over, by=chen)
        assert refusal.value.code == code


def test_the_account_closes_with_it_and_opens_again(store, li_na, wang_qiang):
    boss = make.user(role=Role.GENERAL_MANAGER, store=store)
    make.lead(consultant=li_na)

    hand_over = leaving(li_na, [wang_qiang], how=Spread.ONE, is_freezing=True, by=boss)
    li_na.refresh_from_db()
    assert not li_na.is_active

    undo_hand_over(hand_over, by=boss)
    li_na.refresh_from_db()
    assert li_na.is_active


def test_nothing_goes_back_to_somebody_whose_account_is_closed(li_na, wang_qiang, chen):
    make.lead(consultant=li_na)
    hand_over = leaving(li_na, [wang_qiang], how=Spread.ONE, by=chen)
    li_na.is_active = False
    li_na.save()

    with pytest.raises(RuleViolation) as refusal:
        undo_hand_over(hand_over, by=chen)

    assert refusal.value.code == "no_consultant"


@pytest.mark.sop("2.2")
def test_customers_are_told_by_sms_half_an_hour_later(li_na, wang_qiang, chen):
    told, refused = make.customer(owner=li_na), make.customer(owner=li_na)
    make.customer(owner=li_na, phone="")
    refuse_contact(refused, reason="不要联系", by=li_na)

    leaving(li_na, [wang_qiang], how=Spread.ONE, is_texting=True, by=chen)

    tick(at=MONDAY + timedelta(minutes=29))
    assert not Sms.objects.exists()
    tick(at=MONDAY + timedelta(minutes=31))

    sms = Sms.objects.get()
    assert sms.customer == told
    assert "李娜" in sms.body
    assert "王强" in sms.body
    assert reason_against_introduction(sms) == ""
    assert Deadline.objects.of_step(sop.TELL_CUSTOMERS).get().outcome == "done"


def test_at_night_the_text_waits_for_the_morning(li_na, wang_qiang, chen, monday):
    make.customer(owner=li_na)
    monday.move_to(day(0, hour=22))
    leaving(li_na, [wang_qiang], how=Spread.ONE, is_texting=True, by=chen)

    monday.move_to(day(0, hour=23))
    tick(at=day(0, hour=23))

    assert Sms.objects.get().send_after == day(1, hour=8)


def test_undone_in_time_nobody_is_told(li_na, wang_qiang, chen, monday):
    make.customer(owner=li_na)
    hand_over = leaving(li_na, [wang_qiang], how=Spread.ONE, is_texting=True, by=chen)
    undo_hand_over(hand_over, by=chen)

    tick(at=MONDAY + timedelta(hours=1))

    assert not Sms.objects.exists()


def test_a_text_that_still_waits_is_not_sent_after_undoing(li_na, wang_qiang, chen):
    make.customer(owner=li_na)
    hand_over = leaving(li_na, [wang_qiang], how=Spread.ONE, is_texting=True, by=chen)
    tick(at=MONDAY + timedelta(minutes=31))

    undo_hand_over(hand_over, by=chen)

    assert reason_against_introduction(Sms.objects.get()) != ""


def test_the_preview_says_who_would_hold_too_many(li_na, wang_qiang, sun_min, store):
    wang = make.lead(consultant=wang_qiang)
    for _number in range(3):
        make.lead(consultant=li_na)
    estate = estate_of(li_na, store)
    plan = spread(estate.wishes, Spread.EVEN, [wang_qiang, sun_min])

    rows = {row.user.name: row for row in successors_of(li_na, store, plan)}

    assert wang.consultant == wang_qiang
    assert (rows["王强"].load, rows["王强"].would_get) == (1, 2)
    assert (rows["孙敏"].load, rows["孙敏"].would_get) == (0, 1)
    assert estate.customers == 3


def test_as_many_queries_for_many_customers_as_for_few(li_na, wang_qiang, sun_min, chen, store):
    def asked(leaver, count):
        for _number in range(count):
            make.lead(consultant=leaver, level="H")
        with CaptureQueriesContext(connection) as queries:
            leaving(leaver, [wang_qiang], how=Spread.ONE, by=chen)
        return len(queries)

    asked(make.user(store=store), 1)  # what a person is, is read once

    assert asked(li_na, 2) == asked(sun_min, 9)


def test_five_hundred_customers_change_hands_within_a_second(li_na, wang_qiang, sun_min, chen):
    customers = Customer.objects.bulk_create(
        Customer(
            store=li_na.active_store, name=f"客户{number}", name_key="", owner=li_na,
            created_at=MONDAY,
        )
        for number in range(500)
    )  # fmt: skip
    level = make.levels()["B"]
    leads = Lead.objects.bulk_create(
        Lead(
            store=li_na.active_store, customer=customer, consultant=li_na, level=level,
            opened_at=MONDAY,
        )
        for customer in customers
    )  # fmt: skip
    first = start(
        sop.FOLLOW_UP, leads[0], store=li_na.active_store, customer=customers[0], owner=li_na,
        on=day(1).date(), period="1",
    )  # fmt: skip
    values = {
        field.attname: getattr(first, field.attname)
        for field in Deadline._meta.concrete_fields
        if not field.primary_key
    }
    Deadline.objects.bulk_create(
        Deadline(**values | {"subject_id": lead.pk, "customer_id": lead.customer_id})
        for lead in leads[1:]
    )

    began = time.process_time()
    leaving(li_na, [wang_qiang, sun_min], how=Spread.EVEN, by=chen)
    took = time.process_time() - began

    assert of(wang_qiang) == of(sun_min) == 250
    assert took < 1, f"{took:.2f} s of our own work"
