"""The real gateway process over HTTP, with everything a provider can do wrong."""

import os
import random
import time
import urllib.error
from datetime import timedelta

import pytest

from dealership import clock
from dealership.messaging.actions import deliver
from dealership.messaging.gateways import Outcome, current_gateway
from dealership.messaging.gateways import simulator as simulator_gateway
from dealership.messaging.models import Sms
from dealership.messaging.simulator import faults
from tests import make
from tests.messaging import room
from tests.messaging.process import SimulatorProcess

pytestmark = pytest.mark.django_db
CLEAR = {"busy", "refuse"}
# The bar is 10,000 sends, 30 % faulted: SMS_FAULTED=10000 takes that on.
FAULTED = int(os.environ.get("SMS_FAULTED", "100"))


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(simulator_gateway, "READ_SECONDS", 0.5)


def settle(sms_rows, start, *, hours=2.2, step=60):
    """Let workers come by every minute until nothing is left to do."""
    at = start
    while at < start + timedelta(hours=hours):
        deliver(at)
        if not Sms.objects.filter(next_at__isnull=False).exists():
            break
        at += timedelta(seconds=step)
    for sms in sms_rows:
        sms.refresh_from_db()


def test_a_text_reaches_its_phone_with_the_stores_signature(simulator, queue, noon, settings):
    sms = queue(body="谢谢您今天来看车。")

    deliver(noon)

    [message] = simulator.messages()
    assert message["phone"] == sms.phone
    assert message["body"] == "谢谢您今天来看车。"
    assert message["signature"] == settings.SMS_SIGNATURE
    sms.refresh_from_db()
    assert sms.provider_id == message["provider_id"]
    assert sms.latency_ms is not None


@pytest.mark.parametrize("name", [name for name in faults.SEND if name not in CLEAR])
def test_an_answer_that_never_comes_makes_no_second_text(simulator, queue, noon, name):
    sms = queue()
    simulator.faults(next=[name], seconds=1)

    deliver(noon)
    sms.refresh_from_db()
    assert sms.state == Sms.State.UNKNOWN
    if name == "stall":
        # A call that is late at the provider is taken within its signature's life, not after it.
        time.sleep(1)
    settle([sms], noon + timedelta(seconds=61))

    assert sms.state in (Sms.State.ACCEPTED, Sms.State.DELIVERED)
    assert simulator.stats()["accepted"] == 1
    assert room.told(sms) == ["accepted"]


def test_a_busy_gateway_is_tried_again(simulator, queue, noon):
    sms = queue()
    simulator.faults(next=["busy", "busy"])

    settle([sms], noon)

    assert sms.state == Sms.State.ACCEPTED
    assert sms.attempts == 3
    assert simulator.stats()["accepted"] == 1


def test_a_refusal_is_final_and_says_why(simulator, queue, noon):
    sms = queue()
    simulator.faults(next=["refuse"], code="isv.MOBILE_NUMBER_ILLEGAL")

    settle([sms], noon)

    assert sms.state == Sms.State.REFUSED
    assert sms.reason == "isv.MOBILE_NUMBER_ILLEGAL"
    assert simulator.stats()["accepted"] == 0


def test_a_gateway_that_is_not_there_is_tried_again(simulator, queue, noon, settings):
    sms = queue()
    url, settings.SMS_SIMULATOR_URL = settings.SMS_SIMULATOR_URL, "http://127.0.0.1:9"

    assert deliver(noon) == {"not_sent": 1}
    settings.SMS_SIMULATOR_URL = url
    settle([sms], noon + timedelta(seconds=30))

    assert sms.state == Sms.State.ACCEPTED
    assert simulator.stats()["accepted"] == 1


def test_a_call_with_an_old_signature_is_turned_away(simulator, queue, noon):
    sms = queue()
    gateway = current_gateway()

    answer = gateway.send(sms, signed_at=clock.now() - gateway.settles_after)

    assert answer.outcome == Outcome.NOT_SENT
    assert simulator.stats()["accepted"] == 0


def test_a_stranger_with_another_key_sends_nothing(simulator, queue, noon, settings):
    sms = queue()
    settings.SMS_KEY = "another"

    answer = current_gateway().send(sms)

    assert answer.outcome == Outcome.NOT_SENT
    assert current_gateway().query(sms).outcome == Outcome.UNSURE
    assert simulator.stats()["accepted"] == 0


def test_the_simulator_takes_the_same_text_twice_so_that_doubles_show(simulator, queue, noon):
    sms = queue()

    for _time in range(2):
        current_gateway().send(sms)

    stats = simulator.stats()
    assert (stats["accepted"], stats["doubled"]) == (2, 1)
    assert stats["doubles"] == [{"out_id": str(sms.out_id), "times": 2}]


def test_a_third_of_all_calls_faulted_and_every_text_goes_once(simulator, queue, noon):
    owner = make.user()
    rows = [queue(make.customer(owner=owner, at=noon)) for _number in range(FAULTED)]
    slow = {"slow_accepted", "stall", "query_slow", "query_lag"}
    kinds = [kind for kind in (*faults.SEND, *faults.QUERY) if kind not in slow]
    simulator.faults(rate=0.33, seed=random.randrange(10_000), kinds=kinds)

    settle(rows, noon)

    stats = simulator.stats()
    sent = {message["out_id"] for message in simulator.messages()}
    assert stats["doubled"] == 0
    for sms in rows:
        assert sms.state in (Sms.State.ACCEPTED, Sms.State.DELIVERED, Sms.State.REFUSED)
        assert (str(sms.out_id) in sent) == (sms.state != Sms.State.REFUSED)
        assert len(room.told(sms)) == 1


def test_the_simulator_remembers_after_a_kill(tmp_path, queue, noon, settings):
    journal = str(tmp_path / "simulator.sqlite3")
    first = SimulatorProcess("--crm", "", "--db", journal)
    settings.SMS_GATEWAY, settings.SMS_SIMULATOR_URL = "simulator", first.url
    queue()
    deliver(noon)
    first.kill()

    second = SimulatorProcess("--crm", "", "--db", journal)
    try:
        assert second.stats()["accepted"] == 1
    finally:
        second.kill()


def test_the_page_shows_the_phones_in_both_languages(simulator, queue, noon):
    sms = queue(make.customer(owner=make.user(), at=noon), body="谢谢 <b>您</b>")
    deliver(noon)

    chinese, english = simulator.page("/?lang=zh"), simulator.page("/?lang=en")

    for html in (chinese, english):
        assert "谢谢 &lt;b&gt;您&lt;/b&gt;" in html
        assert sms.phone[3:6] in html
        assert "<script" not in html
    assert "短信模拟器" in chinese
    assert "SMS simulator" in english


def test_unknown_faults_and_addresses_are_answered(simulator):
    for path, data in (("/faults", {"next": ["nonsense"]}), ("/nowhere", {}), ("/send", {})):
        with pytest.raises(urllib.error.HTTPError) as refused:
            simulator.call(path, data)
        assert 400 <= refused.value.code < 500
