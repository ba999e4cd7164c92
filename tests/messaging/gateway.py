"""A gateway that answers from a script and remembers what it was asked."""

from collections.abc import Callable
from datetime import timedelta

from dealership.messaging.gateways import Answer, Gateway, Outcome

ACCEPTED = Answer(Outcome.ACCEPTED, provider_id="biz-1")
DELIVERED = Answer(Outcome.DELIVERED, provider_id="biz-1")
REFUSED = Answer(Outcome.REFUSED, reason="isv.MOBILE_NUMBER_ILLEGAL")
NOT_SENT = Answer(Outcome.NOT_SENT, reason="no connection")
UNSURE = Answer(Outcome.UNSURE, reason="ReadTimeout")
ABSENT = Answer(Outcome.ABSENT)


class Scripted(Gateway):
    name = "scripted"
    settles_after = timedelta(seconds=90)

    def __init__(self):
        self.sends = []
        self.queries = []
        self.script = []
        self.answers = []
        self.before_send: Callable[[], None] | None = None

    def send(self, sms, *, signed_at=None):
        if self.before_send:
            self.before_send()
        self.sends.append((sms.pk, sms.out_id, sms.body))
        answer = self.script.pop(0) if self.script else ACCEPTED
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def query(self, sms):
        self.queries.append(sms.out_id)
        answer = self.answers.pop(0) if self.answers else UNSURE
        if isinstance(answer, BaseException):
            raise answer
        return answer
