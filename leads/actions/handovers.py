"""
A consultant leaves: everything of theirs changes hands in one transaction (离职交接).

Due times stay: a customer was promised, whoever keeps it. Only the watches of the pool begin
anew, for they measure how long the new consultant lets the customer wait. Who got what is
written down row by row; within 72 hours what has not changed since goes back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from dealership import clock
from dealership.customers.actions import Entries
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify, queue_sms, render
from dealership.messaging.models import Sms
from dealership.sop.actions import cancel, finish, hand_over_many, start
from dealership.sop.models import Deadline
from dealership.sop.notices import in_language_of
from dealership.staff.actions import freeze, thaw
from dealership.staff.models import Store, User
from leads import sop
from leads.actions.ownership import refuse_leaver
from leads.actions.recycling import restart_many
from leads.models import HandOver, HandOverRow, Lead
from leads.selectors.handovers import Estate, Thing, estate_of, spread
from leads.sms import NEW_CONSULTANT

KIND = HandOverRow.Kind
# How many ids go into one statement.
MANY = 500
Moves = dict[User, list[Thing]]


@transaction.atomic
def hand_over_customers(
    leaver: User,
    *,
    store: Store,
    to: list[User],
    how: HandOver.Spread | str = HandOver.Spread.EVEN,
    is_texting: bool = False,
    is_freezing: bool = False,
    by: User,
    at: datetime | None = None,
) -> HandOver:
    """
    Give all customers of a consultant, with their leads and all that is owed, to others.

    A customer with everything goes to one person; what concerns a colleague's customer goes to
    that colleague. Customers are told by SMS half an hour later, if that is wanted.
    """
    at = at or clock.now()
    # The leaver's row stands for all of theirs: two hand-overs of one person at once are one.
    leaver = User.objects.select_for_update(no_key=True).get(pk=leaver.pk)
    _refuse(leaver, store, to, how)
    estate = estate_of(leaver, store)
    if estate.is_empty:
        raise RuleViolation(
            _("%(name)s has no customers and owes nothing.") % {"name": leaver.name}, code="nothing"
        )
    moves = _plan(estate, how, to)
    hand_over = HandOver.objects.create(
        store=store, leaver=leaver, spread=how, is_texting=is_texting, is_freezing=is_freezing,
        at=at, by=by,
    )  # fmt: skip
    _move(moves, leaver=leaver)
    leads = [thing.pk for things in moves.values() for thing in things if thing.kind == KIND.LEAD]
    restart_many(store, Lead.objects.filter(pk__in=leads), at=at)
    _write_down(hand_over, moves)
    _tell_successors(hand_over, moves)
    if is_texting:
        start(sop.TELL_CUSTOMERS, hand_over, store=store, at=at)
    if is_freezing:
        freeze(leaver, by=by)
    return hand_over


def _refuse(leaver: User, store: Store, to: list[User], how: str) -> None:
    if not leaver.memberships.filter(store=store).exists():
        raise RuleViolation(
            _("%(name)s does not work in this store.") % {"name": leaver.name}, code="elsewhere"
        )
    if not to:
        raise RuleViolation(_("Choose who takes the customers over."), field="to")
    if how == HandOver.Spread.ONE and len(to) > 1:
        raise RuleViolation(_("Choose one person, or another way to spread."), field="to")
    if leaver in to:
        raise RuleViolation(_("Nobody hands over to themselves."), field="to")
    for person in to:
        try:
            refuse_leaver(person, store)
        except RuleViolation as refusal:
            raise RuleViolation(refusal.message, code=refusal.code, field="to") from None


def _plan(estate: Estate, how: str, to: list[User]) -> Moves:
    """Who gets which thing; what is nobody's customer goes to the first."""
    follows = spread(estate.wishes, how, to) | estate.others
    moves: Moves = defaultdict(list)
    for thing in estate.things:
        moves[follows.get(thing.customer_id or 0, to[0])].append(thing)
    return moves


def _move(moves: Moves, *, leaver: User) -> None:
    for user, things in moves.items():
        for rows, field in _held(things):
            rows.filter(**{field: leaver}).update(**{field: user})
    deadlines = {
        thing.pk: user
        for user, things in moves.items()
        for thing in things
        if thing.kind == KIND.DEADLINE
    }
    hand_over_many(deadlines, of=leaver)


def _held(things: Iterable[Thing]) -> Iterator[tuple["QuerySet[Any]", str]]:
    """The rows of customers, leads and other rooms in slices, with the field that names whose."""
    tables: dict[str, list[int]] = defaultdict(list)
    names = {KIND.CUSTOMER: "customers.customer", KIND.LEAD: "leads.lead"}
    for thing in things:
        if thing.kind != KIND.DEADLINE:
            tables[names.get(KIND(thing.kind), thing.subject_type)].append(thing.pk)
    for label, ids in tables.items():
        model: Any = apps.get_model(label)
        field = "owner" if label == names[KIND.CUSTOMER] else "consultant"
        for start_at in range(0, len(ids), MANY):
            yield model._default_manager.filter(pk__in=ids[start_at : start_at + MANY]), field


def _write_down(hand_over: HandOver, moves: Moves) -> None:
    """Keep every row that moved, and tell it on each customer's timeline."""
    HandOverRow.objects.bulk_create(
        (
            HandOverRow(
                hand_over=hand_over, kind=thing.kind, subject_type=thing.subject_type,
                subject_id=thing.pk, customer_id=thing.customer_id, to=user,
            )
            for user, things in moves.items()
            for thing in things
        ),
        batch_size=MANY,
    )  # fmt: skip
    _tell_timelines("lead.handed_over", hand_over, moves, by=hand_over.by, at=hand_over.at)


