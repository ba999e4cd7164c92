"""
SOP-2.2: a lead whose consultant does not speak with the customer goes to the pool.

The watch over a lead is one deadline that is dated anew with each contact, not a row for each:
it is no promise to anybody, so no history is lost, and a walk-in pays one UPDATE for it. Only
what ends it (the pool, an order, a loss) closes the row; a later life has the next period.
"""

from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.sop.actions import cancel, set_day, start
from dealership.sop.models import Deadline, DeadlineQuerySet
from dealership.staff.models import Store, User
from leads import sop
from leads.models import Lead, OwnershipPolicy, Postponement
from leads.selectors.ownership import policy_of, recycling_of

LONGEST_POSTPONEMENT = timedelta(days=90)


def keep_from_pool(lead: Lead, at: datetime) -> None:
    """
    Let the watch over a lead begin anew: it was spoken to, or given to somebody, at `at`.

    It ends for good with a consultant, an open wish or a level that the pool takes no more.
    """
    days = days_of(lead)
    if days is None:
        _end(lead, at)
        return
    _watch(lead, on=clock.day_of(at, lead.store.tz) + timedelta(days=days), at=at)


def judge_anew(lead: Lead, at: datetime) -> None:
    """
    Date the watch by the lead's new level, counted from the same contact as before.

    A hotter level never takes the customer away at once: the time of the warning is left.
    """
    found = _watches(lead).open().first()
    days = days_of(lead)
    if found is None or days is None:
        keep_from_pool(lead, at)
        return
    policy, tz = policy_of(lead.store), lead.store.tz
    warned = clock.day_of(at, tz) + timedelta(days=policy.warning_days)
    on = max(clock.day_of(found.opened_at, tz) + timedelta(days=days), warned)
    _watch(lead, on=on, at=found.opened_at)


def days_of(lead: Lead) -> int | None:
    """After how many days without a contact the pool takes the lead; None: never."""
    if lead.consultant_id is None or lead.status != Lead.Status.OPEN:
        return None
    return lead.level.recycle_days if lead.customer.may_be_contacted else None


def _watches(lead: Lead) -> DeadlineQuerySet:
    return Deadline.objects.about(lead).of_step(sop.RECYCLE)


def _watch(lead: Lead, *, on: date, at: datetime) -> None:
    """Date the open watch anew, or begin one."""
    before = warning_of(policy_of(lead.store))
    moved = set_day(
        sop.RECYCLE, _watches(lead), store=lead.store, on=on, at=at, remind_before=before
    )
    if not moved:
        start(
            sop.RECYCLE,
            lead,
            store=lead.store,
            customer=lead.customer,
            owner=lead.consultant,
            on=on,
            at=at,
            period=str(_watches(lead).count() or ""),
            remind_before=before,
        )


def warning_of(policy: OwnershipPolicy) -> timedelta:
    """How long before the end the consultant is warned; nothing if the pool takes nobody."""
    return timedelta(days=policy.warning_days if policy.is_recycling else 0)


def _end(lead: Lead, at: datetime) -> None:
    watch = _watches(lead).open().first()
    if watch is not None:
        reason = _("The pool does not take this lead any more.")
        cancel(sop.RECYCLE, lead, by=None, reason=reason, at=at, period=watch.period)


def restart_many(store: Store, leads: "models.QuerySet[Lead]", *, at: datetime) -> None:
    """Let the watches over many leads begin anew: one UPDATE for each number of days."""
    today, before = clock.day_of(at, store.tz), warning_of(policy_of(store))
    open_ones = leads.filter(status=Lead.Status.OPEN)
    spans = open_ones.order_by().values_list("level__recycle_days", flat=True).distinct()
    for days in filter(None, list(spans)):
        ids = open_ones.filter(level__recycle_days=days).values("pk")
        rows = Deadline.objects.filter(subject_type=Lead._meta.label_lower, subject_id__in=ids)
        on = today + timedelta(days=days)
        set_day(sop.RECYCLE, rows, store=store, on=on, at=at, remind_before=before)


@transaction.atomic
def postpone_recycling(
    lead: Lead, *, until: date, reason: str, by: User, at: datetime | None = None
) -> Postponement:
    """
    Let a consultant keep a lead longer without a contact, once, for a reason (延期).

    The next contact counts as ever: from then on it is the level's days again.
    """
    at, reason = at or clock.now(), reason.strip()[:200]
    found = recycling_of(lead, at)
    if found is None:
        raise RuleViolation(_("The pool does not take this lead."), code="never")
    if found.is_postponed:
        raise RuleViolation(
            _("This has been put off once already. Give the lead to somebody else, or speak "
              "with the customer."),
            code="again",
        )  # fmt: skip
    if not reason:
        raise RuleViolation(_("Give a reason."), field="reason")
    latest = clock.day_of(at, lead.store.tz) + LONGEST_POSTPONEMENT
    if not found.on < until <= latest:
        raise RuleViolation(
            _("Choose a day after %(first)s, up to %(last)s.")
            % {"first": found.on, "last": latest},
            field="until",
        )
    watch = found.deadline
    before = warning_of(policy_of(lead.store))
    set_day(
        sop.RECYCLE, Deadline.objects.filter(pk=watch.pk), store=lead.store, on=until,
        at=watch.opened_at, remind_before=before,
    )  # fmt: skip
    return Postponement.objects.create(
        deadline=watch, lead=lead, until=until, reason=reason, by=by, at=at
    )


@transaction.atomic
def set_policy(
    store: Store, *, by: User | None, at: datetime | None = None, **values: int | bool
) -> OwnershipPolicy:
    """
    Change what the store says about owning customers.

    The warnings follow at once; the days on which the pool takes somebody stay as they are.
    """
    policy, _is_new = OwnershipPolicy.objects.select_for_update().get_or_create(store=store)
    was = (policy.warning_days, policy.is_recycling)
    for name, value in values.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save()
    if was != (policy.warning_days, policy.is_recycling):
        watches = Deadline.objects.in_store(store).open().of_step(sop.RECYCLE)
        if policy.is_recycling:
            remind_at = F("due_at") - timedelta(days=policy.warning_days)
            watches.update(remind_at=remind_at, reminded_at=None, next_at=remind_at)
        else:
            watches.update(remind_at=None, next_at=F("act_at"))
    return policy
