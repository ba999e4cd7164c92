"""Two people merge at once: one of them wins, the other is told, nothing is lost."""

from functools import partial

import pytest

from dealership.customers.actions import merge_customers, undo_merge
from dealership.customers.models import Customer, Merge
from leads.actions import open_lead
from leads.models import Lead
from tests import make
from tests.showroom.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def test_two_people_merge_the_same_records_either_way_round(li_na, chen):
    for _round in range(ROUNDS):
        one, another = make.customer(owner=li_na), make.customer(owner=li_na)

        got = at_once(
            partial(merge_customers, one, another, by=li_na),
            partial(merge_customers, another, one, by=chen),
        )

        assert [refusal.code for refusal in refusals(got)] == ["merged"]
        pks = (one.pk, another.pk)
        assert Customer.objects.filter(pk__in=pks, merged_into=None).count() == 1


def test_a_record_is_merged_into_one_of_two(li_na, chen):
    for _round in range(ROUNDS):
        one, another, third = (make.customer(owner=li_na) for _number in range(3))

        got = at_once(
            partial(merge_customers, one, third, by=li_na),
            partial(merge_customers, another, third, by=chen),
        )

        assert [refusal.code for refusal in refusals(got)] == ["merged"]
        assert Merge.objects.filter(other=third).count() == 1


def test_a_merge_is_taken_back_once(li_na, chen):
    for _round in range(ROUNDS):
        merge = merge_customers(make.customer(owner=li_na), make.customer(owner=li_na), by=li_na)

        got = at_once(*(partial(undo_merge, merge, by=by) for by in (li_na, chen)))

        assert [refusal.code for refusal in refusals(got)] == ["undone"]


def test_a_lead_opened_in_the_moment_of_the_merge_is_not_lost(li_na, chen):
    for _round in range(ROUNDS):
        keep, other = make.customer(owner=li_na), make.customer(owner=li_na)

        got = at_once(
            partial(merge_customers, keep, other, by=chen),
            partial(open_lead, other, consultant=li_na, by=li_na),
        )

        told = refusals(got)
        leads = Lead.objects.filter(customer__in=(keep, other))
        assert [refusal.code for refusal in told] in ([], ["merged"])
        assert [lead.customer for lead in leads] == ([] if told else [keep])
