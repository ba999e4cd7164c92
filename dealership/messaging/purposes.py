"""
Why a text message is sent: declared in code by the room that sends it (`<app>/sms.py`).

A purpose names, by dotted path, what the room must be asked before sending (`guard`) and told
afterwards (`on_accepted`, `on_failed`); messaging never imports the room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from dealership.messaging.models import Sms

# What a preview shows for a variable when the purpose gives no sample of its own.
SAMPLES: Mapping[str, str] = {
    "customer": "王先生",
    "consultant": "李娜",
    "store": "东风风神武汉江岸店",
    "phone": "027-84281234",
    "series": "奕炫MAX",
    "date": "11月23日",
    "time": "14:30",
}


class Kind(StrEnum):
    """The law's two kinds (MIIT order 31): a notice about one's own business, or an advert."""

    NOTICE = "notice"
    MARKETING = "marketing"


@dataclass(frozen=True)
class Purpose:
    """
    One reason to text a customer.

    `guard(sms) -> str` gives the reason not to send any more, or ''. It and the two tellers
    run inside the ledger's transaction: they write rows and never call anybody outside.
    """

    code: str
    title: str | Promise
    kind: Kind
    default_body: str
    variables: tuple[str, ...] = ()
    guard: str = ""
    on_accepted: str = ""
    on_failed: str = ""
    samples: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def is_marketing(self) -> bool:
        return self.kind is Kind.MARKETING

    def reason_against(self, sms: "Sms") -> str:
        """Ask the room that declared the purpose whether the message may still go."""
        return str(import_string(self.guard)(sms) or "") if self.guard else ""

    def sample(self, variable: str) -> str:
        return self.samples.get(variable) or SAMPLES.get(variable) or variable


PURPOSES: dict[str, Purpose] = {}


def declare_purpose(purpose: Purpose) -> Purpose:
    """Register `purpose`; a second one with its code is a programming error."""
    if PURPOSES.setdefault(purpose.code, purpose) is not purpose:
        raise ValueError(f"{purpose.code} is declared twice")
    return purpose


def purpose_of(code: str) -> Purpose:
    """Return the declared purpose, or KeyError: rows hold only codes that code knows."""
    return PURPOSES[code]
