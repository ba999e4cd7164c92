"""One person's day: what I owe, whom I look after, whom I meant to call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from dealership import clock
from dealership.dashboards.selectors import links
from dealership.dashboards.selectors.presence import presence
from dealership.sop.selectors import Owed, owed_by
from dealership.staff.models import Duty, User
from dealership.staff.roles import Role
from delivery.models import Callback, Delivery
from leads.models import Lead
from showroom.models import Visit

CONTACTS_SHOWN = 30
SOON = timedelta(hours=3)


@dataclass(frozen=True)
class Card:
    """Something owed, with what the person must know of it to do it."""

    owed: Owed
    detail: str = ""
    phone: str = ""
    is_call: bool = False

    @property
    def deadline(self) -> Any:
        return self.owed.deadline

    @property
    def is_late(self) -> bool:
        return self.owed.state == "late"


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
    contacts: list[Lead]
    duty: Duty | None
    on_duty: int
    rostered: int

    @property
    def late(self) -> int:
        return sum(card.is_late for card in self.cards)

    @property
    def in_time(self) -> int:
        return len(self.cards) + len(self.later) - self.late

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
        }

    @property
    def may_check_in(self) -> bool:
        return self.duty is None or self.duty.checked_in_at is None

    @property
    def is_clear(self) -> bool:
        return not (self.cards or self.visits or self.contacts)


def today(user: User, at: datetime | None = None) -> Today:
    """What the person owes and plans today; the number of queries is that of the kinds of rows."""
    at = at or clock.now()
    store = user.active_store
    day = clock.day_of(at, store.tz)
    until = max(clock.end_of_day(day, store.tz), at + SOON)
    cards = _cards(owed_by(user, at))
    duties = list(Duty.objects.on(store, day))
    guests = user if _sees_own_guests(user) else None
    return Today(
        user=user,
        at=at,
        day=day,
        guests_of=guests,
        cards=[card for card in cards if not _is_later(card, until)],
        later=[card for card in cards if _is_later(card, until)],
        visits=presence(store, consultant=guests).visits,
        contacts=_contacts(user, day),
        duty=next((duty for duty in duties if duty.user_id == user.pk), None),
        on_duty=sum(duty.checked_in_at is not None for duty in duties),
        rostered=len(duties),
    )


def _sees_own_guests(user: User) -> bool:
    """Consultants look after their own guests; the reception and managers after all."""
    return user.has_role(Role.CONSULTANT) and not user.has_role(Role.RECEPTIONIST)


def _is_later(card: Card, until: datetime) -> bool:
    """Can't be done yet, or is due on another day and not within the next hours."""
    return card.owed.state == "future" or card.deadline.due_at > until


def _contacts(user: User, day: date) -> list[Lead]:
    """Leads whose next contact was planned for today or before."""
    mine = Lead.objects.open().filter(
        consultant=user, store=user.active_store, next_contact_on__lte=day
    )
    return list(mine.with_people().order_by("next_contact_on", "pk")[:CONTACTS_SHOWN])


def _cards(owed: list[Owed]) -> list[Card]:
    """Lay what each promise is about beside it: one query for each kind of subject."""
    subjects: dict[tuple[str, int], models.Model] = {}
    for model, rows in _KNOWN.items():
        wanted = _ids(owed, model)
        if wanted:
            found = rows().filter(pk__in=wanted)
            subjects |= {(model._meta.label_lower, row.pk): row for row in found}
    return [
        _card(one, subjects.get((one.deadline.subject_type, one.deadline.subject_id)))
        for one in owed
    ]


_KNOWN: dict[type[models.Model], Any] = {
    Visit: lambda: Visit.objects.with_people().prefetch_related("customer__phones"),
    Delivery: lambda: Delivery.objects.with_people(),
    Callback: lambda: Callback.objects.with_people(),
}


def _ids(owed: Iterable[Owed], model: type[models.Model]) -> list[int]:
    label = model._meta.label_lower
    return [one.deadline.subject_id for one in owed if one.deadline.subject_type == label]


def _card(owed: Owed, subject: models.Model | None) -> Card:
    if isinstance(subject, Visit):
        customer = subject.customer
        phone = customer.primary_phone if customer else ""
        return Card(owed, about_visit(subject), phone, is_call=bool(owed.deadline.problem))
    is_call = isinstance(subject, Callback)
    delivery = subject.delivery if isinstance(subject, Callback) else subject
    if isinstance(delivery, Delivery):
        return Card(owed, delivery.order.car, delivery.customer.primary_phone, is_call=is_call)
    return Card(owed)


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
