"""What becomes of the rows of this room of which one person has but one."""

from itertools import chain

from django.utils.translation import gettext_lazy as _

from dealership.customers.merging import (
    Joining,
    declare_reconciler,
    declare_sentence,
    pointing_to,
)
from dealership.customers.models import Consent, ContactPerson, DuplicatePair, OwnedCar, Phone

declare_sentence("customers.owner", _("%(owner)s looks after the customer."))
declare_sentence("customers.refused", _("Nobody contacts the customer: they asked for it."))
declare_sentence(
    "customers.withdrawn", _("A consent that was withdrawn under one record stays withdrawn.")
)
declare_sentence("customers.same_car", _("%(car)s stood in both records and stands in one now."))


def keep_one_primary_phone(joining: Joining) -> None:
    """Every number stays; the surviving record's own is the first to be called."""
    primary = Phone.objects.filter(is_primary=True)
    if primary.filter(customer=joining.keep).exists():
        for phone in primary.filter(customer=joining.other):
            joining.journal.change(phone, is_primary=False)


def weigh_consents(joining: Joining) -> None:
    """
    Let a withdrawal win over a consent under the other record (PIPL art. 15).

    Of two consents to the same thing the earlier stays; the journal keeps the other.
    """
    for purpose in Consent.Purpose:
        found = Consent.objects.filter(purpose=purpose).order_by("granted_at", "pk")
        sides = [list(found.filter(customer=pk)) for pk in joining.both]
        given = [[one for one in side if one.withdrawn_at is None] for side in sides]
        in_force = sorted(chain(*given), key=lambda one: (one.granted_at, one.pk))
        if any(side and not open_ones for side, open_ones in zip(sides, given, strict=True)):
            for consent in in_force:
                ended = max(joining.at, consent.granted_at)
                joining.journal.change(consent, withdrawn_at=ended)
                joining.journal.say("customers.withdrawn")
        else:
            for consent in in_force[1:]:
                joining.journal.remove(consent)


def unite_contacts(joining: Joining) -> None:
    """Who speaks for an organisation under both records speaks for it once."""
    for column, partner in (("person", "organisation"), ("organisation", "person")):
        found = {
            pk: {
                getattr(row, f"{partner}_id"): row
                for row in ContactPerson.objects.filter(**{column: pk})
            }
            for pk in joining.both
        }
        mine, theirs = found[joining.keep.pk], found[joining.other.pk]
        for shared in sorted(mine.keys() & theirs.keys()):
            ours, double = mine[shared], theirs[shared]
            joining.journal.remove(double)
            joining.journal.change(
                ours,
                job=ours.job or double.job,
                is_decision_maker=ours.is_decision_maker or double.is_decision_maker,
            )


def unite_cars(joining: Joining) -> None:
    """One car by its VIN stands in the record once, with all that was known of it."""
    cars = OwnedCar.objects.exclude(vin="").order_by("pk")
    mine = {car.vin: car for car in cars.filter(customer=joining.keep)}
    for double in cars.filter(customer=joining.other):
        if (car := mine.get(double.vin)) is None:
            continue
        for model, column in pointing_to(OwnedCar):
            joining.journal.move(model, column, double.pk, car.pk)
        joining.journal.remove(double)
        joining.journal.change(
            car,
            plate=car.plate or double.plate,
            series_text=car.series_text or double.series_text,
            bought_on=car.bought_on or double.bought_on,
        )
        joining.journal.say("customers.same_car", car=str(car))


def settle_pairs(joining: Joining) -> None:
    """The likeness is decided; who is not the one is not the other either."""
    keep, other, journal = joining.keep, joining.other, joining.journal
    decided = {"decided_at": joining.at, "decided_by": joining.by}
    for pair in DuplicatePair.objects.of(keep, other):
        journal.change(pair, state=DuplicatePair.State.MERGED, **decided)
    different = DuplicatePair.objects.filter(state=DuplicatePair.State.DIFFERENT)
    for pair in different.filter(first=other) | different.filter(second=other):
        stranger = pair.second_id if pair.first_id == other.pk else pair.first_id
        first, second = sorted((keep.pk, stranger))
        if not DuplicatePair.objects.filter(first=first, second=second).exists():
            journal.add(
                DuplicatePair.objects.create(
                    store_id=pair.store_id, first_id=first, second_id=second, score=pair.score,
                    reasons=pair.reasons, state=pair.state, seen_at=pair.seen_at,
                    decided_at=pair.decided_at, decided_by=pair.decided_by, reason=pair.reason,
                )
            )  # fmt: skip


for part in (keep_one_primary_phone, weigh_consents, unite_contacts, unite_cars, settle_pairs):
    declare_reconciler(before=part)
