"""The house and the provider as two processes: receipts and replies come back over HTTP."""

import time
import urllib.parse
import urllib.request

import pytest
from django.urls import reverse

from dealership.messaging.actions import deliver
from dealership.messaging.management.commands import sms_simulator
from dealership.messaging.models import InboundSms, Sms
from dealership.messaging.selectors import can_text
from tests.messaging import room
from tests.messaging.process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def provider_process(live_server):
    process = SimulatorProcess("--crm", live_server.url)
    yield process
    process.kill()


@pytest.fixture
def provider(provider_process, settings):
    settings.SMS_GATEWAY, settings.SMS_SIMULATOR_URL = "simulator", provider_process.url
    provider_process.reset()
    return provider_process


def wait_for(condition, seconds=30):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about in time")


def is_in(sms, *states):
    sms.refresh_from_db()
    return sms.state in states


@pytest.mark.parametrize("fault", ["", "receipt_double", "receipt_late", "receipt_early"])
def test_a_receipt_comes_back_however_the_provider_sends_it(provider, queue, noon, fault):
    sms = queue()
    provider.faults(kinds=[fault or "receipt_late"], rate=1 if fault else 0, seconds=0.5)

    deliver(noon)
    wait_for(lambda: is_in(sms, Sms.State.DELIVERED))
    time.sleep(0.3)

    assert is_in(sms, Sms.State.DELIVERED)
    assert sms.events.filter(state=Sms.State.DELIVERED).count() == 1
    assert room.told(sms) == ["accepted"]


def test_a_missing_receipt_leaves_it_accepted(provider, queue, noon):
    sms = queue()
    provider.faults(kinds=["receipt_missing"], rate=1)

    deliver(noon)
    time.sleep(0.5)

    assert is_in(sms, Sms.State.ACCEPTED)
    assert room.told(sms) == ["accepted"]


def test_a_phone_that_is_off_becomes_a_task(provider, queue, noon):
    sms = queue()
    provider.faults(kinds=["receipt_failed"], rate=1)

    deliver(noon)
    wait_for(lambda: is_in(sms, Sms.State.REFUSED) and len(room.told(sms)) == 2)

    assert sms.reason == "MK:0001"
    assert room.told(sms) == ["accepted", "failed"]


def test_an_answer_lost_on_the_way_is_made_good_by_the_receipt(provider, queue, noon):
    sms = queue()
    provider.faults(next=["drop_accepted"])

    deliver(noon)
    wait_for(lambda: is_in(sms, Sms.State.DELIVERED))

    assert provider.stats()["accepted"] == 1
    assert room.told(sms) == ["accepted"]


def test_a_reply_typed_on_the_page_of_phones_is_obeyed(provider, queue, noon):
    sms = queue()
    deliver(noon)
    form = {"phone": sms.phone, "body": "R", "back": "1", "lang": "en"}

    with urllib.request.urlopen(
        f"{provider.url}/inbound", urllib.parse.urlencode(form).encode(), timeout=10
    ) as answer:
        html = answer.read().decode()
    wait_for(InboundSms.objects.exists)
    wait_for(lambda: can_text(sms.customer, room.NOTICE))

    assert 'class="out"' in html
    assert InboundSms.objects.get().customer == sms.customer


def test_the_simulator_knows_the_way_to_the_hooks():
    assert reverse("messaging:hook-receipt") == sms_simulator.RECEIPT_PATH
    assert reverse("messaging:hook-inbound") == sms_simulator.INBOUND_PATH


def test_receipts_wait_for_a_house_that_is_down(queue, noon, settings, live_server):
    process = SimulatorProcess("--crm", "http://127.0.0.1:9")
    settings.SMS_GATEWAY, settings.SMS_SIMULATOR_URL = "simulator", process.url
    try:
        sms = queue()
        deliver(noon)
        time.sleep(0.3)
        assert is_in(sms, Sms.State.ACCEPTED)
        assert process.stats()["accepted"] == 1
    finally:
        process.kill()
