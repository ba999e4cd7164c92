"""How the system itself is doing, and who should do what if it is not."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import django
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dealership import clock
from dealership.messaging import selectors as messaging
from dealership.sop.models import Deadline
from dealership.sop.selectors import ClockHealth, clock_health
from dealership.staff.models import Store

LITTLE_DISK = 0.10
LEAST_DISK = 0.03
SLOW_GATEWAY_MS = 3000
MANY_ROWS = 200
SET_ASIDE_SHOWN = 50
MINUTE = 60
VERSION = "0.1.0"
GIGA = 1024**3


@dataclass(frozen=True)
class Sign:
    """One line of the page: what is measured, its value, and what to do if it is not well."""

    label: str
    value: str
    state: str = "done"
    advice: str = ""
    url: str = ""


@dataclass(frozen=True)
class Health:
    at: datetime
    clock: ClockHealth
    texts: messaging.Health
    clock_signs: list[Sign]
    text_signs: list[Sign]
    machine_signs: list[Sign]
    set_aside: list[Deadline]

    @property
    def troubles(self) -> list[Sign]:
        signs = self.clock_signs + self.text_signs + self.machine_signs
        return [sign for sign in signs if sign.state != "done"]


def health(store: Store, at: datetime | None = None) -> Health:
    """The signs of life: clock and texts from their own rows, the machine from itself."""
    at = at or clock.now()
    ticking, texts = clock_health(store, at), messaging.health(at, store=store)
    aside = Deadline.objects.in_store(store).quarantined().with_people().order_by("quarantined_at")
    return Health(
        at=at,
        clock=ticking,
        texts=texts,
        clock_signs=_clock_signs(ticking),
        text_signs=_text_signs(texts),
        machine_signs=[_database(), _disk(), _version()],
        set_aside=list(aside[:SET_ASIDE_SHOWN]),
    )


def _clock_signs(ticking: ClockHealth) -> list[Sign]:
    restart = _("The administrator restarts beat and worker, then watches the last tick here.")
    running = "done" if ticking.is_running else "late"
    oldest = ticking.oldest_overdue
    return [
        Sign(
            _("Last tick"),
            f"{localtime(ticking.last_tick):%m-%d %H:%M:%S}" if ticking.last_tick else "–",
            running,
            "" if ticking.is_running else restart,
        ),
        Sign(
            _("Lag"),
            _seconds(ticking.lag.total_seconds()) if ticking.lag is not None else "–",
            running,
        ),
        Sign(
            _("Rows the clock has to handle"),
            str(ticking.rows_due),
            "soon" if ticking.rows_due > MANY_ROWS else "done",
            _("The worker is behind. If the number grows, add a worker.")
            if ticking.rows_due > MANY_ROWS
            else "",
        ),
        Sign(
            _("Set aside by the clock"),
            str(ticking.quarantined),
            "late" if ticking.quarantined else "done",
            _("A manager reads the reason below and gives the task back, or does it by hand.")
            if ticking.quarantined
            else "",
            _list("quarantined"),
        ),
        Sign(
            _("Oldest overdue task"),
            f"{localtime(oldest.due_at):%m-%d %H:%M} · {oldest.title}" if oldest else "–",
            url=oldest.get_absolute_url() if oldest else "",
        ),
    ]


def _list(state: str) -> str:
    return f"{reverse('sop:deadline-list')}?{urlencode({'state': state})}"


def _text_signs(texts: messaging.Health) -> list[Sign]:
    """Messages by state; each figure opens its list."""

    def state(name: str) -> str:
        return f"{reverse('messaging:sms-list')}?{urlencode({'state': name})}"

    slow = (texts.latency_median_ms or 0) > SLOW_GATEWAY_MS
    return [
        Sign(
            _("Waiting to be sent"),
            str(texts.waiting),
            "soon" if texts.late else "done",
            _("Some wait too long: see that the worker runs and that the gateway answers.")
            if texts.late
            else "",
            state("intent"),
        ),
        Sign(_("Being sent"), str(texts.sending), url=state("calling")),
        Sign(
            _("Unknown"),
            str(texts.unknown),
            "soon" if texts.unknown else "done",
            _("The gateway is being asked what became of them; nothing is sent twice.")
            if texts.unknown
            else "",
            state("unknown"),
        ),
        Sign(
            _("Not sent in time (7 days)"),
            str(texts.dead),
            "late" if texts.dead else "done",
            _("The consultants call these customers; the reason stands at each message.")
            if texts.dead
            else "",
            state("dead"),
        ),
        Sign(
            _("Refused (7 days)"),
            str(texts.refused),
            "soon" if texts.refused else "done",
            _("Look at the reasons: a wrong number, or a text that the gateway does not take.")
            if texts.refused
            else "",
            state("refused"),
        ),
        Sign(
            _("Gateway answers in"),
            _("%(median)s ms, at worst %(worst)s ms")
            % {"median": texts.latency_median_ms, "worst": texts.latency_worst_ms}
            if texts.latencies_ms
            else "–",
            "soon" if slow else "done",
            _("The gateway is slow. If it stays so, the administrator asks its provider.")
            if slow
            else "",
        ),
    ]


def _database() -> Sign:
    kinds = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    return Sign(_("Database"), kinds.get(connection.vendor, connection.vendor))


def _disk() -> Sign:
    usage = shutil.disk_usage(
        next(path for path in _with_parents(settings.PRIVATE_DIR) if path.exists())
    )
    share = usage.free / usage.total
    state = "done" if share >= LITTLE_DISK else "soon" if share >= LEAST_DISK else "late"
    return Sign(
        _("Free disk space"),
        f"{usage.free / GIGA:.1f} GB ({share:.0%})",
        state,
        "" if state == "done" else _("The administrator makes room before the disk is full."),
    )


def _with_parents(path: Path) -> list[Path]:
    return [path, *path.parents]


def _version() -> Sign:
    return Sign(_("Version"), f"{VERSION} · Django {django.get_version()}")


def _seconds(seconds: float) -> str:
    if seconds < MINUTE:
        return _("%(count)s s") % {"count": round(seconds)}
    return _("%(count)s min") % {"count": round(seconds / MINUTE)}
