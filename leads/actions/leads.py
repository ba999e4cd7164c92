"""The life of a lead: it opens, is judged, planned, moves on (SOP-2.2)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note, refuse_merged
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.sop.actions import cancel, start
from dealership.staff.models import User
from dealership.vehicles.models import Series
from leads import sop
from leads.actions.agreements import drop_visit
from leads.actions.recycling import judge_anew, keep_from_pool
from leads.models import (
    Campaign,
    IntentLevel,
    Lead,
    LevelChange,
    ProspectList,
    Source,
    Way,
)
from leads.selectors import base_kind_of, follow_up_of, level_of, visit_of


@transaction.atomic
def open_lead(
    customer: Customer,
    *,
    consultant: User | None,
    source: Source | None = None,
    level: IntentLevel | None = None,
    series: Series | None = None,
    way: Way | str = "",
    campaign: Campaign | None = None,
    referrer: Customer | None = None,
    prospect_list: ProspectList | None = None,
    remark: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Open the customer's lead, or return the one that is open (SOP-2.2).

    A customer has one open wish at a time; the first source, with the campaign, referrer or
    list behind it, is never overwritten (SOP-2.1).
    """
    at = at or clock.now()
    refuse_merged(Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk))
    lead = Lead.objects.open().with_people().filter(customer=customer).order_by("-pk").first()
    if lead is not None:
        return lead
    level = level or level_of(customer.store, "N")
    lead = Lead.objects.create(
        store_id=customer.store_id,
        customer=customer,
        consultant=consultant,
        source=source,
        level=level,
        series=series,
        opened_at=at,
        way=way,
        campaign=campaign,
        referrer=referrer,
        prospect_list=prospect_list,
        remark=remark[:1000],
        base_kind=base_kind_of(customer),
    )
    LevelChange.objects.create(lead=lead, old=None, new=level, by=by, at=at)
    note(
        "lead.opened", store=customer.store, customer=customer, lead=lead, by=by, at=at,
        subject=lead, level=level.code,
    )  # fmt: skip
    if consultant is not None:
        keep_from_pool(lead, at)
    return lead


