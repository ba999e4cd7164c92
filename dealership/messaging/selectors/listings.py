"""What the pages of messages show; pages go by key, so that the tenth costs what the first does."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import models

from dealership.errors import RuleViolation
from dealership.messaging import texts as wording_rules
from dealership.messaging.models import InboundSms, Notice, Sms, SmsEvent, SmsTemplate
from dealership.messaging.purposes import PURPOSES, Purpose
from dealership.staff.models import Store, User

PAGE = 50
FRESH = 5
BELL_COUNTS_TO = 100
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Listed:
    """One page of rows, and the address of the next."""

    rows: list[Any]
    next_url: str = ""


def listed(rows: models.QuerySet[Any], *, before: str, **kept: str) -> Listed:
    if (row := id_of(before)) is not None:
        rows = rows.filter(pk__lt=row)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return Listed(found)
    query = {"before": found[PAGE - 1].pk, **{name: text for name, text in kept.items() if text}}
    return Listed(found[:PAGE], "?" + urlencode(query))


def id_of(text: str) -> int | None:
    """A row id that came in a URL, or None if it is none."""
    if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_ID:
        return int(text)
    return None


def notices(user: User, *, before: str = "") -> Listed:
    return listed(Notice.objects.visible_to(user), before=before)


def texts(user: User, *, state: str = "", before: str = "") -> Listed:
    rows = Sms.objects.visible_to(user).with_people()
    if state in Sms.State.values:
        rows = rows.filter(state=state)
    return listed(rows, before=before, state=state)


def replies(user: User, *, before: str = "") -> Listed:
    return listed(InboundSms.objects.visible_to(user).select_related("customer"), before=before)


def life_of(sms: Sms) -> list[SmsEvent]:
    """The steps of a message, in order."""
    return list(sms.events.select_related("by"))


def unread_notices(user: User) -> int:
    """How many notices the bell shows; counting stops at a hundred."""
    return Notice.objects.filter(user=user).unread()[:BELL_COUNTS_TO].count()


@dataclass(frozen=True)
class News:
    """What the bell learns when it asks: the count, and what came since it last did."""

    unread: int
    latest: int | None
    fresh: list[Notice] = field(default_factory=list)


def news(user: User, *, after: str = "") -> News:
    mine = Notice.objects.filter(user=user)
    seen = id_of(after)
    fresh: list[Notice] = []
    if seen is None:
        latest = mine.order_by("-pk").values_list("pk", flat=True).first() or 0
    else:
        fresh = list(mine.unread().filter(pk__gt=seen).order_by("-pk")[:FRESH])[::-1]
        latest = max([seen, *(notice.pk for notice in fresh)])
    return News(unread_notices(user), latest, fresh)


@dataclass(frozen=True)
class Preview:
    """A template as a customer would read it, or what is wrong with it."""

    text: str = ""
    problem: str = ""
    parts: int = 0
    length: int = 0


def preview(purpose: Purpose, body: str) -> Preview:
    try:
        checked = wording_rules.check_template(body, purpose)
    except RuleViolation as wrong:
        return Preview(problem=str(wrong))
    samples = {name: purpose.sample(name) for name in purpose.variables}
    text = wording_rules.fill(checked, samples)
    sign = settings.SMS_SIGNATURE
    return Preview(f"【{sign}】{text}", "", wording_rules.parts(text, sign), len(text))


@dataclass(frozen=True)
class Wording:
    """What a store says for a purpose: its own template, or the declared text."""

    purpose: Purpose
    template: SmsTemplate | None

    @property
    def body(self) -> str:
        return self.template.body if self.template else self.purpose.default_body

    @property
    def initial(self) -> dict[str, str]:
        named = self.template
        return {
            "body": self.body,
            "name": named.name if named else "",
            "external_id": named.external_id if named else "",
        }


def wordings(store: Store | None) -> list[Wording]:
    """Every declared purpose with the store's text for it."""
    own = {row.purpose: row for row in SmsTemplate.objects.active().filter(store=store)}
    return [Wording(purpose, own.get(code)) for code, purpose in sorted(PURPOSES.items())]


def wording_of(purpose: Purpose, store: Store | None) -> Wording:
    rows = SmsTemplate.objects.active().filter(store=store, purpose=purpose.code)
    return Wording(purpose, rows.select_related("updated_by").first())
