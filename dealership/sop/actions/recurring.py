"""What every store owes anew each day or month."""

from datetime import UTC, date, datetime, time, timedelta

from dealership import clock
from dealership.sop.actions.deadlines import start
from dealership.sop.calendar import counting
from dealership.sop.models import Deadline
from dealership.sop.steps import Days, Recurs, Step, recurring
from dealership.staff.models import Store

LONGEST_GAP = timedelta(days=31)


def open_recurring(at: datetime, last_tick: datetime | None) -> int:
    """
    Open what recurs and has begun by `at`, also for the periods that a stopped clock missed.

    A day begins when the store opens (closed days owe nothing), a month at its first midnight.
    Nothing is opened twice: the period is part of the deadline's unique key. A store that joins
    in the middle of a month has as long from that day as the others had from the first.
    """
    steps = recurring()
    if not steps:
        return 0
    wanted = {
        (step.code, store.pk, name): (step, store, begins)
        for store in Store.objects.all()
        for step in steps
        for name, begins in periods(step, store, since=last_tick or at, at=at)
    }
    found = Deadline.objects.filter(
        step__in={step.code for step in steps},
        subject_type=Store._meta.label_lower,
        subject_id__in={store_id for _step, store_id, _name in wanted},
        period__in={name for _step, _store, name in wanted},
    ).values_list("step", "subject_id", "period")
    missing = wanted.keys() - set(found)
    for key in sorted(missing):
        step, store, begins = wanted[key]
        if step.recurs == Recurs.MONTHLY and not _has_owed(step, store):
            begins = at
        start(step, store, store=store, at=begins, period=key[2])
    return len(missing)


def _has_owed(step: Step, store: Store) -> bool:
    return Deadline.objects.about(store).of_step(step).exists()


def periods(
    step: Step, store: Store, *, since: datetime, at: datetime
) -> list[tuple[str, datetime]]:
    """Return (name, beginning) of the step's periods between two instants, the running one too."""
    today = clock.day_of(at, store.tz)
    first = max(clock.day_of(min(since, at), store.tz), today - LONGEST_GAP)
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    if step.recurs == Recurs.MONTHLY:
        months = sorted({day.replace(day=1) for day in days})
        return [(f"{day:%Y-%m}", clock.start_of_day(day, store.tz)) for day in months]
    is_open = counting(store, Days.OPEN, since=first)
    begun = [(day, opening(store, day)) for day in days if is_open(day)]
    return [(day.isoformat(), begins) for day, begins in begun if begins <= at]


def opening(store: Store, day: date) -> datetime:
    """The instant at which the store opens on `day`."""
    opens_at = store.opens_at
    opens_at = time.fromisoformat(opens_at) if isinstance(opens_at, str) else opens_at
    return datetime.combine(day, opens_at, tzinfo=store.tz).astimezone(UTC)
