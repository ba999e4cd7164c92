"""SOP-2.2: turns are fair, and two workers never give the same turn twice."""

import threading
from collections import Counter

import pytest
from django.db import connection

from leads.actions import choose_consultant, make_rule
from leads.models import Assignment, AssignmentRule
from tests import make
from tests.leads.ownership import MONDAY, day, on_duty, unassigned

ROUNDS = 4


def turns(count, at=MONDAY):
    return [choose_consultant(unassigned(), at=at).name for _number in range(count)]


@pytest.mark.sop("2.2")
def test_everybody_on_duty_has_a_turn_before_anybody_has_two(li_na, wang_qiang):
    third = make.user(name="孙敏")
    on_duty(li_na, wang_qiang, third)

    got = turns(6)

    assert Counter(got) == {"李娜": 2, "王强": 2, "孙敏": 2}
    assert got[:3] == got[3:]


def test_who_was_away_gets_one_turn_and_no_more_to_catch_up(li_na, wang_qiang):
    on_duty(li_na)
    assert turns(4) == ["李娜"] * 4
    on_duty(li_na, wang_qiang, at=day(1))

    assert turns(4, at=day(1)) == ["王强", "李娜", "王强", "李娜"]


def test_a_rules_rotation_is_its_own(store, li_na, wang_qiang, chen):
    on_duty(li_na, wang_qiang)
    turns(1)
    make_rule(store=store, name="全部", by=chen)

    assert turns(2) == ["李娜", "王强"]


@pytest.mark.sop("2.2")
def test_the_least_loaded_gets_the_next(store, li_na, wang_qiang, chen):
    on_duty(li_na, wang_qiang)
    make_rule(store=store, name="少者", strategy=AssignmentRule.Strategy.LEAST_LOAD, by=chen)
    for _number in range(2):
        make.lead(consultant=li_na)

    lead = unassigned()

    assert choose_consultant(lead, at=MONDAY) == wang_qiang
    (entry,) = Assignment.objects.get(lead=lead).skipped
    assert entry == {"name": "李娜", "reason": "more", "count": 2}


def test_of_equally_loaded_people_whoever_waited_longest_is_next(store, li_na, wang_qiang, chen):
    on_duty(li_na, wang_qiang)
    make_rule(store=store, name="少者", strategy=AssignmentRule.Strategy.LEAST_LOAD, by=chen)

    assert turns(2) == ["李娜", "王强"]


def test_a_decision_costs_as_many_queries_for_many_people(store, django_assert_max_num_queries):
    people = [make.user(store=store) for _number in range(12)]
    on_duty(*people)
    choose_consultant(unassigned(), at=MONDAY)
    lead = unassigned()

    with django_assert_max_num_queries(18):
        choose_consultant(lead, at=MONDAY)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_never_give_the_same_turn_twice(store):
    people = [make.user(store=store) for _number in range(4)]
    on_duty(*people)
    leads = [unassigned() for _number in range(len(people) * ROUNDS)]
    start = threading.Barrier(4)

    def work(mine):
        start.wait()
        try:
            for lead in mine:
                choose_consultant(lead, at=MONDAY)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(leads[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    given = Counter(Assignment.objects.values_list("consultant", flat=True))
    assert given == {person.pk: ROUNDS for person in people}
