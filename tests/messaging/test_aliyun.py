"""
The Aliyun adapter: its own SDK against a server that answers as Aliyun's documentation records.

Facts: SendSms and QuerySendDetails of Dysmsapi 2017-05-25, their error codes, signature
ACS3-HMAC-SHA256 with `x-acs-date`, which Aliyun accepts for 15 minutes.
"""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from django.core.exceptions import ImproperlyConfigured

from dealership.messaging.actions import change_template, deliver
from dealership.messaging.gateways import Outcome, aliyun
from dealership.messaging.gateways.aliyun import AliyunGateway, meaning_of
from dealership.messaging.models import Sms
from tests import make
from tests.messaging import room

SENT = {
    "Message": "OK",
    "RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990",
    "Code": "OK",
    "BizId": "900619746936498440^0",
}
NOTHING = {
    "TotalCount": 0,
    "Message": "OK",
    "RequestId": "819BE656-D2E0-4858-8B21-B2E477085AAF",
    "Code": "OK",
    "SmsSendDetailDTOs": {"SmsSendDetailDTO": []},
}


def refused(code):
    return {"Message": "拒绝", "RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990", "Code": code}


def detail(out_id, status, error="DELIVERED"):
    return {
        "SendDate": "2026-11-23 12:00:01",
        "SendStatus": status,
        "ReceiveDate": "2026-11-23 12:00:04",
        "ErrCode": error,
        "TemplateCode": "SMS_154950909",
        "Content": "【东风风神】王先生您好",
        "PhoneNum": "13800138000",
        "OutId": out_id,
    }


def found(*details):
    rows = {"SmsSendDetailDTO": list(details)}
    return {**NOTHING, "TotalCount": len(details), "SmsSendDetailDTOs": rows}


class Aliyun(ThreadingHTTPServer):
    """What Aliyun would answer next, and what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.calls = [], []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.calls.append((self.headers, query))
        answer = self.server.answers.pop(0) if self.server.answers else SENT
        if answer == "drop":
            self.connection.close()
            return
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = Aliyun()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway(server, monkeypatch):
    """The adapter with the real SDK, which speaks to our server."""
    host, port = server.server_address
    client = Client(
        Config(
            access_key_id="LTAI-test",
            access_key_secret="test",
            endpoint=f"{host}:{port}",
            protocol="HTTP",
        )
    )
    gateway = AliyunGateway(client)
    monkeypatch.setattr("dealership.messaging.actions.delivery.current_gateway", lambda: gateway)
    return gateway


@pytest.fixture
def sms(queue, store, noon):
    """A text that fits the store's approved template."""
    change_template(
        room.NOTICE, store=store, name="致谢", body="{customer}您好，感谢到店，{consultant}。",
        external_id="SMS_154950909", by=None,
    )  # fmt: skip
    return queue(body="王先生您好，感谢到店，李娜。")


def test_an_accepted_message_keeps_the_receipt_number(gateway, server, sms, noon):
    deliver(noon)

    sms.refresh_from_db()
    assert sms.state == Sms.State.ACCEPTED
    assert sms.provider_id == "900619746936498440^0"
    [(headers, query)] = server.calls
    assert headers["x-acs-action"] == "SendSms"
    assert headers["x-acs-version"] == "2017-05-25"
    assert query["OutId"] == sms.out_id.hex
    assert query["TemplateCode"] == "SMS_154950909"
    assert query["SignName"] == "东风风神"
    assert query["PhoneNumbers"] == sms.phone.removeprefix("+86")
    assert json.loads(query["TemplateParam"]) == {"customer": "王先生", "consultant": "李娜"}


