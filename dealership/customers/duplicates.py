"""
Who may be kept twice: candidates by phone, VIN, ID number and name, ranked, with their reasons.

A number or a plate belongs to one customer of a store, so whoever is kept twice has two numbers,
or one that was mistyped. Everything is found through indexes: a name that is too common to ask
for tells nothing by itself.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from dealership import names
from dealership.customers import phones, search
from dealership.customers.models import Customer, DuplicatePair, OwnedCar, Phone, SearchKey
from dealership.errors import RuleViolation
from dealership.staff.models import Store

# A pair of less likeness is not worth anybody's time.
LIKELY = 45
# More namesakes than this in a store, and the name is no sign any more.
COMMON = 40
SAME_DAYS = timedelta(days=3)
# How many values go into one question to the database.
ASKED = 5000
MOBILE = "+861"


@dataclass(frozen=True)
class Sign:
    """Something that speaks for two records being one person; `read` tells it, else this module."""

    code: str
    label: str | Promise
    weight: int
    read: str = ""


SIGNS: dict[str, Sign] = {}


def declare_sign(sign: Sign) -> None:
    """Declare a sign by the dotted path of `read(customer ids) -> {id: value}`: equal is alike."""
    SIGNS[sign.code] = sign


for _sign in (
    Sign("phone", _("same phone"), 100),
    Sign("identity", _("same ID number"), 100),
    Sign("plate", _("same plate"), 90),
    Sign("vin", _("same VIN"), 80),
    Sign("near_phone", _("phones that differ by one digit"), 40),
    Sign("name", _("same name"), 30),
    Sign("sound", _("names that sound alike"), 20),
    Sign("surname", _("same surname"), 10),
    Sign("days", _("registered within three days"), 15),
    Sign("owner", _("same consultant"), 10),
    Sign("salutation", _("same salutation"), 5),
):
    declare_sign(_sign)
# Mr and Ms Wang with one surname and near numbers are a couple.
OTHER_SALUTATION = -20
# These alone make two records worth comparing.
STRONG = {"phone", "identity", "plate", "vin", "near_phone"}


@dataclass
class Facts:
    """What is compared of a record."""

    pk: int
    kind: str
    name: str
    salutation: str
    owner: int | None
    created_at: datetime
    numbers: list[str] = field(default_factory=list)
    vins: set[str] = field(default_factory=set)
    told: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sound = names.pinyin(self.name)
        self.is_short = names.is_surname(self.name)

    @property
    def surname(self) -> str:
        length = 2 if self.name[:2] in names.DOUBLE_SURNAMES else 1
        return names.pinyin(self.name[:length])


@dataclass(frozen=True)
class Pair:
    """Two records by their ids, the earlier first."""

    first: int
    second: int
    score: int
    reasons: list[str]


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the one in question."""

    customer: Customer
    score: int
    reasons: list[str]

    @property
    def words(self) -> list[str]:
        return in_words(self.reasons)


def in_words(reasons: Iterable[str]) -> list[str]:
    return [str(SIGNS[code].label) for code in reasons if code in SIGNS]


def candidates(customer: Customer, *, limit: int = 5) -> list[Candidate]:
    """Who may be the same person as `customer`, likeliest first; not who was said to differ."""
    pairs = find_pairs(customer.store, [customer.pk])
    decided = DuplicatePair.objects.filter(state=DuplicatePair.State.DIFFERENT)
    told_apart = {
        one
        for pair in (decided.filter(first=customer) | decided.filter(second=customer))
        for one in (pair.first_id, pair.second_id)
    }
    found = {
        (pair.second if pair.first == customer.pk else pair.first): (pair.score, pair.reasons)
        for pair in pairs
    }
    return _ranked({pk: value for pk, value in found.items() if pk not in told_apart}, limit)


