"""Who the guest is, who looks after them, and whether they have been here before."""

from datetime import datetime

from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import attend, give_consent, set_owner
from dealership.customers.models import Consent, Customer
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify
from dealership.sop.models import Deadline
from dealership.sop.notices import in_language_of
from dealership.staff.models import Duty, Store, User
from dealership.staff.roles import MANAGERS, Role
from leads.actions import assign_lead, open_lead, plan_usual, reach, set_wish, spoke
from leads.models import Lead
from leads.selectors import lead_of
from showroom.models import Visit


def on_duty(user: User | None, store: Store, at: datetime) -> bool:
    """Whether the person stands on today's roster and still works here."""
    if user is None or not user.is_active:
        return False
    return Duty.objects.on(store, clock.day_of(at, store.tz)).filter(user=user).exists()


def choose_consultant(
    given: User | None, *, owner: User | None, store: Store, by: User | None, at: datetime
) -> User | None:
    """
    Who attends: whoever was named, else the consultant they know if on duty (SOP-4.6).

    Else the consultant who received them; a guest whom the reception logs waits for one.
    """
    if given is not None:
        if given.roles_in(store).isdisjoint(MANAGERS | {Role.CONSULTANT}):
            raise RuleViolation(
                _("%(name)s is no consultant of this store.") % {"name": given.name},
                field="consultant",
            )
        return given
    if owner is not None and on_duty(owner, store, at):
        return owner
    if by is not None and Role.CONSULTANT in by.roles_in(store):
        return by
    return None


def introduce(visit: Visit, *, by: User | None, at: datetime) -> None:
    """
    Bring customer, consultant and owner together (SOP-4.6).

    A customer without an owner gets the consultant; the owner of one is told at once, and a
    consultant who stands in may see the customer for as long as the visit has work.
    """
    customer, consultant = visit.customer, visit.consultant
    if customer is None:
        return
    owner = customer.owner
    if owner is None and consultant is not None:
        set_owner(customer, consultant, by=by, at=at)
    elif consultant is not None and owner != consultant:
        attend(customer, consultant)
    if owner is not None and owner not in (by, consultant):
        _tell_owner(visit, owner, at)


def _tell_owner(visit: Visit, owner: User, at: datetime) -> None:
    with in_language_of(owner):
        guest, consultant = visit.display_name, visit.consultant
        if not visit.is_walk_in:
            text = _("Your customer %(guest)s got in touch.") % {"guest": guest}
        elif consultant is None:
            text = _("Your customer %(guest)s has come in.") % {"guest": guest}
        else:
            text = _("Your customer %(guest)s has come in; %(consultant)s attends.") % {
                "guest": guest,
                "consultant": consultant,
            }
    _tell(owner, visit, f"visit.arrived:{visit.consultant_id or ''}", text, at)


def _tell(user: User, visit: Visit, key: str, text: str, at: datetime) -> None:
    notify(
        user,
        store=visit.store,
        kind=key.partition(":")[0],
        text=text,
        url=visit.get_absolute_url(),
        key=f"{key}:{visit.pk}",
        at=at,
    )


def tell_consultant(visit: Visit, *, by: User | None, at: datetime) -> None:
    """Call the consultant to a guest, who may be their own customer."""
    consultant = visit.consultant
    if consultant is None or consultant == by:
        return
    with in_language_of(consultant):
        guest = visit.display_name
        if not visit.is_walk_in:
            text = _("Your customer %(guest)s got in touch.") % {"guest": guest}
        elif consultant == visit.known_consultant:
            text = _("Your customer %(guest)s has come in.") % {"guest": guest}
        else:
            text = _("%(guest)s is here for you.") % {"guest": guest}
    _tell(consultant, visit, f"visit.yours:{visit.consultant_id}", text, at)


def pursue(visit: Visit, *, by: User | None, at: datetime) -> Lead | None:
    """Open or find the lead of somebody who wants a car, with the wish that was said."""
    if visit.customer is None:
        return None
    lead = lead_of(visit.customer)
    if lead is None or not lead.is_open:
        if visit.purpose != Visit.Purpose.SEE_CAR:
            return None
        lead = open_lead(
            visit.customer,
            consultant=visit.customer.owner or visit.consultant,
            source=visit.source,
            level=visit.level_after,
            series=visit.series,
            way=visit.way,
            by=by,
            at=at,
        )
    if lead.consultant_id is None and visit.consultant is not None:
        lead = assign_lead(lead, consultant=visit.consultant, is_met=is_met(visit), by=by, at=at)
    set_wish(lead, series=visit.series)
    return meet(visit, lead, by=by, at=at)


def is_met(visit: Visit) -> bool:
    """Whether somebody of ours speaks with the guest: not when we have only written to them."""
    return visit.consultant is not None and visit.direction != Visit.Direction.OUTBOUND


def meet(visit: Visit, lead: Lead, *, by: User | None, at: datetime) -> Lead:
    """
    Count the visit as a contact, once: it keeps what was planned, and something comes next.

    Of a guest who is still here the departure plans it.
    """
    last = lead.last_contacted_at
    if is_met(visit) and (last is None or last < visit.arrived_at):
        lead = spoke(lead, by=by, at=visit.arrived_at)
        if visit.is_walk_in:
            lead = reach(lead, Lead.Stage.VISITED)
    if not visit.is_present:
        lead = plan_usual(lead, by=by, at=at)
    return lead


def agree(customer: Customer, *, by: User | None, at: datetime) -> None:
    """Record that the guest agreed to service messages; the thank-you SMS is one."""
    give_consent(customer, Consent.Purpose.SERVICE, by=by, at=at)


def judge_first(customer: Customer | None) -> None:
    """
    Work out first and again over all the customer's visits (domain: 首次/再次, 批次).

    First are the visits of the earliest day; a second visit on one day belongs to the first
    one's batch. Late entries, completed names and voided visits change what comes after them.
    """
    if customer is None:
        return
    tz = customer.store.tz
    visits = Visit.objects.counted().walk_ins().filter(customer=customer)
    seen: list[object] = []
    for visit in visits.order_by("arrived_at", "pk"):
        day = clock.day_of(visit.arrived_at, tz)
        is_return = day in seen
        seen.append(day)
        truth = {"is_first": day == seen[0], "is_same_day_return": is_return}
        if (visit.is_first, visit.is_same_day_return) != tuple(truth.values()):
            Visit.objects.filter(pk=visit.pk).update(**truth)


def let_go(visit: Visit) -> None:
    """End a stand-in's view of the customer once nothing of the visit is owed any more."""
    customer = visit.customer
    if (
        customer is None
        or visit.is_present
        or customer.attended_by_id != visit.consultant_id
        or Deadline.objects.open().about(visit).exists()
    ):
        return
    attend(customer, None)