def _tell_timelines(
    kind: str, hand_over: HandOver, moves: Moves, *, by: User, at: datetime
) -> None:
    told = {
        thing.customer_id: user.name
        for user, things in moves.items()
        for thing in things
        if thing.customer_id is not None
    }
    entries = Entries(hand_over.store, by, at)
    for pk, name in told.items():
        entries.add(
            kind, customer_id=pk, subject=HandOver, subject_id=hand_over.pk,
            leaver=hand_over.leaver.name, consultant=name,
        )  # fmt: skip
    entries.write()


def _tell_successors(hand_over: HandOver, moves: Moves) -> None:
    for user, things in moves.items():
        count = len({thing.customer_id for thing in things if thing.customer_id})
        with in_language_of(user):
            text = ngettext(
                "%(count)s customer of %(name)s is yours now.",
                "%(count)s customers of %(name)s are yours now.",
                count,
            ) % {"count": count, "name": hand_over.leaver.name}
        notify(user, store=hand_over.store, kind="lead.handed_over", text=text, at=hand_over.at)


@transaction.atomic
def undo_hand_over(hand_over: HandOver, *, by: User, at: datetime | None = None) -> HandOver:
    """
    Give back what has not changed hands since, within 72 hours; a closed account opens again.

    What was promised meanwhile to the customers who go back goes with them.
    """
    at = at or clock.now()
    hand_over = HandOver.objects.select_for_update(of=("self",)).with_people().get(pk=hand_over.pk)
    if hand_over.undone_at is not None:
        raise RuleViolation(_("This hand-over has been undone already."), code="undone")
    if not hand_over.can_be_undone(at):
        raise RuleViolation(
            _("A hand-over can be undone for 72 hours. Hand the customers over again instead."),
            code="too_late",
        )
    leaver = hand_over.leaver
    if hand_over.is_freezing and not leaver.is_active:
        thaw(leaver, by=by)
    if not leaver.is_active:
        raise RuleViolation(
            _("%(name)s no longer works here. Open the account first.") % {"name": leaver.name},
            code="no_consultant",
        )
    moves: Moves = defaultdict(list)
    for row in hand_over.rows.select_related("to"):
        moves[row.to].append(Thing(row.kind, row.subject_id, row.customer_id, row.subject_type))
    back = _give_back(hand_over, moves)
    _tell_timelines("lead.taken_back", hand_over, back, by=by, at=at)
    hand_over.undone_at, hand_over.undone_by = at, by
    hand_over.save(update_fields=["undone_at", "undone_by"])
    reason = _("The hand-over was undone.")
    cancel(sop.TELL_CUSTOMERS, hand_over, by=by, reason=reason, at=at)
    return hand_over


def _give_back(hand_over: HandOver, moves: Moves) -> Moves:
    """Move back what each person still has; the customers who went back, by whom they were with."""
    leaver, back = hand_over.leaver, defaultdict(list)
    for user, things in moves.items():
        customers = [thing.pk for thing in things if thing.kind == KIND.CUSTOMER]
        still = set(
            Customer.objects.filter(pk__in=customers, owner=user).values_list("pk", flat=True)
        )
        back[user] = [
            thing for thing in things if thing.pk in still and thing.kind == KIND.CUSTOMER
        ]
        for rows, field in _held(things):
            rows.filter(**{field: user}).update(**{field: leaver})
        since = Deadline.objects.open().filter(
            owner=user, customer__in=still, opened_at__gte=hand_over.at
        )
        owed = [thing.pk for thing in things if thing.kind == KIND.DEADLINE]
        hand_over_many(dict.fromkeys([*owed, *since.values_list("pk", flat=True)], leaver), of=user)
    return back


def act_tell_customers(deadline: Deadline, *, at: datetime) -> None:
    """Text every customer who is still with the new consultant; the clock calls this."""
    hand_over = HandOver.objects.with_people().get(pk=deadline.subject_id)
    rows = hand_over.rows.filter(kind=KIND.CUSTOMER).select_related("to", "customer__store")
    for row in rows.prefetch_related("customer__phones"):
        customer = row.customer
        if customer is None or customer.owner_id != row.to_id or not customer.primary_phone:
            continue
        try:
            queue_sms(
                NEW_CONSULTANT, subject=row, customer=customer, phone=customer.primary_phone,
                body=_words(hand_over, row), at=at,
            )  # fmt: skip
        except RuleViolation:
            continue  # they may not be texted: the new consultant tells them
    finish(sop.TELL_CUSTOMERS, hand_over, by=None, at=at)


def _words(hand_over: HandOver, row: HandOverRow) -> str:
    store = hand_over.store
    with override(settings.LANGUAGE_CODE):
        return render(
            NEW_CONSULTANT,
            store,
            customer=str(row.customer),
            leaver=hand_over.leaver.name,
            consultant=row.to.name,
            phone=row.to.phone or store.phone,
            store=store.name,
        )


def reason_against_introduction(sms: Sms) -> str:
    """Why the SMS must not go out any more, asked right before it is sent."""
    row = HandOverRow.objects.filter(pk=sms.subject_id).select_related("hand_over", "customer")
    found = row.first()
    if found is None or found.hand_over.undone_at is not None:
        return _("The hand-over was undone.")
    if found.customer is None or found.customer.owner_id != found.to_id:
        return _("The customer has another consultant by now.")
    return ""