def candidates_for(
    store: Store,
    *,
    phone: str = "",
    name: str = "",
    plate: str = "",
    identity_digest: str = "",
    limit: int = 5,
) -> list[Candidate]:
    """Who of the store somebody may be of whom no more is known than what was typed so far."""
    found: dict[int, list[str]] = {}
    if identity_digest:
        known = Customer.objects.filter(
            store=store, identity_digest=identity_digest, merged_into=None
        )
        _add(found, "identity", known.values_list("pk", flat=True))
    if plate:
        cars = OwnedCar.objects.filter(store=store, plate=search.compact(plate))
        _add(found, "plate", cars.values_list("customer", flat=True))
    sounds = {names.pinyin(name.strip())} - {""}
    if (number := _number(phone)) is not None:
        held = dict(_holders(store, [number, *near_numbers(number)]))
        near = set(held.values()) - {held.get(number)}
        if number in held:
            _add(found, "phone", [held[number]])
        like = Customer.objects.filter(pk__in=near).only("name", "kind", "created_at")
        _add(found, "near_phone", [one.pk for one in like if names.pinyin(one.name) in sounds])
    for _sound, pk in _namesakes(store, sounds):
        _add(found, "sound", [pk])
    scored = {
        pk: (sum(SIGNS[code].weight for code in reasons), reasons) for pk, reasons in found.items()
    }
    return _ranked(scored, limit)


def _add(found: dict[int, list[str]], reason: str, pks: Iterable[int]) -> None:
    for pk in pks:
        found.setdefault(pk, []).append(reason)


def _number(text: str) -> str | None:
    try:
        return phones.normalise(text) if text.strip() else None
    except RuleViolation:
        return None


def _ranked(found: Mapping[int, tuple[int, list[str]]], limit: int) -> list[Candidate]:
    best = sorted(found, key=lambda pk: (-found[pk][0], pk))[:limit]
    rows = Customer.objects.filter(merged_into=None).with_people().in_bulk(best)
    return [Candidate(rows[pk], *found[pk]) for pk in best if pk in rows]


def _slices(values: Iterable[Any]) -> Iterator[list[Any]]:
    """As many values at a time as one question may name."""
    left = iter(values)
    while some := list(islice(left, ASKED)):
        yield some


def find_pairs(store: Store, pks: Collection[int], *, only_earlier: bool = False) -> list[Pair]:
    """
    Likely pairs of the records `pks` with any of the store, in a fixed number of questions.

    With `only_earlier` a pair belongs to its later record: a walk over all finds it once.
    """
    mine = _facts(store, pks)
    found = [*_alike(store, mine), *_same_car(store, mine)]
    if only_earlier:
        found = [(one, another) for one, another in found if another < one]
    # Of two near numbers the greater one asks for the smaller.
    found += _near(store, mine, only_smaller=only_earlier)
    meets = {(min(pair), max(pair)) for pair in found if pair[0] != pair[1]}
    known = mine | _facts(store, {pk for pair in meets for pk in pair} - mine.keys())
    meets = {pair for pair in meets if known.keys() >= set(pair)}
    _tell(known, {pk for pair in meets for pk in pair})
    pairs = (_compared(known[first], known[second]) for first, second in meets)
    return sorted(filter(None, pairs), key=lambda pair: (-pair.score, pair.first, pair.second))


def _facts(store: Store, pks: Collection[int]) -> dict[int, Facts]:
    """What is compared of the records, without those that live on in others."""
    found: dict[int, Facts] = {}
    for some in _slices(sorted(pks)):
        rows = Customer.objects.filter(store=store, pk__in=some, merged_into=None)
        for values in rows.values_list("pk", "kind", "name", "salutation", "owner", "created_at"):
            found[values[0]] = Facts(*values)
        numbers = Phone.objects.filter(customer__in=some)
        for pk, number in numbers.values_list("customer", "number"):
            if pk in found:
                found[pk].numbers.append(number)
        cars = OwnedCar.objects.filter(customer__in=some).exclude(vin="")
        for pk, vin in cars.values_list("customer", "vin"):
            if pk in found:
                found[pk].vins.add(vin)
    return found


def near_numbers(number: str) -> set[str]:
    """Every number that a slip makes of this one: one digit wrong, or two neighbours swapped."""
    start = len(MOBILE) if number.startswith(MOBILE) else len(MOBILE) - 1
    found = set()
    for place in range(start, len(number)):
        found |= {f"{number[:place]}{digit}{number[place + 1 :]}" for digit in "0123456789"}
        if place + 1 < len(number):
            swapped = number[place + 1] + number[place]
            found.add(number[:place] + swapped + number[place + 2 :])
    return found - {number}


def _holders(store: Store, numbers: Iterable[str]) -> Iterator[tuple[str, int]]:
    for some in _slices(numbers):
        rows = Phone.objects.filter(store=store, number__in=some)
        yield from rows.values_list("number", "customer")


