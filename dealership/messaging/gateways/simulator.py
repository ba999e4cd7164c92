"""The simulator as a gateway: HTTP with short time-outs, signed by a shared key."""

import json
from datetime import datetime, timedelta
from threading import local
from typing import Any, ClassVar

import requests
from django.conf import settings
from requests import exceptions

from dealership import clock
from dealership.messaging.gateways.base import Answer, Gateway, Outcome
from dealership.messaging.gateways.network import never_connected
from dealership.messaging.keys import shared_key
from dealership.messaging.models import Sms
from dealership.messaging.signing import headers_for

CONNECT_SECONDS = 2
READ_SECONDS = 5
TOO_MANY = 429
SERVER_ERROR = 500
TOLD_BY_QUERY = {Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.REFUSED, Outcome.ABSENT}


class SimulatorGateway(Gateway):
    """Speaks to `manage.py sms_simulator`, which turns away old signatures."""

    name: ClassVar[str] = "simulator"

    def __init__(self) -> None:
        self._local = local()

    @property
    def settles_after(self) -> timedelta:
        return timedelta(seconds=settings.SMS_SIMULATOR_WINDOW) * 1.5

    @property
    def session(self) -> requests.Session:
        """One connection a thread; no retries of the library's own, they would send twice."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session

    def send(self, sms: Sms, *, signed_at: datetime | None = None) -> Answer:
        message = {
            "out_id": str(sms.out_id),
            "phone": sms.phone,
            "signature": settings.SMS_SIGNATURE,
            "body": sms.body,
        }
        try:
            response = self._post("/send", message, signed_at)
        except exceptions.ConnectionError as error:
            if never_connected(error):
                return Answer(Outcome.NOT_SENT, reason="no connection to the gateway")
            return Answer(Outcome.UNSURE, reason=f"connection broke: {type(error).__name__}")
        except exceptions.RequestException as error:
            return Answer(Outcome.UNSURE, reason=type(error).__name__)
        return self._read(response)

    def query(self, sms: Sms) -> Answer:
        try:
            response = self._post("/query", {"out_id": str(sms.out_id)}, None)
        except exceptions.RequestException as error:
            return Answer(Outcome.UNSURE, reason=type(error).__name__)
        answer = self._read(response)
        if answer.outcome in TOLD_BY_QUERY:
            return answer
        return Answer(Outcome.UNSURE, reason=answer.reason or answer.outcome)

    def _post(
        self, path: str, data: dict[str, Any], signed_at: datetime | None
    ) -> requests.Response:
        body = json.dumps(data, ensure_ascii=False).encode()
        moment = (signed_at or clock.now()).timestamp()
        return self.session.post(
            settings.SMS_SIMULATOR_URL.rstrip("/") + path,
            data=body,
            headers={
                "Content-Type": "application/json",
                **headers_for(shared_key(), moment, body),
            },
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
        )

    def _read(self, response: requests.Response) -> Answer:
        if response.status_code == TOO_MANY:
            return Answer(Outcome.NOT_SENT, reason="throttled")
        if response.status_code >= SERVER_ERROR:
            return Answer(Outcome.UNSURE, reason=f"HTTP {response.status_code}")
        try:
            data = response.json()
            outcome = Outcome(data["status"])
        except (ValueError, KeyError, TypeError):
            return Answer(Outcome.UNSURE, reason=f"unreadable answer, HTTP {response.status_code}")
        reason = ": ".join(filter(None, (data.get("code"), data.get("message"))))
        return Answer(outcome, str(data.get("provider_id") or ""), reason)
