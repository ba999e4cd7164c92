"""
One change to many leads: each through the action that changes one, each in its own transaction.

A refusal stops nobody else and leaves that lead as it was. What was begun is carried on from
the first line that waits, by whoever asks again.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealership import clock
from dealership.errors import RuleViolation
from dealership.messaging import texts
from dealership.messaging.actions import notify, queue_sms
from dealership.messaging.models import Sms
from dealership.sop.notices import in_language_of
from dealership.staff.models import Store, User
from dealership.staff.policy import may
from leads.actions.assignment import distribute_lead, give_lead
from leads.actions.leads import plan_contact, review_lead
from leads.models import BulkLine, BulkRun, IntentLevel, Lead
from leads.sms import NOTICE

MOST_LEADS = 500
BY_RULES = "rules"
Action = BulkRun.Action
PERMISSIONS = {
    Action.ASSIGN: "leads.assign_lead",
    Action.LEVEL: "leads.change_lead",
    Action.DAY: "leads.change_lead",
    Action.MESSAGE: "leads.change_lead",
}


@transaction.atomic
def begin_bulk(
    store: Store,
    *,
    change: BulkRun.Action | str,
    leads: Iterable[int],
    given: dict[str, Any],
    by: User,
    at: datetime | None = None,
) -> BulkRun:
    """
    Write down which leads are to be changed and how; `carry_on` does it.

    Leads that the person may not see are counted as not found, and nothing more is said.
    """
    at = at or clock.now()
    wanted = set(leads)
    if len(wanted) > MOST_LEADS:
        raise RuleViolation(
            _("At most %(number)s leads at a time. Narrow the list with filters.")
            % {"number": MOST_LEADS},
            code="too_many",
        )
    if not may(by, PERMISSIONS[Action(change)]):
        raise PermissionDenied
    if "body" in given:
        given = {**given, "body": texts.check_template(given["body"], NOTICE)}
    seen = Lead.objects.visible_to(by).filter(store=store, pk__in=wanted)
    known = sorted(seen.values_list("pk", flat=True).distinct())
    if not known:
        raise RuleViolation(_("Choose at least one lead."), code="none_chosen")
    run = BulkRun.objects.create(
        store=store, by=by, action=change, given=given, unknown=len(wanted) - len(known), at=at
    )
    BulkLine.objects.bulk_create([BulkLine(run=run, lead_id=pk) for pk in known], batch_size=200)
    return run


def carry_on(run: BulkRun, *, at: datetime | None = None) -> BulkRun:
    """Work off the lines that wait, in the order of the leads, so that two runs never lock up."""
    waiting = run.lines.filter(state=BulkLine.State.WAITING).order_by("lead_id")
    for pk in list(waiting.values_list("pk", flat=True)):
        _work(run, pk, at or clock.now())
    if run.action == Action.ASSIGN:
        _tell_consultants(run, at or clock.now())
    return run


def _tell_consultants(run: BulkRun, at: datetime) -> None:
    """Each hears once how many customers are theirs now, however many lines there were."""
    done = Q(leads__bulk_lines__run=run, leads__bulk_lines__state=BulkLine.State.DONE)
    for person in User.objects.filter(done).annotate(given=Count("leads")).exclude(pk=run.by_id):
        with in_language_of(person):
            text = ngettext(
                "%(number)s customer is yours now.",
                "%(number)s customers are yours now.",
                person.given,
            ) % {"number": person.given}
        notify(
            person, store=run.store, kind="lead.yours", text=text,
            url=f"{reverse('leads:lead-list')}?view=mine", key=f"bulk:{run.pk}", at=at,
        )  # fmt: skip


@transaction.atomic
def _work(run: BulkRun, pk: int, at: datetime) -> None:
    line = BulkLine.objects.select_for_update().get(pk=pk)
    if line.state != BulkLine.State.WAITING:
        return
    try:
        with transaction.atomic():
            _change(run, line, at)
        line.state = BulkLine.State.DONE
    except RuleViolation as refusal:
        line.state, line.reason = BulkLine.State.REFUSED, str(refusal)[:300]
    line.save(update_fields=["state", "reason"])


def _change(run: BulkRun, line: BulkLine, at: datetime) -> None:
    lead = Lead.objects.visible_to(run.by).with_people().filter(pk=line.lead_id).first()
    if lead is None or not may(run.by, PERMISSIONS[Action(run.action)], lead):
        raise RuleViolation(_("This lead is no longer yours to change."), code="forbidden")
    if not lead.is_open:
        raise RuleViolation(
            _("The lead is closed (%(status)s).") % {"status": lead.get_status_display()},
            code="status",
        )
    CHANGES[Action(run.action)](run, line, lead, at)


def _assign(run: BulkRun, line: BulkLine, lead: Lead, at: datetime) -> None:
    if run.given["consultant"] == BY_RULES:
        before = lead.consultant_id
        if distribute_lead(lead, is_told=False, by=run.by, at=at).consultant_id in (None, before):
            raise RuleViolation(_("By the rules nobody is available."), code="no_consultant")
        return
    consultant = User.objects.filter(pk=run.given["consultant"]).first()
    if consultant is None:
        raise RuleViolation(_("This person no longer works here."), code="no_consultant")
    give_lead(
        lead,
        consultant=consultant,
        reason=run.given["reason"],
        is_told=False,
        by=run.by,
        at=at,
    )


def _level(run: BulkRun, line: BulkLine, lead: Lead, at: datetime) -> None:
    level = IntentLevel.objects.judged(lead.store).filter(code=run.given["level"]).first()
    if level is None:
        raise RuleViolation(_("This level is no longer in use."), code="setup")
    if lead.status != Lead.Status.OPEN:
        raise RuleViolation(
            _("Who has ordered stays at level %(level)s until the delivery.")
            % {"level": lead.level.code},
            code="status",
        )
    review_lead(lead, level=level, reason=run.given["reason"], by=run.by, at=at)


def _day(run: BulkRun, line: BulkLine, lead: Lead, at: datetime) -> None:
    plan_contact(lead, on=date.fromisoformat(run.given["day"]), by=run.by, at=at)


def _message(run: BulkRun, line: BulkLine, lead: Lead, at: datetime) -> None:
    phone = lead.customer.primary_phone
    if not phone:
        raise RuleViolation(_("There is no phone number."), code="phone")
    body = texts.fill(
        run.given["body"],
        {
            "customer": lead.customer.display_name,
            "consultant": (lead.consultant or run.by).name,
            "store": lead.store.name,
        },
    )
    queue_sms(NOTICE, subject=line, customer=lead.customer, phone=phone, body=body, by=run.by,
              at=at)  # fmt: skip


Change = Callable[[BulkRun, BulkLine, Lead, datetime], None]
CHANGES: dict[BulkRun.Action, Change] = {
    Action.ASSIGN: _assign,
    Action.LEVEL: _level,
    Action.DAY: _day,
    Action.MESSAGE: _message,
}


def reason_against_notice(sms: Sms) -> str:
    """Why a text must not go out any more, asked right before it is sent."""
    lead = Lead.objects.filter(bulk_lines=sms.subject_id).first()
    if lead is not None and not lead.is_open:
        return _("The lead is closed (%(status)s).") % {"status": lead.get_status_display()}
    return ""
