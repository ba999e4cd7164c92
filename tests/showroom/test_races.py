"""Two people at once: one of them wins, the other is told, on both databases."""

import threading
from functools import partial

import pytest
from django.db import connection

from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.sop.models import Deadline
from showroom import sop
from showroom.actions import depart, receive_visit, take_visit, tidy_table
from showroom.models import Visit
from tests import make
from tests.showroom import make as showroom

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def at_once(*acts):
    """Run the acts in threads that start together; what each one got: a result or a refusal."""
    start, got = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        start.wait()
        try:
            got[number] = act()
        except RuleViolation as refusal:
            got[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def refusals(got):
    return [answer for answer in got if isinstance(answer, RuleViolation)]


def test_two_consultants_take_the_same_guest(store, xiao_min, li_na, wang_qiang):
    for _round in range(ROUNDS):
        visit = receive_visit(store=store, by=xiao_min)

        got = at_once(
            *(partial(take_visit, visit, consultant=who, by=who) for who in (li_na, wang_qiang))
        )

        (refusal,) = refusals(got)
        winner = Visit.objects.get(pk=visit.pk).consultant
        assert winner.name in str(refusal)


def test_two_people_log_the_same_departure(li_na, xiao_min):
    for _round in range(ROUNDS):
        visit = showroom.visit(consultant=li_na)

        got = at_once(*(partial(depart, visit, by=who) for who in (li_na, xiao_min)))

        assert [refusal.code for refusal in refusals(got)] == ["departed"]
        assert Deadline.objects.about(visit).of_step(sop.TIDY).count() == 1
        assert Visit.objects.get(pk=visit.pk).departures == 1


def test_two_people_receive_the_same_known_guest(store, li_na, xiao_min):
    customer = make.customer(owner=li_na)

    got = at_once(
        *(partial(receive_visit, store=store, by=by, customer=customer) for by in (li_na, xiao_min))
    )

    assert [refusal.code for refusal in refusals(got)] == ["already_here"]
    assert Visit.objects.count() == 1


def test_two_people_receive_a_new_number_at_once(store, li_na, wang_qiang):
    at_once(
        *(
            partial(receive_visit, store=store, by=by, phone="13971001234", name="周")
            for by in (li_na, wang_qiang)
        )
    )

    assert Customer.objects.count() == 1
    assert Visit.objects.count() == 1


def test_two_taps_tidy_one_table(li_na):
    visit = showroom.departed(consultant=li_na)

    got = at_once(*(partial(tidy_table, visit, by=li_na) for _tap in range(2)))

    assert len(refusals(got)) == 1
    assert Deadline.objects.about(visit).of_step(sop.RESET).count() == 1
