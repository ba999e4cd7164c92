"""SOP-2.2: each lead gets a consultant by the store's rules; every decision is kept."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealership import clock
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify, notify_roles
from dealership.sop.actions import start
from dealership.sop.models import Deadline
from dealership.sop.notices import in_language_of
from dealership.staff.models import User
from dealership.staff.roles import Role
from leads import sop
from leads.actions.leads import locked
from leads.actions.ownership import assign_lead, refuse_leaver
from leads.models import Assignment, Lead, RotationPlace
from leads.selectors.ownership import Weighed, facts_of, weigh

# So often somebody else may be quicker; more means that everybody gives leads out at once.
TRIES = 50


class TurnTaken(Exception):
    """Somebody else was given this turn a moment ago."""


@transaction.atomic
def choose_consultant(lead: Lead, *, at: datetime) -> User | None:
    """
    Take the next turn for a lead by the store's rules, and keep the decision (SOP-2.2).

    Whoever calls this assigns the lead. With nobody available it stays unassigned: the managers
    are told, and the sales manager owes it within the hour.
    """
    weighed = weigh(facts_of(lead), at=at)
    for _try in range(TRIES):
        if weighed.consultant is None or _take_turn(weighed, weighed.consultant):
            break
        weighed = weigh(facts_of(lead), at=at)
    Assignment.objects.create(
        lead=lead,
        how=Assignment.How.RULE,
        rule=weighed.rule,
        consultant=weighed.consultant,
        by=None,
        at=at,
        skipped=weighed.skipped,
    )
    if weighed.consultant is None:
        owe_assignment(lead, at=at)
    return weighed.consultant


def _take_turn(weighed: Weighed, user: User) -> bool:
    """
    Move the person to the end of the rotation; False if somebody else has just given this turn.

    The condition is the place that was seen: PostgreSQL lets the second of two wait for the
    first and then finds no row. It has locked the row all the same; going back to the savepoint
    lets it go, or two who both look on would wait for each other.
    """
    store, rule = weighed.store, weighed.rule
    seen = weighed.turns.get(user.pk, 0)
    last = max(weighed.turns.values(), default=0) + 1
    try:
        with transaction.atomic():
            if user.pk not in weighed.turns:
                RotationPlace.objects.get_or_create(store=store, rule=rule, user=user)
            place = RotationPlace.objects.filter(store=store, rule=rule, user=user, last_turn=seen)
            if not place.update(last_turn=last):
                raise TurnTaken
    except TurnTaken:
        return False
    return True


def owe_assignment(lead: Lead, *, at: datetime) -> Deadline:
    """Let the sales manager owe the lead a consultant, and tell the managers."""
    earlier = Deadline.objects.about(lead).of_step(sop.ASSIGN)
    open_one = earlier.open().first()
    if open_one is not None:
        return open_one
    owed = start(
        sop.ASSIGN, lead, store=lead.store, customer=lead.customer, at=at,
        period=str(earlier.count() or ""),
    )  # fmt: skip
    notify_roles(
        lead.store,
        (Role.SALES_MANAGER, Role.GENERAL_MANAGER),
        kind="lead.unassigned",
        text=gettext_lazy("Nobody was available for a new lead. Give it to a consultant."),
        url=owed.action_url,
        key=f"lead.unassigned:{owed.pk}",
        at=at,
    )
    return owed


@transaction.atomic
def distribute_lead(
    lead: Lead, *, is_told: bool = True, by: User | None, at: datetime | None = None
) -> Lead:
    """
    Give a lead to whoever is next by the rules; it stays as it is if nobody is available.

    Whoever gives many out tells each consultant once, with `is_told=False` here.
    """
    at = at or clock.now()
    lead = locked(lead)
    if not lead.is_open:
        raise RuleViolation(_("This lead is closed."), code="status")
    consultant = choose_consultant(lead, at=at)
    if consultant is None:
        return lead
    lead = assign_lead(lead, consultant=consultant, by=by, at=at)
    if is_told:
        tell_consultant(lead, by=by, at=at)
    return lead


@transaction.atomic
def give_lead(
    lead: Lead,
    *,
    consultant: User,
    reason: str = "",
    is_told: bool = True,
    by: User,
    at: datetime | None = None,
) -> Lead:
    """
    Give a lead to somebody by a manager's decision, over the rules and everybody's turn.

    Taking it from a colleague needs a reason; who was overdue or full may get it all the same.
    """
    at, reason = at or clock.now(), reason.strip()[:200]
    lead = locked(lead)
    refuse_leaver(consultant, lead.store)
    if not lead.is_open:
        raise RuleViolation(_("This lead is closed."), code="status")
    if lead.consultant == consultant:
        raise RuleViolation(
            _("%(name)s has this lead already.") % {"name": consultant.name},
            code="same",
            field="consultant",
        )
    if lead.consultant is not None and not reason:
        raise RuleViolation(
            _("Say why %(name)s no longer looks after this customer.")
            % {"name": lead.consultant.name},
            code="reason",
            field="reason",
        )
    Assignment.objects.create(
        lead=lead, how=Assignment.How.MANAGER, consultant=consultant, by=by, at=at, reason=reason
    )
    lead = assign_lead(lead, consultant=consultant, reason=reason, by=by, at=at)
    if is_told:
        tell_consultant(lead, by=by, at=at)
    return lead


def tell_consultant(lead: Lead, *, by: User | None, at: datetime) -> None:
    """Tell somebody that a customer is theirs now, unless they took it themselves."""
    consultant = lead.consultant
    if consultant is None or consultant == by:
        return
    with in_language_of(consultant):
        text = _("%(customer)s is your customer now.") % {"customer": lead.customer}
    notify(
        consultant, store=lead.store, kind="lead.yours", text=text, url=lead.get_absolute_url(),
        at=at,
    )  # fmt: skip