def _near(
    store: Store, mine: Mapping[int, Facts], *, only_smaller: bool
) -> Iterator[tuple[int, int]]:
    slips: dict[str, list[int]] = {}
    for facts in mine.values():
        for number in facts.numbers:
            for slip in near_numbers(number):
                if slip < number or not only_smaller:
                    slips.setdefault(slip, []).append(facts.pk)
    for number, holder in _holders(store, slips):
        for pk in slips[number]:
            yield pk, holder


def _alike(store: Store, mine: Mapping[int, Facts]) -> Iterator[tuple[int, int]]:
    """Namesakes by their pinyin, where the name is rare enough to mean something."""
    called: dict[str, list[int]] = {}
    for facts in mine.values():
        if facts.sound and not facts.is_short:
            called.setdefault(facts.sound, []).append(facts.pk)
    for sound, holder in _namesakes(store, called):
        for pk in called[sound]:
            yield pk, holder


def _namesakes(store: Store, sounds: Iterable[str]) -> Iterator[tuple[str, int]]:
    keys = {f"{search.LATIN}{sound}"[: search.MAX_KEY]: sound for sound in sounds}
    for some in _slices(keys):
        rows = SearchKey.objects.filter(store=store, key__in=some)
        counted = rows.values("key").annotate(people=Count("pk")).order_by()
        rare = [row["key"] for row in counted if row["people"] <= COMMON]
        held = SearchKey.objects.filter(store=store, key__in=rare) if rare else rows.none()
        for key, pk in held.values_list("key", "customer"):
            yield keys[key], pk


def _same_car(store: Store, mine: Mapping[int, Facts]) -> Iterator[tuple[int, int]]:
    driven = {vin: facts.pk for facts in mine.values() for vin in facts.vins}
    for some in _slices(driven):
        cars = OwnedCar.objects.filter(store=store, vin__in=some)
        for vin, pk in cars.values_list("vin", "customer"):
            yield driven[vin], pk


def _tell(known: Mapping[int, Facts], pks: Collection[int]) -> None:
    """Add what later rooms know: one question for each sign of theirs."""
    for sign in SIGNS.values():
        for some in _slices(sorted(pks)) if sign.read else ():
            read: Callable[[list[int]], Mapping[int, Any]] = import_string(sign.read)
            for pk, value in read(list(some)).items():
                known[pk].told[sign.code] = value


def _compared(one: Facts, another: Facts) -> Pair | None:
    """The pair with its likeness, or None if it is none."""
    if one.kind != another.kind:
        return None
    reasons = []
    if one.vins & another.vins:
        reasons.append("vin")
    if _are_near(one.numbers, another.numbers):
        reasons.append("near_phone")
    likeness = _names_alike(one, another)
    if likeness == "" and "vin" not in reasons:
        return None
    if likeness == "surname" and not reasons:
        return None
    reasons += [likeness] if likeness else []
    if abs(one.created_at - another.created_at) <= SAME_DAYS:
        reasons.append("days")
    if one.owner is not None and one.owner == another.owner:
        reasons.append("owner")
    if one.salutation and one.salutation == another.salutation:
        reasons.append("salutation")
    for code, value in one.told.items():
        if value is not None and another.told.get(code) == value:
            reasons.append(code)
    score = sum(SIGNS[code].weight for code in reasons)
    if one.salutation and another.salutation and one.salutation != another.salutation:
        score += OTHER_SALUTATION
    return Pair(one.pk, another.pk, score, reasons) if score >= LIKELY else None


def _are_near(mine: list[str], theirs: list[str]) -> bool:
    return any(_is_slip(number, other) for number in mine for other in theirs)


def _is_slip(number: str, other: str) -> bool:
    """The same as `other in near_numbers(number)`, for a number that is there to look at."""
    if len(number) != len(other):
        return False
    places = [place for place in range(len(number)) if number[place] != other[place]]
    if len(places) == 2:
        first, second = places
        is_swap = second == first + 1 and number[first] == other[second]
        return is_swap and number[second] == other[first]
    return len(places) == 1


def _names_alike(one: Facts, another: Facts) -> str:
    if one.is_short or another.is_short:
        return "surname" if one.surname == another.surname else ""
    if one.name == another.name:
        return "name"
    return "sound" if one.sound and one.sound == another.sound else ""
