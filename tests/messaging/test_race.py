"""Many workers at once, on the database at hand: each text is called for once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from dealership.messaging.actions import deliver, notify, queue_sms, receive_receipt
from dealership.messaging.models import Notice, Sms
from tests import make
from tests.messaging import room
from tests.messaging.gateway import UNSURE

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8


def at_once(work, count=WORKERS):
    """Run `work(number)` in threads that start together; each closes its connection."""
    gate = Barrier(count)

    def run(number):
        gate.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_eight_workers_over_three_hundred_texts_call_each_once(gateway, queue, noon):
    owner = make.user()
    rows = [queue(make.customer(owner=owner, at=noon)) for _number in range(300)]

    at_once(lambda _number: [deliver(noon) for _again in range(3)])

    called = Counter(pk for pk, *_rest in gateway.sends)
    assert set(called) == {sms.pk for sms in rows}
    assert set(called.values()) == {1}
    assert not Sms.objects.exclude(state=Sms.State.ACCEPTED).exists()
    assert Notice.objects.filter(kind__startswith="accepted").count() == 300


def test_eight_workers_ask_about_an_unknown_text_once_a_turn(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]
    deliver(noon)

    at_once(lambda _number: deliver(noon + timedelta(seconds=5)))

    assert gateway.queries == [sms.out_id]


def test_the_limit_of_a_number_holds_when_its_texts_go_out_at_once(gateway, queue, noon, settings):
    settings.SMS_PER_PHONE_HOUR = 2
    customer = make.customer(owner=make.user(), at=noon)
    for subject in [make.customer(owner=customer.owner, at=noon) for _number in range(8)]:
        queue(customer, subject=subject)

    at_once(lambda _number: deliver(noon))

    assert len(gateway.sends) == 2


def test_the_same_text_queued_eight_times_at_once_is_one_row(gateway, noon):
    customer = make.customer(owner=make.user(), at=noon)

    rows = at_once(
        lambda _number: queue_sms(
            room.NOTICE, subject=customer, customer=customer, phone=customer.primary_phone,
            body="您好", at=noon,
        ).pk
    )  # fmt: skip

    assert len(set(rows)) == 1
    assert Sms.objects.count() == 1


def test_eight_receipts_at_once_tell_the_room_once(gateway, queue, noon):
    sms = queue()
    gateway.script = [UNSURE]
    deliver(noon)

    at_once(lambda _number: receive_receipt(out_id=str(sms.out_id), is_delivered=True, at=noon))

    sms.refresh_from_db()
    assert sms.state == Sms.State.DELIVERED
    assert room.told(sms) == ["accepted"]


def test_a_notice_with_a_key_comes_once(store):
    user = make.user()

    made = at_once(
        lambda _number: notify(user, store=store, kind="test", text="您好", key="visit-1")
    )

    assert len([notice for notice in made if notice]) == 1
    assert Notice.objects.filter(user=user).count() == 1
