"""SOP-2.2: a merge that was wrong is taken back within 72 hours, row by row."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealership import clock
from dealership.customers import actions, selectors
from dealership.customers.actions import merge_customers, undo_merge
from dealership.customers.models import Consent, ContactPerson, Customer, DuplicatePair
from dealership.errors import RuleViolation
from dealership.sop.actions import start
from leads import actions as leads
from leads import sop
from leads.models import Lead
from tests import make
from tests.customers.merging import (
    NOON,
    dump,
    kinds_of,
    open_lead_of,
    rows_that_name,
    twice,
    without_new_events,
)
from tests.deals import make as deals
from tests.delivery import make as deliveries
from tests.showroom import make as showroom

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield NOON


def has_lead(customer, by, days):
    return make.lead(customer=customer, consultant=by, at=clock.now() - days * DAY)


def has_planned_lead(customer, by, days):
    lead = has_lead(customer, by, days)
    start(sop.FIRST_CONTACT, lead, store=lead.store, customer=customer, owner=by)
    leads.plan_contact(lead, on=(clock.now() + (days % 3) * DAY).date(), by=by)


def has_spoken(customer, by, days):
    lead = has_lead(customer, by, days)
    leads.record_contact(lead, way="call", outcome="reached", by=by)
    level = make.levels(customer.store)["HAB"[days % 3]]
    leads.change_level(lead, level=level, by=by)


def has_visit(customer, by, days):
    at = clock.now() - days * DAY
    showroom.departed(consultant=by, by=by, customer=customer, at=at)


def has_order(customer, by, days):
    deals.order(lead=has_lead(customer, by, days))


def has_car(customer, by, days):
    order = deals.order(lead=has_lead(customer, by, days))
    deliveries.delivery(order=order, by=by)


def has_refused(customer, by, days):
    actions.refuse_contact(customer, reason="不要再打", by=by, at=clock.now() - days * DAY)


def has_withdrawn(customer, by, days):
    actions.withdraw_consent(customer, Consent.Purpose.SERVICE, by=by)


def has_pooled_lead(customer, by, days):
    lead = has_lead(customer, by, days)
    leads.put_into_pool(lead, reason="没有跟进", by=by)


def has_a_car_of_theirs(customer, by, days):
    actions.add_car(customer, vin="LGJE13EA2HM618452", plate=f"鄂A1234{days % 10}", by=by)


def has_an_employer(customer, by, days):
    firm = Customer.objects.filter(kind="organisation").first() or actions.register_customer(
        store=customer.store, name="武汉某某有限公司", kind="organisation", by=by
    )
    ContactPerson.objects.create(organisation=firm, person=customer, job="经理" if days > 4 else "")


def has_a_stranger(customer, by, days):
    stranger = make.customer(owner=by)
    DuplicatePair.objects.create(
        store=customer.store, first=customer, second=stranger, score=50, seen_at=clock.now(),
        state="different", decided_at=clock.now(), decided_by=by,
    )  # fmt: skip


HISTORIES = (
    has_lead, has_planned_lead, has_spoken, has_visit, has_order, has_car, has_refused,
    has_withdrawn, has_pooled_lead, has_a_car_of_theirs, has_an_employer, has_a_stranger,
)  # fmt: skip
history = st.lists(st.tuples(st.sampled_from(HISTORIES), st.integers(1, 9)), max_size=3)


def live_through(customer, by, story):
    """What happened to a customer; what one's history forbids did not happen."""
    for happens, days in story:
        customer = Customer.objects.with_people().get(pk=customer.pk)
        try:
            with transaction.atomic():
                happens(customer, by, days)
        except (RuleViolation, IntegrityError):
            continue


