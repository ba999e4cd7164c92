"""One person's day: what I owe, whom I look after, whom I call, who comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from dealership import clock
from dealership.customers.models import Customer
from dealership.customers.selectors import primary_number, shown_phone
from dealership.dashboards.selectors import links
from dealership.dashboards.selectors.presence import presence
from dealership.sop.models import Deadline
from dealership.sop.selectors import OWED_SHOWN, Owed, as_owed
from dealership.sop.steps import STEPS
from dealership.staff.models import Duty, User
from dealership.staff.roles import Role
from delivery.models import Callback, Delivery
from leads import sop as leads
from leads.models import Appointment, IntentLevel, Lead
from leads.selectors import recalled
from showroom.models import Visit

SOON = timedelta(hours=3)
SAID = 40


@dataclass(frozen=True)
class Card:
    """Something owed, with what the person must know of it to do it."""

    owed: Owed
    detail: str = ""
    phone: str = ""
    is_call: bool = False
    lead: Any = None
    appointment: Appointment | None = None

    @property
    def deadline(self) -> Deadline:
        return self.owed.deadline

    @property
    def is_late(self) -> bool:
        return self.owed.state == "late"

    @property
    def is_visit(self) -> bool:
        """A guest who is expected: it needs no doing, the visit register ticks it off."""
        return self.deadline.step == leads.APPOINTMENT.code

    @property
    def may_be_missed(self) -> bool:
        """A call that nobody may answer: noted with one tap."""
        return self.deadline.step in (leads.FIRST_CONTACT.code, leads.FOLLOW_UP.code)

    @property
    def is_follow_up(self) -> bool:
        """A call of the day, one of many: a line, unless it is late."""
        return self.deadline.step == leads.FOLLOW_UP.code and not self.is_late


@dataclass(frozen=True)
class Calls:
    """Follow-ups of one level due by the same day, folded into a line (“H ×2”)."""

    level: IntentLevel
    cards: list[Card]

    @property
    def url(self) -> str:
        return f"{reverse('leads:follow-up-list')}?line=tomorrow&level={self.level.code}"


@dataclass(frozen=True)
class Today:
    """Everything on the page, ready to be shown."""

    user: User
    at: datetime
    day: date
    guests_of: User | None
    cards: list[Card]
    later: list[Card]
    visits: list[Visit]
    expected: list[Card]
    calls: list[Card]
    tomorrow: list[Calls]
    further: int
    duty: Duty | None
    on_duty: int
    rostered: int

    @property
    def late(self) -> int:
        return sum(card.is_late for card in self.cards)

    @property
    def in_time(self) -> int:
        folded = sum(len(group.cards) for group in self.tomorrow)
        lines = len(self.later) + len(self.expected) + len(self.calls) + folded
        return len(self.cards) + lines + self.further - self.late

    @property
    def urls(self) -> dict[str, str]:
        """Where the rows of each figure stand."""
        only = {"owner": self.user.pk} if self.user.is_manager else {}
        mine = {"consultant": self.guests_of.pk} if self.guests_of else {}
        return {
            "here": links.register(state="here", **mine),
            "in_time": links.deadlines(state="in_time", **only),
            "late": links.deadlines(state="overdue", **only),
            "roster": links.link("staff:roster"),
            "calls": links.link("leads:follow-up-list"),
            "expected": links.link("leads:appointment-list"),
        }

    @property
    def may_check_in(self) -> bool:
        return self.duty is None or self.duty.checked_in_at is None

    @property
    def is_clear(self) -> bool:
        return not (self.cards or self.visits or self.calls or self.expected)


def today(user: User, at: datetime | None = None) -> Today:
    """What the person owes and plans today; the number of queries is that of the kinds of rows."""
    at = at or clock.now()
    store = user.active_store
    day = clock.day_of(at, store.tz)
    midnight = clock.end_of_day(day, store.tz)
    tomorrow = clock.end_of_day(day + timedelta(days=1), store.tz)
    mine = Deadline.objects.open().owned_by(user)
    cards = _cards(user, _owed(mine.exclude(_beyond(tomorrow)), at))
    rest = [card for card in cards if not (card.is_visit or card.is_follow_up)]
    calls = sorted((card for card in cards if card.is_follow_up), key=_warmest)
    until = max(midnight, at + SOON)
    duties = list(Duty.objects.on(store, day))
    guests = user if _sees_own_guests(user) else None
    return Today(
        user=user,
        at=at,
        day=day,
        guests_of=guests,
        cards=[card for card in rest if not _is_later(card, until)],
        later=[card for card in rest if _is_later(card, until)],
        visits=presence(store, consultant=guests).visits,
        expected=sorted((card for card in cards if card.is_visit), key=_starts_at),
        calls=[card for card in calls if card.deadline.due_at <= midnight],
        tomorrow=_folded(card for card in calls if card.deadline.due_at > midnight),
        further=mine.filter(_beyond(tomorrow)).count(),
        duty=next((duty for duty in duties if duty.user_id == user.pk), None),
        on_duty=sum(duty.checked_in_at is not None for duty in duties),
        rostered=len(duties),
    )


def _beyond(end: datetime) -> models.Q:
    """Agreed for a day after tomorrow: not today's business, however many they are."""
    dated = [code for code, step in STEPS.items() if step.is_dated]
    return models.Q(step__in=dated, due_at__gt=end)


