"""Questions about customers: who has this number, who is meant by what was typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from dealership.customers import phones, search
from dealership.customers.duplicates import Candidate, in_words
from dealership.customers.facts import known_of
from dealership.customers.kinds import KINDS
from dealership.customers.models import (
    SEES_WHOLE_STORE,
    Consent,
    ContactPerson,
    Customer,
    DuplicatePair,
    Event,
    OwnedCar,
    Phone,
)
from dealership.errors import RuleViolation
from dealership.privacy.masks import mask_phone, show_phone
from dealership.staff.models import Store, User
from dealership.staff.policy import may
from dealership.web.keyset import page_after
from dealership.web.stages import STAGES, Stage

RESULTS = 20
SHOWN: dict[str, Callable[[User], Q]] = {
    "mine": lambda user: Q(owner=user),
    "nobody": lambda user: Q(owner=None),
}


@dataclass(frozen=True)
class Lookup:
    """What a full phone number or plate says at the front desk."""

    customer: Customer | None = None
    number: str = ""
    plate: str = ""
    elsewhere: bool = False
    problem: str = ""


def look_up(user: User, text: str) -> Lookup:
    """
    Find who a full number belongs to, anywhere in the store (SOP-4.6).

    Whoever greets may know the name and the consultant of a number that the guest has just
    said; of a customer of a sister store only that there is one.
    """
    store = user.active_store
    if store is None or not text.strip():
        return Lookup()
    if search.PLATE_NUMBER.fullmatch(plate := search.compact(text[: search.MAX_TYPED])):
        return _look_up_plate(store, plate)
    try:
        number = phones.normalise(text)
    except RuleViolation as refusal:
        return Lookup(problem=str(refusal))
    found = Phone.objects.filter(number=number).select_related("customer__owner")
    by_store = {phone.store_id: phone.customer for phone in found}
    mine = by_store.pop(store.pk, None)
    return Lookup(customer=mine, number=number, elsewhere=bool(by_store) and mine is None)


def _look_up_plate(store: Store, plate: str) -> Lookup:
    cars = OwnedCar.objects.filter(plate=plate).select_related("customer__owner")
    by_store = {car.store_id: car.customer for car in cars}
    mine = by_store.pop(store.pk, None)
    return Lookup(customer=mine, plate=plate, elsewhere=bool(by_store) and mine is None)


def find(user: User, text: str, *, limit: int = RESULTS) -> list[Customer]:
    """
    Customers whom `user` may see, by phone, its last 4 digits or more, name, pinyin or plate.

    Exact hits first, then by name; at most `limit`.
    """
    if user.active_store is None:
        return []
    meant = search.prefixes(text, is_masked=sees_masked(user))
    found = Customer.objects.visible_to(user).found_by(user.active_store, meant)
    rows = list(found.with_people().order_by("-pk")[:limit])
    typed = search.compact(text)
    return sorted(
        rows, key=lambda customer: (search.compact(customer.name) != typed, customer.name_key)
    )


def primary_number(customer: str) -> Subquery:
    """The number of the customer that the field `customer` of a query names; no query per row."""
    phones = Phone.objects.filter(customer=OuterRef(customer), is_primary=True)
    return Subquery(phones.values("number")[:1])


def shown_phone(user: User, customer: Customer, number: str | None) -> dict[str, str]:
    """The number as `user` may see it: `tel` to call for those who call, else masked."""
    if not number:
        return {"tel": "", "phone": ""}
    if may(user, "customers.see_phone", customer):
        return {"tel": number, "phone": show_phone(number)}
    return {"tel": "", "phone": mask_phone(number)}


def sees_masked(user: User) -> bool:
    """Whether there are numbers in the person's lists that they see masked."""
    return user.has_role(*SEES_WHOLE_STORE) and not user.is_manager


def timeline(customer: Customer, *, before: Event | None = None, limit: int = 50) -> list[Event]:
    """The customer's events, latest first; `before` is the last one of the page before."""
    events = Event.objects.filter(customer=customer).select_related("actor").latest_first()
    if before is not None:
        earlier = Q(occurred_at__lt=before.occurred_at)
        events = events.filter(earlier | Q(occurred_at=before.occurred_at, pk__lt=before.pk))
    return list(events[:limit])


def timeline_page(customer: Customer, *, before: int | None, limit: int) -> dict[str, Any]:
    """A page of the customer's events, latest first, and the event that the next page is before."""
    last = Event.objects.filter(customer=customer, pk=before).first() if before else None
    found = timeline(customer, before=last, limit=limit + 1)
    more = found[limit - 1].pk if len(found) > limit else None
    return {"events": found[:limit], "more": more}


@dataclass(frozen=True)
class StageStep:
    """A stage on the customer's path: done, current, missing (passed over) or not yet."""

    stage: Stage
    state: str


