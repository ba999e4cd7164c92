"""Two records of one person become one, and two again if that was wrong (SOP-2.2)."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dealership import clock, names
from dealership.customers.actions.events import note
from dealership.customers.actions.keys import index_customer
from dealership.customers.journal import Journal, take_back
from dealership.customers.merging import RECONCILERS, Joining, move_all, rows_of
from dealership.customers.models import Customer, Merge
from dealership.customers.refusals import stop_all
from dealership.errors import RuleViolation
from dealership.staff.models import User


class Kept:
    """No choice: the surviving record's own fact, or the other's where it has none."""


KEPT: Final = Kept()


@transaction.atomic
def merge_customers(
    keep: Customer,
    other: Customer,
    *,
    name: str = "",
    salutation: str | None = None,
    owner: User | Kept | None = KEPT,
    by: User | None,
    at: datetime | None = None,
) -> Merge:
    """
    Make `keep` the one record of a person: everything of `other` lives on in it.

    Who asked one of them not to be contacted is not contacted at all. What exactly happened
    to which row stands in the merge's journal, so that `undo_merge` can take it back.
    """
    at = at or clock.now()
    for reconciler in RECONCILERS:
        if reconciler.lock:
            reconciler.lock(Joining(keep, other, None, frozenset(), Journal(), by, at))
    keep, other = _locked(keep, other)
    _refuse(keep, other)
    name, salutation, chosen = _choices(keep, other, name, salutation, owner)
    merge = Merge.objects.create(store=keep.store, keep=keep, other=other, at=at, by=by)
    former = frozenset(filter(None, (keep.owner, other.owner)))
    joining = Joining(keep, other, chosen, former, Journal(), by, at)
    journal = joining.journal
    for reconciler in RECONCILERS:
        if reconciler.before:
            reconciler.before(joining)
    journal.change(other, merged_into=keep)
    _unite(joining, name, salutation)
    move_all(joining)
    for reconciler in RECONCILERS:
        if reconciler.after:
            reconciler.after(joining)
    _hold_refusal(joining)
    journal.store(merge)
    keep = _forget_what_was_read(keep)
    for customer in (keep, other):
        index_customer(customer)
    note(
        "customer.merged", store=keep.store, customer=keep, by=by, at=at, subject=merge,
        other=other.display_name, number=other.pk,
    )  # fmt: skip
    return merge


def preview_merge(keep: Customer, other: Customer, **choices: object) -> Merge:
    """
    Do the merge and take it back at once; return it with its journal in `rows_of_preview`.

    What the reader sees is what will happen, refusals included.
    """
    with transaction.atomic():
        merge = merge_customers(keep, other, **choices)  # type: ignore[arg-type]
        merge.preview = list(merge.rows.all())
        transaction.set_rollback(True)
    return merge


def _locked(keep: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Lock both, the older record first whichever is kept: two merges at once queue up."""
    if keep.pk == other.pk:
        raise RuleViolation(_("This is the same record. Choose another one."), code="same")
    pks = sorted((keep.pk, other.pk))
    list(Customer.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    found = Customer.objects.select_related("store", "owner", "merged_into").in_bulk(pks)
    if len(found) < 2:
        raise RuleViolation(_("One of the two records is gone."), code="gone")
    return found[keep.pk], found[other.pk]


def _refuse(keep: Customer, other: Customer) -> None:
    if keep.store_id != other.store_id:
        raise RuleViolation(
            _("The records belong to two stores. Each store keeps its own."), code="stores"
        )
    for customer in (keep, other):
        refuse_merged(customer)
    if keep.kind != other.kind:
        raise RuleViolation(
            _("One is a person, the other an organisation. Make the person a contact of the "
              "organisation instead."),
            code="kind",
        )  # fmt: skip
    if "" not in (keep.identity_digest, other.identity_digest) and (
        keep.identity_digest != other.identity_digest
    ):
        raise RuleViolation(_("Their ID numbers differ: these are two people."), code="identity")


def refuse_merged(customer: Customer) -> None:
    """RuleViolation if the record, read under a lock, lives on in another one."""
    if customer.merged_into is not None:
        raise RuleViolation(
            _("The record of %(customer)s has been merged into that of %(survivor)s already.")
            % {"customer": customer, "survivor": customer.merged_into},
            code="merged",
        )


def _choices(
    keep: Customer, other: Customer, name: str, salutation: str | None, owner: User | Kept | None
) -> tuple[str, str, User | None]:
    """The facts to go on with; each is one of the two records'."""
    named = keep if keep.is_named or not other.is_named else other
    name = name or named.name
    if salutation is None:
        salutation = named.salutation or keep.salutation or other.salutation
    chosen = (keep.owner or other.owner) if isinstance(owner, Kept) else owner
    if name not in (keep.name, other.name):
        raise RuleViolation(_("Choose one of the two names."), field="name")
    if salutation not in ("", keep.salutation, other.salutation):
        raise RuleViolation(_("Choose one of the two salutations."), field="salutation")
    if chosen not in (keep.owner, other.owner):
        raise RuleViolation(_("Choose one of the two consultants."), field="owner")
    return name, salutation, chosen


def _unite(joining: Joining, name: str, salutation: str) -> None:
    """Bring the facts of the record itself together, each a step of its own."""
    keep, other, journal = joining.keep, joining.other, joining.journal
    if name != keep.name:
        journal.change(keep, name=name, name_key=names.sort_key(name))
    if salutation != keep.salutation:
        journal.change(keep, salutation=salutation)
    if joining.owner != keep.owner:
        journal.change(keep, owner=joining.owner)
    if joining.owner is not None:
        journal.say("customers.owner", owner=joining.owner.name)
    if keep.attended_by_id is None and other.attended_by_id is not None:
        journal.change(keep, attended_by=other.attended_by)
    if not keep.identity_digest and other.identity_digest:
        journal.change(keep, identity_digest=other.identity_digest)


def _hold_refusal(joining: Joining) -> None:
    """Who asked under one of the records not to be contacted has asked for all of them."""
    keep, other, journal = joining.keep, joining.other, joining.journal
    if keep.may_be_contacted and other.may_be_contacted:
        return
    journal.say("customers.refused")
    refused = [one for one in (keep, other) if one.do_not_contact_at is not None]
    first = min(refused, key=lambda one: one.do_not_contact_at or joining.at)
    with journal.following(lambda: rows_of(keep)):
        if first != keep:
            journal.change(
                keep,
                do_not_contact_at=first.do_not_contact_at,
                do_not_contact_reason=first.do_not_contact_reason,
            )
        stop_all(keep, by=joining.by, at=joining.at)


def _forget_what_was_read(customer: Customer) -> Customer:
    """Numbers and cars are others now than those that were read before."""
    return Customer.objects.with_people().get(pk=customer.pk)


@transaction.atomic
def undo_merge(merge: Merge, *, by: User | None, at: datetime | None = None) -> Merge:
    """
    Take a merge back within 72 hours: every row becomes what the journal says it was.

    What was entered since stays with the record that was kept.
    """
    at = at or clock.now()
    _locked(merge.keep, merge.other)
    Merge.objects.select_for_update().get(pk=merge.pk)
    merge = Merge.objects.with_people().get(pk=merge.pk)
    keep, other = merge.keep, merge.other
    if merge.undone_at is not None:
        raise RuleViolation(_("This merge has been taken back already."), code="undone")
    if at > merge.undo_until:
        raise RuleViolation(
            _("A merge can be taken back for 72 hours. After that, register the person anew."),
            code="late",
        )
    later = Merge.objects.in_force().filter(pk__gt=merge.pk)
    if built := later.filter(Q(keep=keep) | Q(other=keep)).with_people().last():
        raise RuleViolation(
            _("A later merge builds on this one: take “%(merge)s” back first.") % {"merge": built},
            code="later",
        )
    kept = take_back(merge)
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    keep, other = _forget_what_was_read(keep), _forget_what_was_read(other)
    for customer, another in ((keep, other), (other, keep)):
        index_customer(customer)
        note(
            "customer.merge_undone", store=merge.store, customer=customer, by=by, at=at,
            subject=merge, other=another.display_name,
        )  # fmt: skip
    merge.kept_since = kept
    return merge
