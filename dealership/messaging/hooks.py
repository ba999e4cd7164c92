"""
Where providers push receipts and replies: JSON arrays as Aliyun sends them (SmsReport, SmsUp).

Genuine calls carry our signature (the simulator) or the key in the URL that was registered with
the provider, which is all that providers offer.
"""

import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dealership import clock
from dealership.messaging import actions
from dealership.messaging.gateways import current_gateway
from dealership.messaging.keys import shared_key
from dealership.messaging.signing import SIGNATURE_HEADER, TIME_HEADER, age, is_genuine
from dealership.web.http import public

WINDOW_SECONDS = 300
CHINA = timezone(timedelta(hours=8))
TAKEN = {"code": 0, "msg": "成功"}
MAX_REPORTS = 1000
Report = dict[str, Any]


def is_from_provider(request: HttpRequest) -> bool:
    """Whether the call is signed and fresh, or names the key."""
    moment = request.headers.get(TIME_HEADER, "")
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if signature:
        fresh = age(moment, clock.now().timestamp()) <= WINDOW_SECONDS
        return fresh and is_genuine(shared_key(), moment, signature, request.body)
    given = request.GET.get("key", "")
    return hmac.compare_digest(given.encode(), shared_key().encode())


def pushed(take: Callable[[Report], None]) -> Callable[..., HttpResponseBase]:
    """A hook that hands each report of a genuine call to `take`."""

    @public("Providers of text messages push here; each call is signed.")
    @csrf_exempt
    @require_POST
    def hook(request: HttpRequest) -> HttpResponse:
        if not is_from_provider(request):
            return JsonResponse({"code": 403, "msg": "not genuine"}, status=403)
        try:
            reports = json.loads(request.body)
        except (ValueError, RecursionError):
            reports = None
        reports = [reports] if isinstance(reports, dict) else reports
        if not isinstance(reports, list) or len(reports) > MAX_REPORTS:
            return JsonResponse({"code": 400, "msg": "a JSON array is wanted"}, status=400)
        for report in reports:
            if isinstance(report, dict):
                take(report)
        return JsonResponse(TAKEN)

    return hook


def text_of(report: Report, name: str) -> str:
    """A field as text; NUL, which PostgreSQL can't hold, is dropped."""
    value = report.get(name)
    return "" if value is None else str(value).replace("\0", "")


def moment_of(report: Report, name: str) -> datetime:
    """The provider's time (China's clock), but never later than now."""
    now = clock.now()
    try:
        moment = parse_datetime(text_of(report, name))
    except ValueError:
        moment = None
    if moment is None:
        return now
    return min(moment if moment.tzinfo else moment.replace(tzinfo=CHINA), now)


def take_receipt(report: Report) -> None:
    actions.receive_receipt(
        out_id=text_of(report, "out_id"),
        provider_id=text_of(report, "biz_id"),
        is_delivered=report.get("success") in (True, "true"),
        reason=" ".join(filter(None, (text_of(report, "err_code"), text_of(report, "err_msg")))),
    )


def take_inbound(report: Report) -> None:
    number = text_of(report, "sequence_id")
    if not number or not text_of(report, "phone_number"):
        return
    actions.receive_inbound(
        phone=text_of(report, "phone_number"),
        body=text_of(report, "content"),
        provider=current_gateway().name,
        provider_id=number,
        at=moment_of(report, "send_time"),
    )


hook_receipt = pushed(take_receipt)
hook_inbound = pushed(take_inbound)
