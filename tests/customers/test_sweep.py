"""SOP-2.7: the whole base is searched for people who are kept twice, a piece at a time."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from dealership.customers.actions import (
    look_again,
    merge_customers,
    rename_customer,
    sweep_duplicates,
    sweeps,
    tell_apart,
    undo_merge,
)
from dealership.customers.models import Customer, DuplicatePair, Sweep
from dealership.customers.tasks import sweep_duplicates as ring
from dealership.errors import RuleViolation
from leads.models import Lead
from tests import make
from tests.customers.merging import NOON, twice

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def small(monkeypatch):
    """Two records at a time."""
    monkeypatch.setattr(sweeps, "CHUNK", 2)


def many(owner):
    """Three people, each in two records with numbers that are far apart."""
    for place, given_name in enumerate("国军平"):
        for number in (f"138{place}0138000", f"139{place}1139111"):
            make.customer(name=f"王建{given_name}", phone=number, owner=owner)


@pytest.mark.sop("2.7")
def test_each_pair_is_found_once(store, li_na, small):
    many(li_na)

    swept = sweep_duplicates(store)

    assert swept.is_done
    assert swept.looked_at == 6
    pairs = DuplicatePair.objects.all()
    assert {pair.first.name == pair.second.name for pair in pairs} == {True}
    assert pairs.count() == 3
    assert all(pair.first_id < pair.second_id and pair.reasons for pair in pairs)


def test_it_goes_on_where_it_stopped(store, li_na, small):
    many(li_na)

    first = sweep_duplicates(store, seconds=0)
    position = Sweep.objects.get().position
    rest = sweep_duplicates(store)

    assert (first.looked_at, first.is_done) == (2, False)
    assert position == sorted(store.customers.values_list("pk", flat=True))[1]
    assert (rest.looked_at, rest.is_done) == (4, True)
    assert DuplicatePair.objects.count() == 3


def test_two_workers_do_not_search_one_store(store, li_na, noon):
    many(li_na)
    sweep_duplicates(store, seconds=0)
    Sweep.objects.update(
        lease="another", leased_until=NOON + timedelta(seconds=60), finished_at=None
    )

    assert sweep_duplicates(store) is None

    noon.shift(timedelta(seconds=61))
    assert sweep_duplicates(store).is_done


def test_who_was_taken_for_dead_writes_no_more(store, li_na, small, monkeypatch):
    many(li_na)
    find = sweeps.find_pairs

    def slow(*args, **given):
        Sweep.objects.update(lease="another")
        return find(*args, **given)

    monkeypatch.setattr(sweeps, "find_pairs", slow)

    assert not sweep_duplicates(store).is_done
    assert Sweep.objects.get().lease == "another"


def test_a_store_rests_until_the_next_night(store, li_na, noon):
    assert sweep_duplicates(store).is_done

    assert sweep_duplicates(store) is None
    noon.shift(21 * HOUR)
    assert sweep_duplicates(store).is_done


def test_who_was_told_apart_is_not_offered_again(store, li_na, noon):
    one, another = twice(li_na)
    sweep_duplicates(store)
    tell_apart(one, another, reason="父子", by=li_na)

    noon.shift(21 * HOUR)
    sweep_duplicates(store)

    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.reason) == ("different", "父子")
    assert look_again(pair).state == "open"


def test_nobody_is_told_apart_from_themselves(li_na):
    one, _another = twice(li_na)

    with pytest.raises(RuleViolation) as refusal:
        tell_apart(one, one, by=li_na)

    assert refusal.value.code == "same"


def test_what_is_alike_no_more_goes(store, li_na, noon):
    one, _another = twice(li_na)
    sweep_duplicates(store)
    rename_customer(one, name="赵敏", by=li_na)

    noon.shift(21 * HOUR)
    sweep_duplicates(store)

    assert not DuplicatePair.objects.exists()


def test_a_pair_that_is_merged_is_settled_until_the_merge_is_undone(store, li_na):
    one, another = twice(li_na)
    sweep_duplicates(store)

    merge = merge_customers(one, another, by=li_na)
    assert DuplicatePair.objects.get().state == "merged"

    undo_merge(merge, by=li_na)
    assert DuplicatePair.objects.open().exists()


def test_rows_that_arrived_while_a_record_was_merged_are_brought_along(store, li_na):
    one, another = twice(li_na)
    lead = make.lead(customer=one, consultant=li_na)
    merge_customers(one, another, by=li_na)
    Lead.objects.filter(pk=lead.pk).update(customer=another)

    sweep_duplicates(store)

    assert Lead.objects.get().customer == one


def test_the_nightly_ring_and_the_command_search_every_store(store, li_na, outsider, capsys):
    twice(li_na)
    make.customer(owner=outsider)

    assert ring() == Customer.objects.count()
    call_command("sweep_duplicates", store=store.code)

    assert "looked_at=2 found=1" in capsys.readouterr().out
