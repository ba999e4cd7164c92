"""The numbers of the board, counted by the database over ranges of days of one store."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import TruncDate

from dealership import clock
from dealership.sop.models import Deadline
from dealership.sop.models.deadlines import OPEN
from dealership.sop.selectors import Figures
from dealership.staff.models import Store, User
from deals.models import Order
from delivery.models import Delivery
from showroom.models import Visit
from showroom.selectors import BATCH

AN_INSTANT = timedelta(microseconds=1)
Days = tuple[date, date]


@dataclass
class Tally:
    """Counts of one consultant, or of all, in the days looked at and in their month."""

    counts: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def add(self, counts: Mapping[str, int]) -> None:
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count


def tallies(
    store: Store, spans: Mapping[str, Days], *, consultant: User | None = None
) -> dict[int | None, Tally]:
    """Return by consultant what came in, was ordered and delivered in each span; two queries."""
    found: dict[int | None, Tally] = {}
    for row in _guests(store, spans, consultant):
        found.setdefault(row.pop("consultant"), Tally()).add(row)
    for row in _sales(store, spans, consultant):
        kind, seller = row.pop("kind"), row.pop("consultant")
        counts = {f"{span}_{kind}": count for span, count in row.items()}
        found.setdefault(seller, Tally()).add(counts)
    return found


def _guests(
    store: Store, spans: Mapping[str, Days], consultant: User | None
) -> Iterable[dict[str, Any]]:
    counts = {
        f"{span}_{name}": Count("pk", filter=between("arrived_at", days, store) & condition)
        for span, days in spans.items()
        for name, condition in VISITS.items()
    }
    rows = _within(Visit.objects.counted(), "arrived_at", store, spans, consultant)
    return rows.values("consultant").annotate(**counts)


def _sales(
    store: Store, spans: Mapping[str, Days], consultant: User | None
) -> Iterable[dict[str, Any]]:
    """Orders and deliveries, told apart by their kind."""

    def counted(rows: QuerySet[Any], column: str, kind: str) -> QuerySet[Any]:
        counts = {
            span: Count("pk", filter=between(column, days, store)) for span, days in spans.items()
        }
        mine = _within(rows, column, store, spans, consultant)
        return mine.annotate(kind=Value(kind)).values("kind", "consultant").annotate(**counts)

    orders = counted(Order.objects.all(), "ordered_at", "orders")
    return orders.union(counted(Delivery.objects.all(), "delivered_at", "deliveries"), all=True)


def _within(
    rows: QuerySet[Any],
    column: str,
    store: Store,
    spans: Mapping[str, Days],
    consultant: User | None,
) -> QuerySet[Any]:
    """The rows of the store in any of the spans: one range that the index serves."""
    whole = (min(first for first, _ in spans.values()), max(last for _, last in spans.values()))
    mine = rows.filter(between(column, whole, store), store=store).order_by()
    return mine.filter(consultant=consultant) if consultant else mine


# A second visit on one day belongs to the first one's party, as in the register.
VISITS = {
    "batches": BATCH,
    "first": BATCH & Q(is_first=True),
    "recorded": BATCH & Q(is_first=True, has_contact=True),
}


def between(column: str, days: Days, store: Store) -> Q:
    """The instants of the days in the store's zone, as a range that an index serves."""
    return Q(
        **{
            f"{column}__gte": clock.start_of_day(days[0], store.tz),
            f"{column}__lt": clock.end_of_day(days[1], store.tz),
        }
    )


def kept_by_step_and_day(
    store: Store, days: Days, *, at: datetime, consultant: User | None = None
) -> dict[tuple[str, date], dict[str, int]]:
    """Return how the promises that fell due were kept, by step and day; one query."""
    before = ExpressionWrapper(F("due_at") - AN_INSTANT, output_field=DateTimeField())
    rows = _fell_due(store, days, consultant).annotate(day=TruncDate(before, tzinfo=store.tz))
    counted: Any = rows.order_by().values("step", "day").annotate(**_kept(at))
    return {(row.pop("step"), row.pop("day")): row for row in counted}


def kept_by_owner(
    store: Store, days: Days, *, at: datetime, consultant: User | None = None
) -> dict[int | None, dict[str, int]]:
    """Return the same by owner; one query."""
    rows = _fell_due(store, days, consultant).order_by().values("owner")
    counted: Any = rows.annotate(**_kept(at))
    return {row.pop("owner"): row for row in counted}


def _fell_due(store: Store, days: Days, consultant: User | None) -> QuerySet[Deadline]:
    rows = Deadline.objects.in_store(store).kept().due_on(*days, store.tz)
    return rows.filter(owner=consultant) if consultant else rows


def _kept(at: datetime) -> dict[str, Count]:
    """The words of the ledger (`sop.models.DeadlineQuerySet`) as counts."""
    return {
        "due": Count("pk"),
        "on_time": Count("pk", filter=Q(outcome="done", closed_at__lte=F("due_at"))),
        "late": Count("pk", filter=Q(outcome="done", closed_at__gt=F("due_at"))),
        "open_late": Count("pk", filter=OPEN & Q(due_at__lt=at)),
        "open": Count("pk", filter=OPEN & Q(due_at__gte=at)),
        "waived": Count("pk", filter=Q(outcome="waived")),
    }


def summed(parts: Iterable[Mapping[str, int]], *, narrowed: dict[str, str]) -> Figures:
    """Several counts as one figure that knows the list of its rows."""
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    return Figures(key="", label="", narrowed=tuple(narrowed.items()), **total)


@dataclass(frozen=True)
class OpenNow:
    """What is open now, by step and owner: past its time, or due by tonight."""

    rows: list[dict[str, Any]]

    def total(self, what: str, where: Callable[[dict[str, Any]], bool] = lambda row: True) -> int:
        return sum(row[what] for row in self.rows if where(row))

    def by_step(self, what: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self.rows:
            if row[what]:
                found[row["step"]] = found.get(row["step"], 0) + row[what]
        return found


def open_now(store: Store, *, at: datetime, consultant: User | None = None) -> OpenNow:
    """One query over what is open and due by the end of the store's day."""
    day = clock.day_of(at, store.tz)
    rows = Deadline.objects.in_store(store).open().tasks()
    rows = rows.filter(due_at__lte=clock.end_of_day(day, store.tz))
    if consultant is not None:
        rows = rows.filter(owner=consultant)
    late = Q(due_at__lt=at)
    counted: Any = (
        rows.order_by()
        .values("step", "owner")
        .annotate(overdue=Count("pk", filter=late), tonight=Count("pk", filter=~late))
    )
    return OpenNow(list(counted))
