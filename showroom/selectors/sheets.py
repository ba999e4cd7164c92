"""Questions about one visit: its run sheet, its clocks, its thank-you SMS, its history."""

from dataclasses import dataclass

from django.db.models import Count, Max

from dealership import clock
from dealership.customers.models import SEES_WHOLE_STORE, Customer
from dealership.messaging.models import Sms
from dealership.sop.models import ChecklistRun, Deadline
from dealership.sop.steps import Step
from dealership.staff.models import User
from dealership.web.templatetags.showroom_tags import clocktime
from leads.models import Lead
from leads.selectors import lead_of
from showroom import sop
from showroom.models import Visit
from showroom.sms import THANKS

VISIT = Visit._meta.label_lower


@dataclass(frozen=True)
class RunSheet:
    """A visit in progress: its checklist, its clocks, and the guest's history."""

    visit: Visit
    run: ChecklistRun | None
    deadlines: list[Deadline]
    lead: Lead | None
    earlier: list[Visit]
    sms: Sms | None
    sees_customer: bool


def run_sheet(visit: Visit, user: User) -> RunSheet:
    run = None
    if visit.is_walk_in:
        runs = ChecklistRun.objects.about(visit).filter(checklist=sop.RECEPTION.code)
        run = runs.select_related("store").annotate(done=Count("ticks")).first()
    owed = Deadline.objects.about(visit).with_people().order_by("opened_at", "pk")
    return RunSheet(
        visit=visit,
        run=run,
        deadlines=list(owed.exclude(outcome="cancelled")),
        lead=lead_of(visit.customer) if visit.customer else None,
        earlier=history(visit.customer, but=visit, limit=5) if visit.customer else [],
        sms=sms_of(visit),
        sees_customer=visit.customer is not None
        and (
            user.has_role(*SEES_WHOLE_STORE)
            or user.pk in (visit.customer.owner_id, visit.customer.attended_by_id)
        ),
    )


def last_visits(customer_ids: list[int]) -> dict[int, str]:
    """When each customer was last in the showroom (a fact of the customer page)."""
    visits = Visit.objects.counted().walk_ins().filter(customer__in=customer_ids).order_by()
    latest = visits.values_list("customer").annotate(Max("arrived_at"))
    return {customer_id: clocktime(at) for customer_id, at in latest}


def history(customer: Customer, *, but: Visit | None = None, limit: int = 30) -> list[Visit]:
    """The customer's visits, calls and messages, latest first."""
    visits = Visit.objects.filter(customer=customer).with_people().order_by("-arrived_at", "-pk")
    if but is not None:
        visits = visits.counted().exclude(pk=but.pk)
    return list(visits[:limit])


def deadline_of(visit: Visit, step: Step) -> Deadline | None:
    """The visit's clock for `step`, open or closed."""
    found = Deadline.objects.about(visit).of_step(step).filter(period=visit.period)
    return found.with_people().first()


def sms_of(visit: Visit) -> Sms | None:
    return Sms.objects.about(visit).filter(purpose=THANKS.code).first()


def text_under_way(visit: Visit) -> Sms | None:
    """The visit's thank-you SMS if it has left the house, or may have."""
    sms = sms_of(visit)
    return sms if sms is not None and sms.may_have_left else None


def thanked_today(visit: Visit) -> Sms | None:
    """The SMS that thanks, or is about to thank, for another visit of the customer's same day."""
    if visit.customer is None or visit.departed_at is None:
        return None
    day = clock.day_of(visit.departed_at, visit.store.tz)
    others = Visit.objects.counted().filter(customer=visit.customer).exclude(pk=visit.pk)
    today = others.filter(
        departed_at__gte=clock.start_of_day(day, visit.store.tz),
        departed_at__lt=clock.end_of_day(day, visit.store.tz),
    )
    sent = Sms.objects.filter(
        purpose=THANKS.code, subject_type=VISIT, subject_id__in=today.values("pk")
    )
    return sent.filter(state__in=(Sms.State.INTENT, *Sms.LEFT_THE_HOUSE)).first()
