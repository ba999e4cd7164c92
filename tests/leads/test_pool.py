"""SOP-2.2: the pool takes whom nobody looks after; whoever claims first has them."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from dealership.errors import RuleViolation
from dealership.messaging.models import Notice
from dealership.sop.models import Deadline
from leads import sop
from leads.actions import (
    agree_visit,
    claim,
    give_from_pool,
    owe_first_contact,
    plan_contact,
    put_into_pool,
    record_contact,
    set_policy,
)
from leads.models import Assignment, Lead
from tests import make
from tests.leads.ownership import MONDAY, day, unassigned
from tests.showroom import make as showroom


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def pooled(consultant=None, *, at=MONDAY, level="H"):
    lead = make.lead(consultant=consultant, level=level, at=at - timedelta(days=1))
    return put_into_pool(lead, reason="长期未跟进", by=None, at=at)


def refusal_of(act, *args, **kwargs):
    with pytest.raises(RuleViolation) as refusal:
        act(*args, **kwargs)
    return refusal.value


@pytest.mark.sop("2.2")
def test_a_customer_in_the_pool_has_no_owner_and_nothing_is_owed(li_na):
    lead = make.lead(consultant=li_na, level="H")
    owe_first_contact(lead)
    plan_contact(lead, on=MONDAY.date(), by=li_na)

    lead = put_into_pool(lead, reason="长期未跟进", by=None)

    assert (lead.consultant, lead.pooled_from, lead.customer.owner) == (None, li_na, None)
    assert (lead.pooled_at, lead.next_contact_on) == (MONDAY, None)
    assert not Deadline.objects.open().about(lead).exists()
    assert lead.customer.events.filter(kind="lead.pooled").count() == 1
    assert Notice.objects.filter(user=li_na, kind="lead.pooled").count() == 1


def test_into_the_pool_twice_is_once(li_na):
    lead = pooled(li_na)

    put_into_pool(lead, reason="再来", by=None, at=day(1))

    lead.refresh_from_db()
    assert (lead.pooled_at, lead.pool_reason) == (MONDAY, "长期未跟进")


def test_the_pool_takes_no_lead_without_a_reason(li_na):
    assert refusal_of(put_into_pool, make.lead(consultant=li_na), reason=" ", by=li_na).field == (
        "reason"
    )


@pytest.mark.parametrize("what", ["visit agreed", "in the showroom"])
def test_whoever_is_being_looked_after_stays(li_na, what):
    if what == "visit agreed":
        lead = make.lead(consultant=li_na)
        agree_visit(lead, at_time=day(2), by=li_na)
    else:
        lead = showroom.visit(consultant=li_na).lead

    assert refusal_of(put_into_pool, lead, reason="闲置", by=li_na).code == "busy"


@pytest.mark.sop("2.2")
def test_claiming_gives_the_customer_and_plans_the_next_contact(li_na, wang_qiang):
    lead = pooled(li_na)

    lead = claim(lead, by=wang_qiang)

    assert (lead.consultant, lead.customer.owner, lead.pooled_at) == (wang_qiang, wang_qiang, None)
    owed = Deadline.objects.open().about(lead).of_step(sop.FOLLOW_UP).get()
    assert owed.owner == wang_qiang
    assert Assignment.objects.get(lead=lead).how == "claim"
    assert Deadline.objects.open().about(lead).of_step(sop.RECYCLE).get().owner == wang_qiang


@pytest.mark.sop("2.2")
def test_the_previous_owner_cools_down(li_na, store):
    lead = pooled(li_na)

    assert refusal_of(claim, lead, by=li_na, at=day(6)).code == "cool_down"
    assert claim(lead, by=li_na, at=day(7)).consultant == li_na


@pytest.mark.sop("2.2")
def test_claims_of_a_day_are_capped(store, li_na, wang_qiang, chen):
    set_policy(store, by=chen, claims_per_day=2)
    first, second, third = (pooled(li_na) for _number in range(3))
    claim(first, by=wang_qiang, at=MONDAY)
    claim(second, by=wang_qiang, at=MONDAY)

    assert refusal_of(claim, third, by=wang_qiang, at=day(0, hour=23)).code == "claims"
    assert claim(third, by=wang_qiang, at=day(1, hour=0)).consultant == wang_qiang


def test_whoever_holds_enough_claims_no_more(store, li_na, wang_qiang, chen):
    set_policy(store, by=chen, holding_cap=1)
    make.lead(consultant=wang_qiang)

    assert refusal_of(claim, pooled(li_na), by=wang_qiang).code == "full"


def test_the_slower_one_is_told_who_was_quicker(li_na, wang_qiang):
    lead, third = pooled(li_na), make.user(name="孙敏")
    claim(lead, by=wang_qiang)

    refusal = refusal_of(claim, lead, by=third)

    assert refusal.code == "taken"
    assert "王强" in str(refusal)


def test_a_second_tap_claims_nothing_twice(li_na, wang_qiang):
    lead = pooled(li_na)

    assert claim(lead, by=wang_qiang) == claim(lead, by=wang_qiang)
    assert Assignment.objects.filter(lead=lead).count() == 1


def test_a_claim_of_what_was_never_in_the_pool_is_refused(li_na):
    assert refusal_of(claim, unassigned(), by=li_na).code == "gone"


def test_somebody_of_another_store_claims_nothing(li_na, outsider):
    assert refusal_of(claim, pooled(li_na), by=outsider).code == "no_consultant"


def test_a_manager_gives_several_at_once(li_na, wang_qiang, chen):
    leads = [pooled(li_na) for _number in range(3)]
    claim(leads[0], by=make.user())

    assert give_from_pool(leads, consultant=wang_qiang, by=chen) == 2

    assert Lead.objects.filter(consultant=wang_qiang).count() == 2
    assert Assignment.objects.filter(how="manager", consultant=wang_qiang).count() == 2


def test_a_walk_in_out_of_the_pool_belongs_to_who_attends(li_na, wang_qiang):
    lead = pooled(li_na)

    showroom.visit(consultant=wang_qiang, customer=lead.customer)

    lead.refresh_from_db()
    assert (lead.consultant, lead.pooled_at) == (wang_qiang, None)


def test_after_a_claim_the_customer_is_spoken_to_as_ever(li_na, wang_qiang):
    lead = claim(pooled(li_na), by=wang_qiang)

    record_contact(lead, way="call", outcome="reached", feedback="周末来看车", by=wang_qiang)

    lead.refresh_from_db()
    assert lead.stage == Lead.Stage.CONTACTED
    assert lead.next_contact_on is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.sop("2.2")
def test_two_consultants_claim_at_once_and_exactly_one_wins(li_na, wang_qiang):
    previous = make.user(name="赵强")
    for _round in range(4):
        lead = pooled(previous)
        start, got = threading.Barrier(2), {}

        def act(who, lead=lead, start=start, got=got):
            start.wait()
            try:
                claim(lead, by=who, at=MONDAY)
            except RuleViolation as refusal:
                got[who.name] = str(refusal)
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(who,)) for who in (li_na, wang_qiang)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        lead.refresh_from_db()
        (told,) = got.values()
        assert lead.consultant.name in told
        assert lead.consultant.name not in got
        Assignment.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_one_persons_claims_at_once_stay_under_the_cap(store, li_na, wang_qiang, chen):
    set_policy(store, by=chen, claims_per_day=1)
    leads = [pooled(li_na) for _number in range(3)]
    start = threading.Barrier(len(leads))
    refused = []

    def act(lead):
        start.wait()
        try:
            claim(lead, by=wang_qiang, at=MONDAY)
        except RuleViolation as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(lead,)) for lead in leads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == ["claims", "claims"]
    assert Lead.objects.filter(consultant=wang_qiang).count() == 1