@pytest.mark.sop("2.2")
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(mine=history, theirs=history, is_swapped=st.booleans(), is_taken=st.booleans())
def test_merged_and_undone_every_row_is_what_it_was(
    store, li_na, wang_qiang, chen, mine, theirs, is_swapped, is_taken
):
    with transaction.atomic():
        keep, other = make.customer(owner=li_na), make.customer(owner=wang_qiang)
        live_through(keep, li_na, mine)
        live_through(other, wang_qiang, theirs)
        if is_swapped:
            keep, other = other, keep
        before = dump()
        try:
            with transaction.atomic():
                owner = li_na if is_taken else wang_qiang
                merge = merge_customers(keep, other, owner=owner, by=chen)
        except RuleViolation:
            assert dump() == before
        else:
            assert rows_that_name(other) == []
            undo_merge(merge, by=chen)
            assert without_new_events(dump(), before) == before
        transaction.set_rollback(True)


def test_both_tell_of_the_merge_and_of_its_end(li_na):
    keep, other = twice(li_na)

    undo_merge(merge_customers(keep, other, by=li_na), by=li_na)

    assert {"customer.merged", "customer.merge_undone"} <= set(kinds_of(keep))
    assert "customer.merge_undone" in kinds_of(other)
    assert "customer.merged" not in kinds_of(other)


def test_each_is_found_by_their_own_number_again(li_na):
    keep, other = twice(li_na)

    undo_merge(merge_customers(keep, other, by=li_na), by=li_na)

    assert selectors.find(li_na, "13800138000") == [keep]
    assert selectors.find(li_na, "13900139000") == [other]


def test_what_was_entered_since_stays_with_the_record_that_was_kept(li_na):
    keep, other = twice(li_na)
    make.lead(customer=other, consultant=li_na)
    merge = merge_customers(keep, other, by=li_na)
    contact = leads.record_contact(open_lead_of(keep), way="call", outcome="reached", by=li_na)
    added = actions.add_phone(keep, "13700137000", by=li_na)

    undo_merge(merge, by=li_na)

    for row in (contact, added):
        row.refresh_from_db()
        assert row.customer == keep
    assert Lead.objects.get().customer == other


def test_a_name_corrected_since_stays(li_na):
    keep = make.customer(name="王", owner=li_na)
    other = make.customer(name="王建国", owner=li_na)
    merge = merge_customers(keep, other, name="王建国", by=li_na)
    keep.refresh_from_db()
    actions.rename_customer(keep, name="汪建国", by=li_na)

    undone = undo_merge(merge, by=li_na)

    keep.refresh_from_db()
    assert keep.name == "汪建国"
    assert undone.kept_since == 1


def test_after_72_hours_it_is_too_late(li_na):
    merge = merge_customers(*twice(li_na), by=li_na)

    undo_merge(merge, by=li_na, at=NOON + timedelta(hours=72))
    again = merge_customers(merge.keep, merge.other, by=li_na)
    with pytest.raises(RuleViolation) as refusal:
        undo_merge(again, by=li_na, at=NOON + timedelta(hours=72, seconds=1))

    assert refusal.value.code == "late"


def test_a_merge_is_taken_back_once(li_na):
    merge = merge_customers(*twice(li_na), by=li_na)
    undo_merge(merge, by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        undo_merge(merge, by=li_na)

    assert refusal.value.code == "undone"


def test_later_merges_are_taken_back_first(li_na):
    keep, other = twice(li_na)
    third = make.customer(owner=li_na)
    first = merge_customers(keep, other, by=li_na)
    second = merge_customers(third, keep, by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        undo_merge(first, by=li_na)
    assert refusal.value.code == "later"

    undo_merge(second, by=li_na)
    undo_merge(first, by=li_na)
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_a_new_lead_since_forbids_giving_the_open_one_back_only_if_they_clash(li_na):
    """The survivor's new wish is the survivor's; the other's comes back open."""
    keep, other = twice(li_na)
    make.lead(customer=other, consultant=li_na)
    merge = merge_customers(keep, other, by=li_na)
    leads.move_on(open_lead_of(keep), to="lost", by=li_na)
    make.lead(customer=keep, consultant=li_na)

    undo_merge(merge, by=li_na)

    assert sorted(Lead.objects.values_list("customer", "status")) == [
        (keep.pk, "open"), (other.pk, "lost"),
    ]  # fmt: skip
