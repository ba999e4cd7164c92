"""Two records side by side, what a merge will do, and what one has done, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dealership.customers.facts import known_of
from dealership.customers.journal import summary
from dealership.customers.merging import COMPARED, sentence
from dealership.customers.models import Consent, Customer, Merge, MergedRow
from dealership.customers.selectors import shown_phone
from dealership.staff.models import User


@dataclass(frozen=True)
class Line:
    """One fact of both records."""

    label: str
    keep: Any
    other: Any

    @property
    def differs(self) -> bool:
        return str(self.keep) != str(self.other)


def side_by_side(user: User, keep: Customer, other: Customer) -> list[Line]:
    """What somebody has to see of two records before they become one."""
    pair = (keep, other)
    consents = _consents(pair)
    lines = [
        Line(_("Name"), keep.name, other.name),
        Line(_("Salutation"), *(one.get_salutation_display() for one in pair)),
        Line(_("Phone"), *(_numbers(user, one) for one in pair)),
        Line(_("Cars"), *(", ".join(map(str, one.cars.all())) for one in pair)),
        Line(_("Consultant"), *(one.owner.name if one.owner else "" for one in pair)),
        Line(
            _("Registered"),
            *(f"{one.created_at.astimezone(one.store.tz):%Y-%m-%d}" for one in pair),
        ),
        Line(_("Consent"), *(consents[one.pk] for one in pair)),
        Line(_("Messages"), *(_refusal(one) for one in pair)),
    ]
    known = known_of(pair)
    told = {one.pk: {str(fact.label): fact.value for fact in known[one.pk]} for one in pair}
    labels = dict.fromkeys(name for facts in told.values() for name in facts)
    lines += [Line(name, *(told[one.pk].get(name, "") for one in pair)) for name in labels]
    for compared in COMPARED:
        read = import_string(compared.read)([keep.pk, other.pk])
        lines.append(Line(str(compared.label), *(read.get(one.pk, "") for one in pair)))
    return [line for line in lines if line.keep or line.other]


def _numbers(user: User, customer: Customer) -> str:
    numbers = sorted(customer.phones.all(), key=lambda phone: (not phone.is_primary, phone.pk))
    return ", ".join(shown_phone(user, customer, phone.number)["phone"] for phone in numbers)


def _refusal(customer: Customer) -> str:
    return "" if customer.may_be_contacted else _("Asked not to be contacted")


def _consents(pair: Iterable[Customer]) -> dict[int, str]:
    found: dict[int, dict[str, str]] = {customer.pk: {} for customer in pair}
    for consent in Consent.objects.filter(customer__in=found).order_by("granted_at", "pk"):
        words = consent.get_purpose_display()
        if consent.withdrawn_at is not None:
            words = _("%(purpose)s: withdrawn") % {"purpose": words}
        found[consent.customer_id][consent.purpose] = str(words)
    return {pk: ", ".join(words.values()) for pk, words in found.items()}


def story_of(merge: Merge, rows: list[MergedRow]) -> dict[str, Any]:
    """What a merge decided and moved."""
    return {
        "said": [sentence(code, data) for code, data in merge.said],
        "moved": summary(rows),
    }