def _owed(rows: Any, at: datetime) -> list[Owed]:
    """Late first, then by due time, what can't be done yet last."""
    found = rows.with_people().order_by("due_at", "pk")[:OWED_SHOWN]
    return sorted((as_owed(row, at) for row in found), key=lambda one: one.state == "future")


def _warmest(card: Card) -> tuple[datetime, int]:
    return card.deadline.due_at, card.lead.level.order if card.lead else 0


def _starts_at(card: Card) -> datetime:
    return card.appointment.starts_at if card.appointment else card.deadline.due_at


def _folded(cards: Iterable[Card]) -> list[Calls]:
    known = sorted((card for card in cards if card.lead), key=lambda card: card.lead.level.order)
    return [
        Calls(level, list(group)) for level, group in groupby(known, lambda card: card.lead.level)
    ]


def _sees_own_guests(user: User) -> bool:
    """Consultants look after their own guests; the reception and managers after all."""
    return user.has_role(Role.CONSULTANT) and not user.has_role(Role.RECEPTIONIST)


def _is_later(card: Card, until: datetime) -> bool:
    """
    Can't be done yet, or is due on another day and not within the next hours.

    Somebody new is called as soon as possible, whenever the 24 hours end.
    """
    if card.deadline.step == leads.FIRST_CONTACT.code:
        return False
    return card.owed.state == "future" or card.deadline.due_at > until


def _cards(user: User, owed: list[Owed]) -> list[Card]:
    """Lay what each promise is about beside it: one query for each kind of subject."""
    subjects: dict[tuple[str, int], models.Model] = {}
    for model, rows in _KNOWN.items():
        wanted = _ids(owed, model)
        if wanted:
            found = rows().filter(pk__in=wanted)
            subjects |= {(model._meta.label_lower, row.pk): row for row in found}
    return [
        _card(user, one, subjects.get((one.deadline.subject_type, one.deadline.subject_id)))
        for one in owed
    ]


def _called(rows: Any) -> Any:
    """With the number to call, in the same query."""
    return rows.annotate(number=primary_number("customer_id"))


_KNOWN: dict[type[models.Model], Any] = {
    Visit: lambda: Visit.objects.with_people().prefetch_related("customer__phones"),
    Delivery: lambda: Delivery.objects.with_people(),
    Callback: lambda: Callback.objects.with_people(),
    Lead: lambda: _called(recalled(Lead.objects.select_related("customer", "level", "series"))),
    Appointment: lambda: _called(
        Appointment.objects.select_related("store", "customer", "lead__level", "lead__series")
    ),
}


def _ids(owed: Iterable[Owed], model: type[models.Model]) -> list[int]:
    label = model._meta.label_lower
    return [one.deadline.subject_id for one in owed if one.deadline.subject_type == label]


def _card(user: User, owed: Owed, subject: Any) -> Card:
    if isinstance(subject, Visit):
        tel = _tel(user, subject.customer)
        return Card(owed, about_visit(subject), tel, is_call=bool(owed.deadline.problem))
    if isinstance(subject, Lead):
        tel = _tel(user, subject.customer, subject.number)  # type: ignore[attr-defined]
        return Card(owed, about_lead(subject), tel, is_call=True, lead=subject)
    if isinstance(subject, Appointment):
        tel = _tel(user, subject.customer, subject.number)  # type: ignore[attr-defined]
        detail = about_appointment(subject)
        return Card(owed, detail, tel, is_call=True, lead=subject.lead, appointment=subject)
    is_call = isinstance(subject, Callback)
    delivery = subject.delivery if isinstance(subject, Callback) else subject
    if isinstance(delivery, Delivery):
        return Card(owed, delivery.order.car, _tel(user, delivery.customer), is_call=is_call)
    return Card(owed)


def _tel(user: User, customer: Customer | None, number: str | None = None) -> str:
    """The number, for whoever may call it."""
    if customer is None:
        return ""
    if not customer.may_be_contacted:
        return ""
    return shown_phone(user, customer, number or customer.primary_phone)["tel"]


def about_lead(lead: Any) -> str:
    """Whom one calls, in a few words: the car, and what they said last."""
    said = lead.said or ""
    said = f"“{said[:SAID]}…”" if len(said) > SAID else f"“{said}”" if said else ""
    return " · ".join(word for word in (str(lead.series or ""), said) if word)


def about_appointment(appointment: Appointment) -> str:
    words = [
        f"{appointment.local:%m-%d %H:%M}",
        appointment.get_purpose_display(),
        str(appointment.lead.series or ""),
    ]
    return " · ".join(word for word in words if word)


def about_visit(visit: Visit) -> str:
    """The party in a few words: 王先生 is on the card already, so car, size, first or again."""
    words = [
        "" if visit.customer else visit.display_name,
        str(visit.series or ""),
        ngettext("%(count)s person", "%(count)s people", visit.party_size)
        % {"count": visit.party_size},
    ]
    if visit.is_first is not None:
        words.append(_("First visit") if visit.is_first else pgettext("visit", "Again"))
    return " · ".join(word for word in words if word)
