"""
Aliyun SMS (阿里云短信服务, Dysmsapi 2017-05-25) by its own SDK.

Aliyun keeps no idempotency key: the same `OutId` twice is two messages, and its own advice after
a time-out is to look at the records before sending again. What makes "never received" sure is the
signature: a call signed more than 15 minutes ago is turned away (InvalidTimeStamp.Expired), so
each call is signed with the time of its claim.
"""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from dealership import clock
from dealership.messaging.gateways.base import Answer, Gateway, Outcome
from dealership.messaging.gateways.network import never_connected
from dealership.messaging.models import Sms, SmsTemplate
from dealership.messaging.texts import read_back

if TYPE_CHECKING:
    from alibabacloud_dysmsapi20170525.client import Client

CONNECT_MS, READ_MS = 3000, 6000
PAGE_SIZE, MAX_PAGES = 50, 10
CHINA = timezone(timedelta(hours=8))

# The account or its limits stand in the way: surely not sent, and later it may go.
TRY_LATER = frozenset(
    {
        "isv.BUSINESS_LIMIT_CONTROL",
        "isv.DAY_LIMIT_CONTROL",
        "isv.MONTH_LIMIT_CONTROL",
        "isv.AMOUNT_NOT_ENOUGH",
        "isv.OUT_OF_SERVICE",
        "isv.PRODUCT_UN_SUBSCRIPT",
        "isv.PRODUCT_UNSUBSCRIBE",
        "isv.ACCOUNT_NOT_EXISTS",
        "isv.ACCOUNT_ABNORMAL",
        "isv.DENY_IP_RANGE",
        "isp.RAM_PERMISSION_DENY",
    }
)
# Said before the call is looked at, by the signature check or the throttle.
TURNED_AWAY = (
    "Throttling",
    "InvalidTimeStamp",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "Forbidden",
    "NoPermission",
    "InvalidCredentials",
)
SEND_STATUS = {1: Outcome.ACCEPTED, 2: Outcome.REFUSED, 3: Outcome.DELIVERED}


def meaning_of(code: str) -> Outcome:
    """
    Read an error code: `isv.` is the sender's fault and final, unless it can pass by itself;
    `isp.` is Aliyun's own trouble, after which nobody knows.
    """
    if code == "OK":
        return Outcome.ACCEPTED
    if code in TRY_LATER or code.startswith(TURNED_AWAY):
        return Outcome.NOT_SENT
    return Outcome.REFUSED if code.startswith("isv.") else Outcome.UNSURE


class AliyunGateway(Gateway):
    """Sends approved templates; a text goes through if it fits the store's template."""

    name: ClassVar[str] = "aliyun"

    def __init__(self, client: "Client | None" = None) -> None:
        self.client = client or make_client()

    @property
    def settles_after(self) -> timedelta:
        """Beyond the 15 minutes for which Aliyun takes a signature, with clocks that differ."""
        return timedelta(minutes=20)

    def send(self, sms: Sms, *, signed_at: datetime | None = None) -> Answer:
        from alibabacloud_dysmsapi20170525.models import SendSmsRequest  # noqa: PLC0415

        template = approved_template(sms)
        if template is None:
            return Answer(Outcome.NOT_SENT, reason=_("No approved template is named for it."))
        values = read_back(template.body, sms.body)
        if values is None:
            return Answer(Outcome.REFUSED, reason=_("The text does not fit the approved template."))
        request = SendSmsRequest(
            phone_numbers=sms.phone.removeprefix("+86"),
            sign_name=settings.SMS_SIGNATURE,
            template_code=template.external_id,
            template_param=json.dumps(values, ensure_ascii=False),
            out_id=sms.out_id.hex,
        )
        try:
            body = self.client.send_sms_with_options(
                request, runtime(sms, signed_at or clock.now())
            ).body
        except Exception as error:
            return answer_to(error)
        code = str(body.code)
        reason = "" if code == "OK" else f"{code} {body.message or ''}".strip()
        return Answer(meaning_of(code), str(body.biz_id or ""), reason)

    def query(self, sms: Sms) -> Answer:
        first_day = (sms.called_at or clock.now()).astimezone(CHINA).date()
        try:
            for day in (first_day, first_day + timedelta(days=1)):
                found = self._find(sms, f"{day:%Y%m%d}")
                if found is not None:
                    return found
        except Exception as error:
            answer = answer_to(error)
            return Answer(Outcome.UNSURE, reason=answer.reason)
        return Answer(Outcome.ABSENT)

    def _find(self, sms: Sms, day: str) -> Answer | None:
        from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest  # noqa: PLC0415

        for number in range(1, MAX_PAGES + 1):
            request = QuerySendDetailsRequest(
                phone_number=sms.phone.removeprefix("+86"),
                send_date=day,
                page_size=PAGE_SIZE,
                current_page=number,
            )
            body = self.client.query_send_details_with_options(request, runtime()).body
            if body.code != "OK":
                return Answer(Outcome.UNSURE, reason=f"{body.code} {body.message or ''}".strip())
            listed = body.sms_send_detail_dtos
            rows = (listed.sms_send_detail_dto if listed else None) or []
            for row in rows:
                if row.out_id == sms.out_id.hex:
                    return told(row)
            if len(rows) < PAGE_SIZE:
                break
        return None