def test_a_call_is_signed_with_the_time_of_its_claim(gateway, server, sms):
    claimed = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)

    gateway.send(sms, signed_at=claimed)

    headers, _query = server.calls[0]
    assert headers["x-acs-date"] == "2026-11-23T04:05:06Z"
    assert headers["x-acs-signature-nonce"] == f"{sms.out_id.hex}-0"
    assert "x-acs-date" in headers["Authorization"]
    assert gateway.settles_after > timedelta(minutes=15)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("OK", Outcome.ACCEPTED),
        ("isv.MOBILE_NUMBER_ILLEGAL", Outcome.REFUSED),
        ("isv.SMS_TEMPLATE_ILLEGAL", Outcome.REFUSED),
        ("isv.SMS_SIGNATURE_ILLEGAL", Outcome.REFUSED),
        ("isv.BLACK_KEY_CONTROL_LIMIT", Outcome.REFUSED),
        ("isv.TEMPLATE_MISSING_PARAMETERS", Outcome.REFUSED),
        ("isv.BUSINESS_LIMIT_CONTROL", Outcome.NOT_SENT),
        ("isv.DAY_LIMIT_CONTROL", Outcome.NOT_SENT),
        ("isv.AMOUNT_NOT_ENOUGH", Outcome.NOT_SENT),
        ("isv.OUT_OF_SERVICE", Outcome.NOT_SENT),
        ("isp.RAM_PERMISSION_DENY", Outcome.NOT_SENT),
        ("Throttling.User", Outcome.NOT_SENT),
        ("isp.SYSTEM_ERROR", Outcome.UNSURE),
        ("isp.GATEWAY_ERROR", Outcome.UNSURE),
        ("SomethingNew", Outcome.UNSURE),
    ],
)
def test_error_codes_say_what_became_of_the_message(code, outcome):
    assert meaning_of(code) == outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refused("isv.MOBILE_NUMBER_ILLEGAL"), Outcome.REFUSED),
        (refused("isp.SYSTEM_ERROR"), Outcome.UNSURE),
        ((400, refused("InvalidTimeStamp.Expired")), Outcome.NOT_SENT),
        ((404, refused("InvalidAccessKeyId.NotFound")), Outcome.NOT_SENT),
        ((400, refused("SignatureNonceUsed")), Outcome.UNSURE),
        ((400, refused("isv.INVALID_PARAMETERS")), Outcome.REFUSED),
        ((429, refused("Throttling.User")), Outcome.NOT_SENT),
        ((503, refused("ServiceUnavailable")), Outcome.UNSURE),
        ((500, refused("InternalError")), Outcome.UNSURE),
        ("drop", Outcome.UNSURE),
    ],
)
def test_each_way_of_failing_has_its_outcome_and_is_called_once(
    gateway, server, sms, answer, outcome
):
    server.answers = [answer]

    assert gateway.send(sms).outcome == outcome
    assert len(server.calls) == 1


def test_a_server_that_is_not_there_has_sent_nothing(gateway, server, sms):
    gateway.client._endpoint = "127.0.0.1:9"

    assert gateway.send(sms).outcome == Outcome.NOT_SENT
    assert gateway.query(sms).outcome == Outcome.UNSURE


@pytest.mark.parametrize(
    ("status", "outcome"), [(1, Outcome.ACCEPTED), (2, Outcome.REFUSED), (3, Outcome.DELIVERED)]
)
def test_the_records_tell_what_became_of_it(gateway, server, sms, status, outcome):
    server.answers = [found(detail("another", 3), detail(sms.out_id.hex, status, "MK:0001"))]

    answer = gateway.query(sms)

    assert answer.outcome == outcome
    assert answer.reason == ("MK:0001" if status == 2 else "")
    headers, query = server.calls[0]
    assert headers["x-acs-action"] == "QuerySendDetails"
    assert len(query["SendDate"]) == 8


def test_no_record_on_the_day_or_the_next_is_absent(gateway, server, sms, noon):
    Sms.objects.filter(pk=sms.pk).update(called_at=noon + timedelta(hours=11, minutes=59))
    sms.refresh_from_db()
    server.answers = [NOTHING, NOTHING]

    assert gateway.query(sms).outcome == Outcome.ABSENT
    assert [query["SendDate"] for _headers, query in server.calls] == ["20261123", "20261124"]


def test_all_pages_of_the_records_are_read(gateway, server, sms):
    full = found(*(detail(str(number), 3) for number in range(50)))
    server.answers = [full, found(detail(sms.out_id.hex, 3))]

    assert gateway.query(sms).outcome == Outcome.DELIVERED


def test_records_that_can_not_be_read_leave_it_open(gateway, server, sms):
    server.answers = [refused("isp.SYSTEM_ERROR")]

    assert gateway.query(sms).outcome == Outcome.UNSURE


def test_a_lost_answer_is_looked_up_and_not_sent_again(gateway, server, sms, noon):
    server.answers = ["drop", found(detail(sms.out_id.hex, 3))]

    deliver(noon)
    deliver(noon + timedelta(minutes=1))

    sms.refresh_from_db()
    assert sms.state == Sms.State.DELIVERED
    actions = [headers["x-acs-action"] for headers, _query in server.calls]
    assert actions == ["SendSms", "QuerySendDetails"]
    assert room.told(sms) == ["accepted"]


def test_a_text_that_fits_no_approved_template_is_refused_with_the_reason(
    gateway, server, sms, queue, noon
):
    other = queue(make.customer(owner=make.user(), at=noon), body="自己写的一段话")

    deliver(noon)

    other.refresh_from_db()
    assert other.state == Sms.State.REFUSED
    assert other.reason
    assert len(server.calls) == 1


def test_without_a_template_number_nothing_is_called(gateway, server, queue):
    assert gateway.send(queue()).outcome == Outcome.NOT_SENT
    assert server.calls == []


def test_without_keys_the_gateway_says_what_is_missing(settings):
    with pytest.raises(ImproperlyConfigured, match="SMS_ALIYUN_KEY_ID"):
        aliyun.make_client()
