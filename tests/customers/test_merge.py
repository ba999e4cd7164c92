"""SOP-2.2: two records of one person become one, with everything that belongs to them."""

from datetime import timedelta

import pytest
import time_machine

from dealership.customers import actions, selectors
from dealership.customers.actions import merge_customers
from dealership.customers.models import (
    Consent,
    ContactPerson,
    Customer,
    DuplicatePair,
    Merge,
    Phone,
)
from dealership.errors import RuleViolation
from dealership.messaging.models import Notice, Sms
from dealership.sop.actions import finish, start
from dealership.sop.models import Deadline
from dealership.sop.steps import STEPS
from leads import actions as leads
from leads import sop
from showroom.actions import receive_visit
from showroom.models import Visit
from tests import make
from tests.customers.merging import NOON, open_lead_of, rows_that_name, twice
from tests.deals import make as deals
from tests.delivery import make as deliveries
from tests.showroom import make as showroom

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield NOON


@pytest.mark.sop("2.2")
def test_everything_of_the_other_record_lives_on(li_na, chen):
    keep, other = twice(li_na)
    order = deals.order(lead=make.lead(customer=other, consultant=li_na, at=NOON - 9 * DAY))
    deliveries.delivery(order=order, by=li_na)
    showroom.departed(consultant=li_na, by=li_na, customer=other)
    actions.add_car(other, plate="鄂A12345", by=li_na)
    events = other.events.count()

    merge = merge_customers(keep, other, by=chen)

    assert rows_that_name(other) == []
    assert keep.events.count() >= events
    assert Visit.objects.get().customer == keep
    assert set(Phone.objects.filter(customer=keep).values_list("number", flat=True)) == {
        "+8613800138000", "+8613900139000",
    }  # fmt: skip
    assert Customer.objects.get(pk=other.pk).merged_into == keep
    assert merge.rows.exists()


def test_the_primary_number_is_the_one_of_the_record_that_stays(li_na):
    keep, other = twice(li_na)

    merge_customers(keep, other, by=li_na)

    assert Phone.objects.get(customer=keep, is_primary=True).number == "+8613800138000"


def test_both_numbers_and_both_names_find_the_one_record(li_na):
    keep = make.customer(name="王建国", phone="13800138000", owner=li_na)
    other = make.customer(name="汪建国", phone="13900139000", owner=li_na)

    merge_customers(keep, other, by=li_na)

    for typed in ("13800138000", "13900139000", "9000", "王建国", "汪建国", "wjg"):
        assert selectors.find(li_na, typed) == [keep]
    assert selectors.look_up(li_na, "13900139000").customer == keep


def test_the_chosen_facts_are_kept(li_na, wang_qiang, chen):
    keep = make.customer(name="王", salutation="mr", owner=li_na)
    other = make.customer(name="王建国", salutation="mr", owner=wang_qiang)

    merge_customers(keep, other, name="王建国", owner=wang_qiang, by=chen)

    keep.refresh_from_db()
    assert (keep.name, keep.owner) == ("王建国", wang_qiang)
    assert Notice.objects.filter(user=li_na, kind="customer.merged").count() == 1


def test_a_name_takes_the_place_of_digits(li_na):
    keep = make.customer(name="*8000", owner=li_na)
    other = make.customer(name="王建国", owner=li_na)

    merge_customers(keep, other, by=li_na)

    keep.refresh_from_db()
    assert keep.name == "王建国"


@pytest.mark.parametrize(
    "choice", [{"name": "张三"}, {"salutation": "ms"}], ids=["name", "salutation"]
)
def test_only_a_fact_of_one_of_the_two_can_be_chosen(choice, li_na):
    keep, other = twice(li_na)

    with pytest.raises(RuleViolation) as refusal:
        merge_customers(keep, other, by=li_na, **choice)

    assert refusal.value.field in choice


def test_a_stranger_does_not_get_the_customer_by_a_merge(li_na, wang_qiang, chen):
    keep, other = twice(li_na)

    with pytest.raises(RuleViolation) as refusal:
        merge_customers(keep, other, owner=wang_qiang, by=chen)

    assert refusal.value.field == "owner"


