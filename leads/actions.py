"""What a consultant does with a lead."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.staff.models import User
from dealership.vehicles.models import Series
from leads.models import IntentLevel, Lead, LevelChange, Source
from leads.selectors import level_of


@transaction.atomic
def open_lead(
    customer: Customer,
    *,
    consultant: User | None,
    source: Source | None = None,
    level: IntentLevel | None = None,
    series: Series | None = None,
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Open the customer's lead, or return the one that is open (SOP-2.2).

    A customer has one open wish at a time; the first source is never overwritten.
    """
    at = at or clock.now()
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
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
    )
    LevelChange.objects.create(lead=lead, old=None, new=level, by=by, at=at)
    note(
        "lead.opened", store=customer.store, customer=customer, lead=lead, by=by, at=at,
        subject=lead, level=level.code,
    )  # fmt: skip
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
    """Change how soon the customer will buy; each change stands in the lead's history."""
    at = at or clock.now()
    lead = locked(lead)
    if level.store_id != lead.store_id:
        raise RuleViolation(_("This level belongs to another store."), field="level")
    if lead.level_id == level.pk:
        return lead
    old, lead.level = lead.level, level
    lead.save(update_fields=["level"])
    LevelChange.objects.create(lead=lead, old=old, new=level, by=by, at=at, reason=reason[:200])
    note(
        "lead.level_changed", store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
        subject=lead, old=old.code, new=level.code,
    )  # fmt: skip
    return lead


@transaction.atomic
def plan_contact(lead: Lead, *, on: date | None, by: User | None) -> Lead:
    """Set the day of the next contact; it cannot lie in the past."""
    if on is not None and on < clock.day_of(clock.now(), lead.store.tz):
        raise RuleViolation(_("The next contact lies in the past."), field="next_contact_on")
    lead.next_contact_on = on
    lead.save(update_fields=["next_contact_on"])
    return lead


@transaction.atomic
def review_lead(
    lead: Lead,
    *,
    level: IntentLevel,
    next_contact_on: date | None = None,
    reason: str = "",
    by: User | None,
) -> Lead:
    """
    Judge anew how soon the customer will buy, and when to speak to them next.

    Without a day given it is the level's own interval from today (domain §1.2).
    """
    lead = change_level(lead, level=level, reason=reason, by=by)
    if next_contact_on is None and level.interval_days:
        today = clock.day_of(clock.now(), lead.store.tz)
        next_contact_on = today + timedelta(days=level.interval_days)
    return plan_contact(lead, on=next_contact_on, by=by)


@transaction.atomic
def set_wish(lead: Lead, *, series: Series | None) -> Lead:
    """Note which series the customer wishes for; the latest wish counts."""
    if series is not None and lead.series_id != series.pk:
        lead.series = series
        lead.save(update_fields=["series"])
    return lead


@transaction.atomic
def assign_lead(
    lead: Lead, *, consultant: User, by: User | None, at: datetime | None = None
) -> Lead:
    """Give a lead to a consultant."""
    if lead.consultant_id != consultant.pk:
        lead.consultant = consultant
        lead.save(update_fields=["consultant"])
        note(
            "lead.assigned", store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
            subject=lead, consultant=str(consultant),
        )  # fmt: skip
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
