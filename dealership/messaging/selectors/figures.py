"""How the sending of texts is doing, for the health page and the managers' banner."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Min

from dealership import clock
from dealership.messaging.models import Sms, SmsQuerySet
from dealership.staff.models import Store

LATE_AFTER = timedelta(minutes=2)
LOOK_BACK = timedelta(days=7)
RECENT_CALLS = 100


@dataclass
class Health:
    """
    The figures of the ledger at one moment; each is read when it is asked for.

    They cost the worklist and a week of failures, never the whole table.
    """

    at: datetime
    rows: SmsQuerySet

    @cached_property
    def _working(self) -> dict[str, int]:
        rows = self.rows.filter(next_at__isnull=False).unsettled().order_by()
        return dict(rows.values_list("state").annotate(Count("pk")))

    @cached_property
    def _given_up(self) -> dict[str, int]:
        rows = self.rows.needing_people().filter(closed_at__gt=self.at - LOOK_BACK).order_by()
        return dict(rows.values_list("state").annotate(Count("pk")))

    @property
    def waiting(self) -> int:
        return self._working.get(Sms.State.INTENT, 0)

    @property
    def sending(self) -> int:
        return self._working.get(Sms.State.CALLING, 0)

    @property
    def unknown(self) -> int:
        return self._working.get(Sms.State.UNKNOWN, 0)

    @property
    def dead(self) -> int:
        """Given up within the last week."""
        return self._given_up.get(Sms.State.DEAD, 0)

    @property
    def refused(self) -> int:
        """Refused within the last week."""
        return self._given_up.get(Sms.State.REFUSED, 0)

    @cached_property
    def untold(self) -> int:
        """Messages whose room could not be told of their end."""
        return self.rows.untold().count()

    @cached_property
    def late(self) -> int:
        """Rows that have been due for more than two minutes."""
        return self.rows.due(self.at - LATE_AFTER).count()

    @cached_property
    def oldest_due_at(self) -> datetime | None:
        return self.rows.due(self.at).aggregate(Min("next_at"))["next_at__min"]

    @cached_property
    def oldest_intent_at(self) -> datetime | None:
        """When the oldest message that still waits was written."""
        waiting = self.rows.filter(next_at__isnull=False, state=Sms.State.INTENT)
        return waiting.aggregate(Min("created_at"))["created_at__min"]

    @cached_property
    def latencies_ms(self) -> list[int]:
        """How long the gateway took for the last hundred calls, shortest first."""
        rows = self.rows.filter(latency_ms__isnull=False).order_by("-pk")
        found = rows.values_list("latency_ms", flat=True)[:RECENT_CALLS]
        return sorted(latency for latency in found if latency is not None)

    @property
    def latency_median_ms(self) -> int | None:
        return self.latencies_ms[len(self.latencies_ms) // 2] if self.latencies_ms else None

    @property
    def latency_worst_ms(self) -> int | None:
        return self.latencies_ms[-1] if self.latencies_ms else None


def health(at: datetime | None = None, *, store: Store | None = None) -> Health:
    """Return the ledger's figures, of one store or of the whole house."""
    rows = Sms.objects.filter(store=store) if store else Sms.objects.all()
    return Health(at or clock.now(), rows)