class TestLeads:
    """Of two open wishes one goes on."""

    @pytest.mark.sop("2.2")
    def test_the_older_lead_stays_with_its_first_source(self, li_na):
        keep, other = twice(li_na)
        portal = make.source(code="portal", name="汽车之家")
        young = make.lead(customer=keep, consultant=li_na, at=NOON - DAY)
        old = make.lead(customer=other, consultant=li_na, source=portal, at=NOON - 9 * DAY)

        merge_customers(keep, other, by=li_na)

        old.refresh_from_db()
        young.refresh_from_db()
        assert (old.customer, old.status, old.source) == (keep, "open", portal)
        assert (young.customer, young.status, young.joined_into) == (keep, "joined", old)

    def test_contacts_and_visits_go_with_the_lead_that_stays(self, li_na):
        keep, other = twice(li_na)
        old = make.lead(customer=keep, consultant=li_na, at=NOON - 9 * DAY)
        young = make.lead(customer=other, consultant=li_na, at=NOON - DAY)
        leads.record_contact(young, way="call", outcome="reached", by=li_na)
        showroom.departed(consultant=li_na, by=li_na, customer=other)

        merge_customers(keep, other, by=li_na)

        assert set(old.contacts.values_list("customer", flat=True)) == {keep.pk}
        assert Visit.objects.get().lead == old
        assert young.contacts.count() == 0

    def test_the_earlier_promise_is_kept_and_the_later_owed_no_more(self, li_na):
        keep, other = twice(li_na)
        for customer, days in ((keep, 3), (other, 2)):
            lead = make.lead(customer=customer, consultant=li_na, at=NOON - 9 * DAY)
            leads.plan_contact(lead, on=(NOON + days * DAY).date(), by=li_na)

        merge_customers(keep, other, by=li_na)

        lead = open_lead_of(keep)
        owed = Deadline.objects.of_step(sop.FOLLOW_UP)
        assert lead.next_contact_on == (NOON + 2 * DAY).date()
        assert [row.due_at.date() for row in owed.open()] == [(NOON + 2 * DAY).date()]
        assert owed.open().get().subject == lead
        assert owed.cancelled().get().reason
        contact = leads.record_contact(lead, way="call", outcome="reached", by=li_na)
        assert owed.get(pk=owed.filter(outcome="done").get().pk).closed_at == contact.at

    def test_a_first_contact_that_took_place_is_owed_no_more(self, li_na):
        keep, other = twice(li_na)
        pairs = [(keep, NOON - 9 * DAY), (other, NOON - timedelta(hours=2))]
        old, young = (make.lead(customer=one, consultant=li_na, at=at) for one, at in pairs)
        for lead in (old, young):
            start(sop.FIRST_CONTACT, lead, store=lead.store, customer=lead.customer, owner=li_na)
        leads.spoke(old, by=li_na, at=NOON - timedelta(hours=1))

        merge_customers(keep, other, by=li_na)

        assert not Deadline.objects.open().of_step(sop.FIRST_CONTACT).exists()

    def test_the_fresher_judgement_counts(self, li_na):
        keep, other = twice(li_na)
        old = make.lead(customer=keep, consultant=li_na, at=NOON - 9 * DAY)
        young = make.lead(customer=other, consultant=li_na, at=NOON - DAY)
        levels = make.levels(keep.store)
        leads.change_level(old, level=levels["C"], by=li_na, at=NOON - 8 * DAY)
        leads.change_level(young, level=levels["H"], by=li_na, at=NOON - DAY)

        merge_customers(keep, other, by=li_na)

        old.refresh_from_db()
        assert old.level.code == "H"

    def test_an_ordered_lead_takes_the_open_one_in(self, li_na):
        keep, other = twice(li_na)
        ordered = deals.order(lead=make.lead(customer=other, consultant=li_na)).lead
        wish = make.lead(customer=keep, consultant=li_na, at=NOON - 9 * DAY)

        merge_customers(keep, other, by=li_na)

        wish.refresh_from_db()
        ordered.refresh_from_db()
        assert (wish.status, wish.joined_into) == ("joined", ordered)
        assert ordered.opened_at == NOON - 9 * DAY

    def test_the_owner_gets_the_lead_with_what_is_owed(self, li_na, wang_qiang, chen):
        keep = make.customer(owner=li_na)
        other = make.customer(owner=wang_qiang)
        lead = make.lead(customer=other, consultant=wang_qiang)
        leads.plan_contact(lead, on=(NOON + 2 * DAY).date(), by=wang_qiang)

        merge_customers(keep, other, owner=li_na, by=chen)

        lead.refresh_from_db()
        assert (lead.customer, lead.consultant) == (keep, li_na)
        assert set(Deadline.objects.open().about(lead).values_list("owner", flat=True)) == {
            li_na.pk
        }

    def test_a_pooled_lead_finds_its_owner_again(self, li_na, chen):
        keep = make.customer(owner=li_na)
        other = make.customer(owner=None, store=keep.store)
        wish = make.lead(customer=keep, consultant=li_na, at=NOON - DAY)
        pooled = make.lead(customer=other, consultant=li_na, at=NOON - 9 * DAY)
        leads.put_into_pool(pooled, reason="没有跟进", by=chen)

        merge_customers(keep, other, owner=li_na, by=chen)

        pooled.refresh_from_db()
        wish.refresh_from_db()
        assert (pooled.status, pooled.consultant, pooled.pooled_at) == ("open", li_na, None)
        assert wish.joined_into == pooled


