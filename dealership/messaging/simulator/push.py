"""Receipts and replies on their way to the house, as Aliyun pushes them: a JSON array by POST."""

import heapq
import itertools
import json
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from dealership.messaging.signing import headers_for

TRIES = 6
FIRST_RETRY_SECONDS = 2.0
CHINA = timezone(timedelta(hours=8))
OPENER = build_opener(ProxyHandler({}))


class Push:
    """Calls that wait for their moment; one that fails is tried again, later each time."""

    def __init__(self, *, key: str, receipt_url: str = "", inbound_url: str = ""):
        self.key, self.receipt_url, self.inbound_url = key, receipt_url, inbound_url
        self._waiting: list[tuple[float, int, str, bytes, int]] = []
        self._number = itertools.count()
        self._more = threading.Condition()

    def receipt(
        self, message: dict[str, Any], *, is_delivered: bool, code: str, delay: float
    ) -> None:
        now = _china_time(time.time())
        report = {
            "phone_number": message["phone"].removeprefix("+86"),
            "send_time": _china_time(message["accepted_at"]), "report_time": now,
            "success": is_delivered, "err_code": code, "err_msg": "",
            "sms_size": "1", "biz_id": message["provider_id"], "out_id": message["out_id"],
        }  # fmt: skip
        self._later(self.receipt_url, [report], delay)

    def inbound(self, reply: dict[str, Any]) -> None:
        report = {
            "phone_number": reply["phone"].removeprefix("+86"), "content": reply["body"],
            "send_time": _china_time(reply["at"]), "dest_code": "1069",
            "sequence_id": reply["sequence_id"],
        }  # fmt: skip
        self._later(self.inbound_url, [report], 0)

    def _later(self, url: str, data: Any, delay: float) -> None:
        if not url:
            return
        body = json.dumps(data, ensure_ascii=False).encode()
        self._put(time.monotonic() + delay, url, body, 1)

    def _put(self, when: float, url: str, body: bytes, attempt: int) -> None:
        with self._more:
            heapq.heappush(self._waiting, (when, next(self._number), url, body, attempt))
            self._more.notify()

    def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            with self._more:
                while not self._waiting or self._waiting[0][0] > time.monotonic():
                    wait = self._waiting[0][0] - time.monotonic() if self._waiting else None
                    self._more.wait(wait)
                _when, _number, url, body, attempt = heapq.heappop(self._waiting)
            if not self._call(url, body) and attempt < TRIES:
                delay = FIRST_RETRY_SECONDS * 2 ** (attempt - 1)
                self._put(time.monotonic() + delay, url, body, attempt + 1)

    def _call(self, url: str, body: bytes) -> bool:
        headers = {"Content-Type": "application/json", **headers_for(self.key, time.time(), body)}
        try:
            with OPENER.open(Request(url, body, headers), timeout=5) as response:  # noqa: S310
                return bool(response.status == 200)
        except (URLError, OSError, ValueError):
            return False


def _china_time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
