"""What a gateway is asked and what it may answer."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from dealership.messaging.models import Sms


class Outcome(StrEnum):
    ACCEPTED = "accepted"  # the provider has taken it
    DELIVERED = "delivered"  # it is on the phone
    REFUSED = "refused"  # the provider will not send it, and repeating changes nothing
    NOT_SENT = "not_sent"  # it surely was not taken now; trying again makes sense
    ABSENT = "absent"  # asked: the provider does not know it
    UNSURE = "unsure"  # nobody knows: it must be asked about, never sent again blindly


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    provider_id: str = ""
    reason: str = ""


class Gateway(ABC):
    """
    A provider of text messages.

    `send` and `query` never raise for what the network does; they answer UNSURE instead. Once a
    call is as old as `settles_after`, a provider that does not know the message will not take it
    any more, because it turns away calls signed longer ago than that.
    """

    name: ClassVar[str]

    @property
    @abstractmethod
    def settles_after(self) -> timedelta:
        """The age of a call from which "never received" is sure."""

    @abstractmethod
    def send(self, sms: "Sms", *, signed_at: datetime | None = None) -> Answer:
        """Hand the message over once; `signed_at` is the instant at which it was claimed."""

    @abstractmethod
    def query(self, sms: "Sms") -> Answer:
        """Ask what became of the message with this `out_id`."""