class TestPermission:
    """What somebody refused under one record holds for the person."""

    def test_a_refusal_under_either_record_holds(self, li_na):
        keep, other = twice(li_na)
        actions.refuse_contact(other, reason="不要再打", by=li_na, at=NOON - DAY)
        lead = make.lead(customer=keep, consultant=li_na)
        leads.plan_contact(lead, on=(NOON + DAY).date(), by=li_na)

        merge_customers(keep, other, by=li_na)

        keep.refresh_from_db()
        assert (keep.do_not_contact_at, keep.do_not_contact_reason) == (NOON - DAY, "不要再打")
        assert not Deadline.objects.open().of_step(sop.FOLLOW_UP).exists()

    def test_a_withdrawal_wins_over_a_consent(self, li_na):
        keep, other = twice(li_na)
        actions.withdraw_consent(other, Consent.Purpose.SERVICE, by=li_na)

        merge_customers(keep, other, by=li_na)

        assert not keep.consents.filter(withdrawn_at=None).exists()
        assert keep.consents.count() == 2

    def test_of_two_consents_the_earlier_stays(self, li_na):
        keep = make.customer(owner=li_na, at=NOON - DAY)
        other = make.customer(owner=li_na, at=NOON - 9 * DAY)

        merge_customers(keep, other, by=li_na)

        assert keep.consents.get().granted_at == NOON - 9 * DAY