def told(row: Any) -> Answer:
    outcome = SEND_STATUS.get(row.send_status, Outcome.UNSURE)
    return Answer(outcome, reason=str(row.err_code or "") if outcome is Outcome.REFUSED else "")


def approved_template(sms: Sms) -> SmsTemplate | None:
    rows = SmsTemplate.objects.active().filter(store=sms.store_id, purpose=sms.purpose)
    return rows.exclude(external_id="").first()


def runtime(sms: Sms | None = None, signed_at: datetime | None = None) -> Any:
    """
    Short time-outs and no retries of the SDK's own: each of them may be a second message.

    The nonce is the attempt's own, so that a call repeated on the way is turned away.
    """
    from alibabacloud_tea_util.models import ExtendsParameters, RuntimeOptions  # noqa: PLC0415

    headers = {}
    if sms is not None and signed_at is not None:
        headers = {
            "x-acs-date": f"{signed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": f"{sms.out_id.hex}-{sms.attempts}",
        }
    return RuntimeOptions(
        autoretry=False,
        connect_timeout=CONNECT_MS,
        read_timeout=READ_MS,
        extends_parameters=ExtendsParameters(headers=headers),
    )


def answer_to(error: Exception) -> Answer:
    """What an exception of the SDK says about the message."""
    code = str(getattr(error, "code", "") or "")
    status = getattr(error, "statusCode", None)
    reason = f"{code} {getattr(error, 'message', '') or error}".strip()[:200]
    if code and code != "None":
        meant = meaning_of(code)
        if meant is not Outcome.UNSURE:
            return Answer(meant, reason=reason)
        # An answer below 500 refused the call; SignatureNonceUsed means that an earlier one came.
        turned_away = isinstance(status, int) and status < 500 and code != "SignatureNonceUsed"
        return Answer(Outcome.NOT_SENT if turned_away else Outcome.UNSURE, reason=reason)
    inner = getattr(error, "inner_exception", None) or error
    if never_connected(inner):
        return Answer(Outcome.NOT_SENT, reason=_("No connection to the gateway."))
    return Answer(Outcome.UNSURE, reason=reason)


def make_client() -> "Client":
    try:
        from alibabacloud_dysmsapi20170525.client import Client  # noqa: PLC0415
        from alibabacloud_tea_openapi.utils_models import Config  # noqa: PLC0415
    except ImportError as error:
        raise ImproperlyConfigured(
            "SMS_GATEWAY=aliyun needs the package alibabacloud-dysmsapi20170525."
        ) from error
    if not (settings.SMS_ALIYUN_KEY_ID and settings.SMS_ALIYUN_KEY_SECRET):
        raise ImproperlyConfigured(
            "SMS_GATEWAY=aliyun needs SMS_ALIYUN_KEY_ID and SMS_ALIYUN_KEY_SECRET."
        )
    return Client(
        Config(
            access_key_id=settings.SMS_ALIYUN_KEY_ID,
            access_key_secret=settings.SMS_ALIYUN_KEY_SECRET,
            endpoint=settings.SMS_ALIYUN_ENDPOINT,
            connect_timeout=CONNECT_MS,
            read_timeout=READ_MS,
        )
    )
