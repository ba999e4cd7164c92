"""Questions about visits agreed on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from dealership import clock
from dealership.staff.models import User
from leads.models import Appointment, Lead

DAY_SHOWN = 200
SEASON = timedelta(days=30)


def visit_of(lead: Lead) -> Appointment | None:
    """The visit that the lead has agreed to, if it is still to come."""
    return Appointment.objects.open().with_people().filter(lead=lead).first()


@dataclass(frozen=True)
class AppointmentDay:
    """Who is expected on a day, and how many of the last 30 days' guests stayed away."""

    day: date
    today: date
    rows: list[Appointment]
    due: int
    missed: int

    @property
    def before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.day + timedelta(days=1)

    @property
    def expected(self) -> int:
        return sum(row.is_open for row in self.rows)

    @property
    def came(self) -> int:
        return sum(row.state == Appointment.State.SHOWN for row in self.rows)

    @property
    def stayed_away(self) -> int:
        return sum(row.state == Appointment.State.NO_SHOW for row in self.rows)

    @property
    def missed_rate(self) -> int | None:
        """爽约率: stayed away, per cent of those who were due."""
        return round(100 * self.missed / self.due) if self.due else None


def appointment_day(user: User, day: date | None) -> AppointmentDay:
    """The visits agreed for `day`, or today, by time; three queries whatever their number."""
    store = user.active_store
    today = clock.day_of(clock.now(), store.tz)
    visible = Appointment.objects.visible_to(user)
    day = day or today
    rows = visible.on(day, store).standing().with_people().order_by("starts_at", "pk")
    season = visible.filter(
        starts_at__gte=clock.start_of_day(today - SEASON, store.tz),
        starts_at__lt=clock.start_of_day(today, store.tz),
    )
    closed = season.aggregate(
        due=Count("pk", filter=Q(state__in=("shown", "no_show"))),
        missed=Count("pk", filter=Q(state="no_show")),
    )
    return AppointmentDay(day, today, list(rows[:DAY_SHOWN]), **closed)


def expected_today(user: User, at: datetime) -> int:
    """How many guests whom the person may see are still expected today."""
    store = user.active_store
    day = clock.day_of(at, store.tz)
    return Appointment.objects.visible_to(user).on(day, store).open().count()
