"""Recognised by an ID number that is never kept (PIPL art. 28)."""

import logging

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from dealership.customers.actions import forget_identity, set_identity
from dealership.customers.duplicates import candidates_for
from dealership.customers.identity import Document, digest_of
from dealership.errors import RuleViolation
from tests import make
from tests.customers.merging import kinds_of

NUMBER = "11010519491231002X"


def test_the_number_itself_is_nowhere(li_na, sign_in, caplog):
    customer = make.customer(owner=li_na)

    with caplog.at_level(logging.DEBUG):
        sign_in(li_na).post(
            f"/customers/{customer.pk}/identity/",
            {"document": "id_card", "identity_number": NUMBER},
        )

    customer.refresh_from_db()
    assert len(customer.identity_digest) == 64
    dump = " ".join(
        str(row) for table in connection.introspection.table_names() for row in rows_of(table)
    )
    assert NUMBER[:-1] not in dump
    assert NUMBER[:-1] not in caplog.text.replace(str(customer.identity_digest), "")


def rows_of(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
        return cursor.fetchall()


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_one_number_is_recognised_however_it_is_typed(typed):
    assert digest_of(Document.ID_CARD, typed) == digest_of(Document.ID_CARD, NUMBER)


@pytest.mark.parametrize("typed", ["", "110105194912310021", "11010519491331002X", "王", "1" * 500])
def test_a_wrong_number_is_refused_without_repeating_it(typed):
    with pytest.raises(RuleViolation) as refusal:
        digest_of(Document.ID_CARD, typed)

    assert refusal.value.field == "identity_number"
    assert not typed or typed not in str(refusal.value)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_refused(typed):
    try:
        digest_of(Document.ID_CARD, typed)
    except RuleViolation:
        return
    assert ric.is_valid(typed) or len(typed) >= 18


def test_other_documents_have_no_check_digit():
    assert digest_of(Document.PASSPORT, "E12345678") == digest_of(Document.PASSPORT, "e1234 5678")
    assert digest_of(Document.PASSPORT, "E12345678") != digest_of(Document.MILITARY, "E12345678")


def test_another_key_recognises_nobody(settings):
    before = digest_of(Document.ID_CARD, NUMBER)
    settings.IDENTITY_HASH_KEY = "another"

    assert digest_of(Document.ID_CARD, NUMBER) != before


def test_who_has_the_number_already_is_named(li_na):
    known, customer = make.customer(name="王建国", owner=li_na), make.customer(owner=li_na)
    set_identity(known, NUMBER, by=li_na)

    with pytest.raises(RuleViolation) as refusal:
        set_identity(customer, NUMBER, by=li_na)

    assert refusal.value.code == "identity_known"
    assert "王建国" in str(refusal.value)


@pytest.mark.sop("2.2")
def test_somebody_is_recognised_by_the_digest(li_na):
    known = make.customer(owner=li_na)
    set_identity(known, NUMBER, by=li_na)

    (found,) = candidates_for(known.store, identity_digest=digest_of(Document.ID_CARD, NUMBER))

    assert (found.customer, found.reasons) == (known, ["identity"])


def test_the_number_is_forgotten_on_request(li_na):
    customer = make.customer(owner=li_na)
    set_identity(customer, NUMBER, by=li_na)

    forget_identity(customer, by=li_na)

    customer.refresh_from_db()
    assert customer.identity_digest == ""
    assert "customer.identity_forgotten" in kinds_of(customer)


def test_a_refused_number_does_not_come_back_in_the_page(li_na, sign_in):
    customer = make.customer(owner=li_na)

    response = sign_in(li_na).post(
        f"/customers/{customer.pk}/identity/",
        {"document": "id_card", "identity_number": "110105194912310021"},
    )

    assert response.status_code == 422
    assert "110105194912310021" not in response.content.decode()


def test_an_expired_session_does_not_keep_the_number(li_na):
    customer, stranger = make.customer(owner=li_na), Client()

    stranger.post(
        f"/customers/{customer.pk}/identity/",
        {"document": "id_card", "identity_number": NUMBER},
    )

    kept = " ".join(str(session.get_decoded()) for session in Session.objects.all())
    assert "id_card" in kept
    assert NUMBER not in kept