@transaction.atomic
def change_level(
    lead: Lead,
    *,
    level: IntentLevel,
    reason: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Change how soon the customer will buy; each change stands in the lead's history.

    Whoever judges a customer colder than before says why: hope is lost for a reason.
    """
    at = at or clock.now()
    lead = locked(lead)
    if level.store_id != lead.store_id:
        raise RuleViolation(_("This level belongs to another store."), field="level")
    if lead.level_id == level.pk:
        return lead
    if lead.level.is_warmer_than(level) and not reason.strip():
        raise RuleViolation(
            _("Say why %(customer)s falls from level %(old)s to %(new)s.")
            % {"customer": lead.customer, "old": lead.level.code, "new": level.code},
            code="reason",
            field="reason",
        )
    old, lead.level = lead.level, level
    lead.save(update_fields=["level"])
    LevelChange.objects.create(lead=lead, old=old, new=level, by=by, at=at, reason=reason[:200])
    note(
        "lead.level_changed", store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
        subject=lead, old=old.code, new=level.code,
    )  # fmt: skip
    judge_anew(lead, at)
    return lead


@transaction.atomic
def plan_contact(
    lead: Lead, *, on: date | None, by: User | None, at: datetime | None = None
) -> Lead:
    """
    Agree the day of the next contact; its consultant owes it until the end of that day (SOP-2.2).

    It lies neither in the past nor later than the level allows. What was planned before is no
    longer owed, unless it is late already: only speaking with the customer settles that.
    """
    at = at or clock.now()
    today = clock.day_of(at, lead.store.tz)
    if on is not None:
        _refuse_day(lead, on, today)
    owed = follow_up_of(lead)
    if owed and owed.due_at < at and lead.is_open:
        raise RuleViolation(
            _("The contact planned for %(day)s is overdue. Record how you reached the customer.")
            % {"day": lead.next_contact_on},
            code="overdue",
            field="next_contact_on",
        )
    if owed and on == lead.next_contact_on:
        return lead
    if owed:
        reason = _("Planned for %(day)s.") % {"day": on} if on else _("No contact is planned.")
        cancel(sop.FOLLOW_UP, lead, by=by, reason=reason, at=at, period=str(lead.follow_ups))
    return owe_contact(lead, on=on, at=at)


def owe_contact(lead: Lead, *, on: date | None, at: datetime) -> Lead:
    """Write the planned day and start its clock; a lead without a consultant owes none."""
    if not lead.customer.may_be_contacted:
        on = None  # nobody who refuses contact is planned
    lead.next_contact_on = on
    if on is not None and lead.consultant_id is not None:
        lead.follow_ups += 1
    lead.save(update_fields=["next_contact_on", "follow_ups"])
    if on is not None and lead.consultant_id is not None:
        start(
            sop.FOLLOW_UP,
            lead,
            store=lead.store,
            customer=lead.customer,
            owner=lead.consultant,
            on=on,
            at=at,
            period=str(lead.follow_ups),
        )
    return lead


def _refuse_day(lead: Lead, on: date, today: date) -> None:
    if on < today:
        raise RuleViolation(_("The next contact lies in the past."), field="next_contact_on")
    cap = lead.level.cap_days
    if cap is not None and on > today + timedelta(days=cap):
        raise RuleViolation(
            _("A customer of level %(level)s is spoken to within %(days)s days: choose %(day)s "
              "or earlier, or another level.")
            % {"level": lead.level.code, "days": cap, "day": today + timedelta(days=cap)},
            code="too_late",
            field="next_contact_on",
        )  # fmt: skip


@transaction.atomic
def review_lead(
    lead: Lead,
    *,
    level: IntentLevel,
    next_contact_on: date | None = None,
    reason: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Judge anew how soon the customer will buy, and when to speak to them next.

    Without a day given it is the level's own interval from today (domain §1.2).
    """
    at = at or clock.now()
    lead = change_level(lead, level=level, reason=reason, by=by, at=at)
    return plan_contact(lead, on=next_contact_on or usual_day(lead, at), by=by, at=at)


def usual_day(lead: Lead, at: datetime) -> date | None:
    """
    The day of the next contact as often as the lead's level asks for; None if it never does.

    Whoever has agreed to a visit is spoken to then: the day after it, within the level's cap.
    """
    today, level = clock.day_of(at, lead.store.tz), lead.level
    days, visit = level.interval_days, visit_of(lead)
    if visit is not None and visit.day >= today:
        days = (visit.day - today).days + 1
        days = min(days, level.cap_days or days)
    return today + timedelta(days=days) if days else None


@transaction.atomic
def plan_usual(lead: Lead, *, by: User | None, at: datetime | None = None) -> Lead:
    """Plan the next contact by the level where nobody has planned one: no lead is forgotten."""
    at = at or clock.now()
    if lead.is_open and lead.next_contact_on is None:
        lead = plan_contact(lead, on=usual_day(lead, at), by=by, at=at)
    return lead


@transaction.atomic
def reach(lead: Lead, stage: Lead.Stage) -> Lead:
    """Note that the sale has come as far as `stage`; it never falls back. Later rooms call it."""
    order = list(Lead.Stage)
    if order.index(stage) > order.index(Lead.Stage(lead.stage)):
        lead.stage = stage
        lead.save(update_fields=["stage"])
    return lead


@transaction.atomic
def set_wish(lead: Lead, *, series: Series | None) -> Lead:
    """Note which series the customer wishes for; the latest wish counts."""
    if series is not None and lead.series_id != series.pk:
        lead.series = series
        lead.save(update_fields=["series"])
    return lead


@transaction.atomic
def move_on(
    lead: Lead, *, to: str, level: str = "", by: User | None, at: datetime | None = None
) -> Lead:
    """
    Move the lead to its next status; a later stage calls it with its own proof.

    RuleViolation if the lead's status does not lead there.
    """
    lead = locked(lead)
    if to not in Lead.NEXT[Lead.Status(lead.status)]:
        raise RuleViolation(
            _("A lead that is “%(now)s” cannot become “%(then)s”.")
            % {"now": lead.get_status_display(), "then": Lead.Status(to).label},
            code="status",
        )
    lead.status = to
    lead.save(update_fields=["status"])
    if not lead.is_open:
        drop_visit(lead, reason=_("The lead is closed."), by=by, at=at or clock.now())
    if level:
        lead = change_level(lead, level=level_of(lead.store, level), by=by, at=at)
    return lead


def locked(lead: Lead) -> Lead:
    """
    Lock the lead and read it anew, inside the caller's transaction.

    Two steps: PostgreSQL, after waiting for a row, joins its new version with the old rows of
    the other tables, and a lead whose level has just changed would not be found.
    """
    Lead.objects.select_for_update().get(pk=lead.pk)
    return Lead.objects.with_people().get(pk=lead.pk)
