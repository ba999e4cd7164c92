"""The ledger of text messages, their wording and replies, and the notices inside the app."""

from dealership.messaging.models.notices import Notice, NoticeQuerySet
from dealership.messaging.models.replies import InboundSms
from dealership.messaging.models.sms import PhoneLine, Sms, SmsEvent, SmsQuerySet
from dealership.messaging.models.wording import SmsTemplate

__all__ = [
    "InboundSms",
    "Notice",
    "NoticeQuerySet",
    "PhoneLine",
    "Sms",
    "SmsEvent",
    "SmsQuerySet",
    "SmsTemplate",
]
