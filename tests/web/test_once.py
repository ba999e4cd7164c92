"""A double click, a second tab or an API retry makes exactly one row, on both databases."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import RequestFactory
from django.urls import resolve

from dealership.customers.actions import register_customer
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.web.http import Request
from dealership.web.models import Submission
from dealership.web.once import once
from tests import make


def sent(user, key, *, path="/customers/") -> Request:
    request = RequestFactory().post(path, {"once": key})
    request.user, request.session = user, SessionStore()
    request.resolver_match = resolve(path)
    return request


def submit(user, key, *, name="王建国", path="/customers/") -> str:
    """What a view with a creating form does."""
    with once(sent(user, key, path=path)) as submission:
        if submission.done:
            return submission.url
        return submission.finish(register_customer(store=make.home(), name=name, by=user))


def test_the_second_submission_goes_where_the_first_one_went(li_na):
    key = str(uuid.uuid4())

    assert submit(li_na, key) == submit(li_na, key)
    assert Customer.objects.count() == 1


def test_another_key_is_another_submission(li_na):
    submit(li_na, "a")
    submit(li_na, "b")

    assert Customer.objects.count() == 2


def test_a_key_is_each_persons_own(li_na, wang_qiang):
    submit(li_na, "a")
    submit(wang_qiang, "a")

    assert Customer.objects.count() == 2


def test_without_a_key_every_submission_counts(li_na):
    submit(li_na, "")
    submit(li_na, "")

    assert Customer.objects.count() == 2
    assert not Submission.objects.exists()


def test_what_a_rule_refused_may_be_sent_again(li_na):
    with pytest.raises(RuleViolation):
        submit(li_na, "a", name="")

    assert submit(li_na, "a")
    assert Customer.objects.count() == 1


def test_a_refused_form_leaves_its_key_free(li_na):
    with once(sent(li_na, "a")) as submission:
        assert not submission.done

    assert not Submission.objects.exists()
    assert submit(li_na, "a")


def test_a_key_cannot_be_used_at_another_door(li_na):
    submit(li_na, "a")

    with pytest.raises(RuleViolation) as refusal:
        submit(li_na, "a", path="/leads/")

    assert refusal.value.code == "idempotency"


def test_a_key_is_short(li_na):
    with pytest.raises(RuleViolation):
        submit(li_na, "k" * 81)


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_the_same_moment_make_one_row():
    user = make.user()
    make.home()

    def click(number: int) -> list[str]:
        try:
            return [submit(user, f"race-{turn}") for turn in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(click, range(8)))

    assert Customer.objects.count() == 5
    assert all(answer == answers[0] for answer in answers), "every click gets the same answer"