class TestRows:
    """Rows of which there may be one."""

    def test_somebody_speaks_for_an_organisation_once(self, li_na):
        keep, other = twice(li_na)
        firm = actions.register_customer(
            store=keep.store, name="武汉某某有限公司", kind=Customer.Kind.ORGANISATION, by=li_na
        )
        ContactPerson.objects.create(organisation=firm, person=keep)
        ContactPerson.objects.create(
            organisation=firm, person=other, job="采购经理", is_decision_maker=True
        )

        merge_customers(keep, other, by=li_na)

        contact = firm.people.get()
        assert (contact.person, contact.job, contact.is_decision_maker) == (keep, "采购经理", True)

    def test_one_car_by_its_vin_stands_there_once(self, li_na):
        keep, other = twice(li_na)
        actions.add_car(keep, vin="LGJE13EA2HM618452", by=li_na)
        actions.add_car(
            other, vin="LGJE13EA2HM618452", plate="鄂A12345", series_text="奕炫", by=li_na
        )

        merge_customers(keep, other, by=li_na)

        car = keep.cars.get()
        assert (car.plate, car.series_text) == ("鄂A12345", "奕炫")

    def test_first_and_again_are_counted_over_both(self, li_na):
        keep, other = twice(li_na)
        for customer, days in ((keep, 5), (other, 9)):
            showroom.departed(consultant=li_na, customer=customer, at=NOON - days * DAY)

        merge_customers(keep, other, by=li_na)

        visits = Visit.objects.filter(customer=keep).order_by("arrived_at")
        assert [visit.is_first for visit in visits] == [True, False]

    def test_who_is_not_the_one_is_not_the_other_either(self, li_na, chen):
        keep, other = twice(li_na)
        stranger = make.customer(name="王建国", owner=li_na)
        DuplicatePair.objects.create(
            store=keep.store, first=other, second=stranger, score=60, seen_at=NOON,
            state="different", decided_at=NOON, decided_by=chen,
        )  # fmt: skip

        merge_customers(keep, other, by=li_na)

        assert DuplicatePair.objects.of(keep, stranger).get().state == "different"

    def test_messages_and_promises_about_the_person_move(self, li_na):
        keep, other = twice(li_na)
        step = STEPS["showroom.thank_you"]
        start(step, other, store=other.store, customer=other, owner=li_na)
        kept = start(step, keep, store=keep.store, customer=keep, owner=li_na, at=NOON - DAY)
        finish(step, keep, by=li_na)

        merge_customers(keep, other, by=li_na)

        assert not Deadline.objects.open().exists()
        assert Deadline.objects.about(keep).get() == kept
        assert not Sms.objects.filter(customer=other).exists()


class TestRefusals:
    """Nothing is lost, and a sentence says why."""

    def refused(self, keep, other, by):
        with pytest.raises(RuleViolation) as refusal:
            merge_customers(keep, other, by=by)
        assert Merge.objects.count() == (refusal.value.code == "merged")
        return refusal.value.code

    def test_with_oneself(self, li_na):
        keep, _other = twice(li_na)

        assert self.refused(keep, keep, li_na) == "same"

    def test_across_stores(self, li_na, outsider):
        keep, _other = twice(li_na)

        assert self.refused(keep, make.customer(owner=outsider), li_na) == "stores"

    def test_merged_already(self, li_na):
        keep, other = twice(li_na)
        merge_customers(keep, other, by=li_na)

        assert self.refused(keep, other, li_na) == "merged"
        assert self.refused(make.customer(owner=li_na), other, li_na) == "merged"

    def test_a_person_with_an_organisation(self, li_na):
        keep, _other = twice(li_na)
        firm = actions.register_customer(
            store=keep.store, name="武汉某某有限公司", kind=Customer.Kind.ORGANISATION, by=li_na
        )

        assert self.refused(keep, firm, li_na) == "kind"

    def test_two_id_numbers(self, li_na):
        keep, other = twice(li_na)
        for customer, digest in ((keep, "a"), (other, "b")):
            Customer.objects.filter(pk=customer.pk).update(identity_digest=digest * 64)

        assert self.refused(keep, other, li_na) == "identity"

    def test_both_in_the_showroom(self, li_na):
        keep, other = twice(li_na)
        for customer in (keep, other):
            receive_visit(store=keep.store, by=li_na, customer=customer)

        assert self.refused(keep, other, li_na) == "both_here"

    def test_rows_that_exclude_each_other(self, li_na):
        """Whatever no room has reconciled is named, and nothing of it is lost."""
        keep, other = (
            actions.register_customer(
                store=li_na.active_store, name=name, kind=Customer.Kind.ORGANISATION, by=li_na
            )
            for name in ("武汉某某有限公司", "武汉某某公司")
        )
        ContactPerson.objects.create(organisation=keep, person=other)

        assert self.refused(keep, other, li_na) == "conflict"
        assert ContactPerson.objects.get().person == other