def stage_path(customer: Customer) -> list[StageStep]:
    """How far the customer has come, told by the events of each stage."""
    kinds = Event.objects.filter(customer=customer).order_by().values_list("kind", flat=True)
    reached = {KINDS[kind].stage for kind in kinds.distinct() if kind in KINDS}
    order = list(STAGES)
    furthest = max((order.index(code) for code in reached & set(order)), default=-1)
    steps = []
    for place, code in enumerate(order):
        state = "done" if code in reached else "missing"
        if place >= furthest:
            state = "current" if place == furthest else ""
        steps.append(StageStep(STAGES[code], state))
    return steps


def consents(customer: Customer) -> list[dict[str, object]]:
    """Each purpose with whether the customer consents to it now."""
    given = {
        consent.purpose: consent
        for consent in Consent.objects.filter(customer=customer, withdrawn_at=None)
    }
    return [
        {"purpose": purpose, "label": purpose.label, "consent": given.get(purpose)}
        for purpose in Consent.Purpose
    ]


def people_of(user: User, organisation: Customer) -> list[dict[str, Any]]:
    """Who speaks for an organisation, those who decide first, with the number if they have one."""
    people = ContactPerson.objects.filter(organisation=organisation).select_related("person")
    people = people.annotate(number=primary_number("person_id"))
    seen = set(
        Customer.objects.visible_to(user)
        .filter(organisations__organisation=organisation)
        .values_list("pk", flat=True)
    )
    return [
        {
            "contact": contact,
            "url": contact.person.get_absolute_url() if contact.person_id in seen else "",
            **shown_phone(user, organisation, contact.number),
        }
        for contact in people.order_by("-is_decision_maker", "pk")
    ]


def speaks_for(user: User, person: Customer) -> list[ContactPerson]:
    """The organisations that a person speaks for, as far as `user` may see them."""
    seen = Customer.objects.visible_to(user)
    found = ContactPerson.objects.filter(person=person, organisation__in=seen)
    return list(found.select_related("organisation").order_by("pk"))


def listing(user: User, typed: str, *, shown: str, after: str, limit: int) -> dict[str, Any]:
    """One page of customers, newest first, or what the typed text finds; no COUNT."""
    more = ""
    if typed:
        found = find(user, typed, limit=limit)
    else:
        rows = Customer.objects.visible_to(user).select_related("owner").order_by("-pk")
        if shown in SHOWN:
            rows = rows.filter(SHOWN[shown](user))
        if after.isdecimal() and len(after) < 19:
            rows = rows.filter(pk__lt=int(after))
        found = list(rows[: limit + 1])
        if len(found) > limit:
            found = found[:limit]
            more = str(found[-1].pk)
    page = _rows(user, found)
    return {"rows": page, "q": typed, "more": more, "shown": shown, "after": after}


def _rows(user: User, customers: list[Customer]) -> list[dict[str, Any]]:
    """Customers ready for a list: a dict each, which templates read fastest."""
    known = known_of(customers)
    primary = Phone.objects.filter(customer__in=customers, is_primary=True)
    numbers = dict(primary.values_list("customer_id", "number"))
    return [
        {
            "url": customer.get_absolute_url(),
            "name": customer.display_name,
            "is_stopped": not customer.may_be_contacted,
            "owner": customer.owner.name if customer.owner else "",
            "created_at": customer.created_at,
            "level": next((f.value for f in known[customer.pk] if hasattr(f.value, "code")), None),
            **shown_phone(user, customer, numbers.get(customer.pk)),
        }
        for customer in customers
    ]


def heir_of(user: User, pk: int) -> Customer | None:
    """The record in which a merged one lives on, if `user` may see it; merges may have followed."""
    found = Customer.objects.filter(pk=pk, merged_into__isnull=False).first()
    while found is not None and found.merged_into_id is not None:
        found = Customer.objects.filter(pk=found.merged_into_id).first()
    return Customer.objects.visible_to(user).filter(pk=found.pk).first() if found else None


def visible_candidates(user: User, found: list[Candidate]) -> list[Candidate]:
    """Those of the candidates whom `user` may see at all."""
    pks = [one.customer.pk for one in found]
    seen = set(Customer.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    return [one for one in found if one.customer.pk in seen]


def pairs_page(user: User, query: Mapping[str, str], *, size: int) -> dict[str, Any]:
    """One page of likely duplicates, likeliest first, or of those that were told apart."""
    after = query.get("after", "")
    is_decided = query.get("shown") == "different"
    rows = DuplicatePair.objects.visible_to(user).with_people()
    if is_decided:
        rows = rows.filter(state=DuplicatePair.State.DIFFERENT)
        found, more = page_after(rows, "decided_at", after, size=size)
    else:
        found, more = page_after(rows.open(), "score", after, size=size)
    for pair in found:
        pair.words = in_words(pair.reasons)
    return {"rows": found, "more": more, "after": after, "is_decided": is_decided}
