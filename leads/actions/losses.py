"""SOP-2.2 and 2.3: giving a lead up with the manager's consent, and coming back to it."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note, refuse_contact
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify
from dealership.sop.actions import cancel, cancel_all, finish, start
from dealership.staff.models import User
from dealership.staff.roles import Role
from leads import sop
from leads.actions.leads import locked, move_on, plan_contact, plan_usual
from leads.models import Lead, LossApplication, LossReason, LossRecall
from leads.selectors import follow_up_of
from leads.selectors.base import policy_of

Kind, State = LossApplication.Kind, LossApplication.State
# A lost customer is spoken to again so many days after the approval (domain §1.2, level F).
REVISIT_AFTER = (30, 90, 180)
LONGEST_REST = timedelta(days=90)
LEVEL = {Kind.LOST: "F", Kind.DORMANT: "S"}


@transaction.atomic
def apply_for_loss(
    lead: Lead,
    *,
    kind: str = Kind.LOST,
    reason: LossReason,
    rival: str = "",
    rival_series: str = "",
    feedback: str,
    remark: str = "",
    revisit_on: date | None = None,
    by: User,
    at: datetime | None = None,
) -> LossApplication:
    """
    Ask the manager to give the lead up, for good or for a while (战败申请, domain §1.3).

    A customer who refuses contact is left alone at once, whatever the manager decides.
    """
    at, kind, lead = at or clock.now(), Kind(kind), locked(lead)
    _refuse_status(lead, kind)
    _refuse_reason(lead, kind, reason, rival)
    today = clock.day_of(at, lead.store.tz)
    if not feedback.strip():
        raise RuleViolation(_("Write down what the customer said."), field="feedback")
    if kind == Kind.DORMANT:
        _refuse_rest(revisit_on, today)
    try:
        with transaction.atomic():
            application = LossApplication.objects.create(
                store=lead.store,
                lead=lead,
                kind=kind,
                reason=reason,
                rival=rival.strip()[:40] if reason.asks_rival else "",
                rival_series=rival_series.strip()[:40] if reason.asks_rival else "",
                feedback=feedback.strip()[:1000],
                remark=remark.strip()[:500],
                level=lead.level,
                stage=lead.stage,
                is_direct=clock.day_of(lead.opened_at, lead.store.tz) == today,
                revisit_on=revisit_on if kind == Kind.DORMANT else None,
                applied_by=by,
                applied_at=at,
            )
    except IntegrityError:
        raise RuleViolation(
            _("The manager has not yet decided on an earlier application."), code="applied"
        ) from None
    _note("lead.loss_applied", application, by=by, at=at, why=reason.full_name, of=kind.value)
    customer = lead.customer
    start(sop.LOSS_REVIEW, application, store=lead.store, customer=customer, at=at)
    if reason.stops_contact:
        refuse_contact(customer, reason=application.feedback, by=by, at=at)
    return application


def _refuse_status(lead: Lead, kind: str) -> None:
    if lead.status == Lead.Status.ORDERED:
        raise RuleViolation(
            _("The customer has ordered: cancel the order on its own page first."), code="ordered"
        )
    allowed = {"open", "dormant"} if kind == Kind.LOST else {"open"}
    if lead.status not in allowed:
        raise RuleViolation(
            _("This lead is “%(status)s”: there is nothing to give up.")
            % {"status": lead.get_status_display()},
            code="status",
        )


def _refuse_reason(lead: Lead, kind: str, reason: LossReason, rival: str) -> None:
    if reason.store_id != lead.store_id or reason.parent_id is None or not reason.is_active:
        raise RuleViolation(_("Choose one of the store's reasons."), field="reason")
    if reason.asks_rival and not rival.strip():
        raise RuleViolation(_("Which brand did the customer buy?"), field="rival")
    if reason.stops_contact and kind == Kind.DORMANT:
        raise RuleViolation(
            _("Who refuses contact cannot be spoken to later: apply for a loss."), field="kind"
        )


def _refuse_rest(revisit_on: date | None, today: date) -> None:
    if revisit_on is None or not today < revisit_on <= today + LONGEST_REST:
        raise RuleViolation(
            _("Agree a day on which you speak again: until %(day)s at the latest.")
            % {"day": today + LONGEST_REST},
            field="revisit_on",
        )


@transaction.atomic
def withdraw_application(
    application: LossApplication, *, by: User, at: datetime | None = None
) -> LossApplication:
    """Take the application back: the lead goes on, and its next contact is planned."""
    at = at or clock.now()
    application = _decide(application, State.WITHDRAWN, by=by, at=at)
    cancel(sop.LOSS_REVIEW, application, by=by, reason=_("Withdrawn."), at=at)
    _note("lead.loss_withdrawn", application, by=by, at=at)
    plan_usual(application.lead, by=by, at=at)
    return application


@transaction.atomic
def decide_loss(
    application: LossApplication,
    *,
    approved: bool,
    remark: str = "",
    next_contact_on: date | None = None,
    by: User,
    at: datetime | None = None,
) -> LossApplication:
    """
    Approve the loss, or send it back with what is missing (审批).

    Approved: nothing is owed about the lead any more but to speak to the customer again. Sent
    back: the consultant goes on, from the day given (tomorrow, if none is).
    """
    at, remark = at or clock.now(), remark.strip()
    if not approved and not remark:
        raise RuleViolation(_("Say what the consultant should still do."), field="remark")
    state = State.APPROVED if approved else State.RETURNED
    application = _decide(application, state, by=by, at=at, remark=remark)
    finish(sop.LOSS_REVIEW, application, by=by, at=at)
    if approved:
        _give_up(application, by=by, at=at)
    else:
        _send_back(application, next_contact_on, by=by, at=at)
    return application


def _decide(
    application: LossApplication, state: str, *, by: User, at: datetime, remark: str = ""
) -> LossApplication:
    values = {"state": state, "decided_by": by, "decided_at": at, "decision": remark[:500]}
    if not LossApplication.objects.pending().filter(pk=application.pk).update(**values):
        raise RuleViolation(_("This application has already been decided."), code="decided")
    return LossApplication.objects.with_people().get(pk=application.pk)


def _give_up(application: LossApplication, *, by: User, at: datetime) -> None:
    lead, kind = locked(application.lead), Kind(application.kind)
    for earlier in LossApplication.objects.approved().filter(lead=lead).exclude(pk=application.pk):
        cancel_all(earlier, by=by, reason=str(kind.label), at=at)
    cancel_all(lead, by=by, reason=str(kind.label), at=at)
    lead.next_contact_on, lead.pooled_at, lead.pool_reason = None, None, ""
    lead.save(update_fields=["next_contact_on", "pooled_at", "pool_reason"])
    application.lead = move_on(lead, to=kind.value, level=LEVEL[kind], by=by, at=at)
    _note(f"lead.{kind.value}", application, by=by, at=at, why=application.reason.full_name)
    owe_revisit(application, after=clock.day_of(at, lead.store.tz), at=at)
    if kind == Kind.LOST:
        sample(application, at=at)


def _send_back(application: LossApplication, on: date | None, *, by: User, at: datetime) -> None:
    lead = locked(application.lead)
    _note("lead.loss_returned", application, by=by, at=at, remark=application.decision)
    owed = follow_up_of(lead)
    is_late = owed is not None and owed.due_at < at  # that promise is broken already, and stays
    if lead.is_open and lead.customer.may_be_contacted and not is_late:
        tomorrow = clock.day_of(at, lead.store.tz) + timedelta(days=1)
        plan_contact(lead, on=on or tomorrow, by=by, at=at)
    reader = application.applied_by
    if reader != by:
        notify(
            reader, store=lead.store, kind="leads.loss_returned", text=returned_text(application),
            url=application.get_absolute_url(), key=f"loss_returned:{application.pk}", at=at,
        )  # fmt: skip


def owe_revisit(application: LossApplication, *, after: date, at: datetime) -> date | None:
    """Start the clock of the next talk that lies after `after`; None if there is none left."""
    lead = application.lead
    on = application.revisit_on
    if application.kind == Kind.LOST:
        approved = clock.day_of(application.decided_at or at, lead.store.tz)
        days = [approved + timedelta(days=days) for days in REVISIT_AFTER]
        on = next((day for day in days if day > after), None)
    if on is None or not lead.customer.may_be_contacted:
        return None
    application.revisits += 1
    application.save(update_fields=["revisits"])
    start(
        sop.REVISIT, application, store=lead.store, customer=lead.customer, owner=lead.consultant,
        on=on, at=at, period=str(application.revisits),
    )  # fmt: skip
    return on


def sample(application: LossApplication, *, at: datetime) -> LossRecall | None:
    """Have the n-th approved loss since the last sample called by somebody else (战败抽查)."""
    store, customer = application.store, application.lead.customer
    every = policy_of(store).recall_every
    if not every or not customer.may_be_contacted or not customer.primary_phone:
        return None
    losses = LossApplication.objects.approved().filter(store=store, kind=Kind.LOST)
    if last := LossRecall.objects.filter(store=store).order_by("-opened_at", "-pk").first():
        losses = losses.filter(decided_at__gt=last.opened_at)
    if losses.count() < every:
        return None
    caller = _caller(application)
    recall = LossRecall.objects.create(
        store=store, application=application, caller=caller, opened_at=at
    )
    start(
        sop.RECALL, recall, store=store, customer=customer, owner=caller,
        role=None if caller else Role.SALES_MANAGER, at=at,
    )  # fmt: skip
    return recall


def _caller(application: LossApplication) -> User | None:
    """A customer-service specialist, else a manager: the least busy, never who gave it up."""
    for role in (Role.SERVICE_SPECIALIST, Role.SALES_MANAGER):
        people = User.objects.in_store(application.store, role)
        people = people.exclude(pk__in=(application.applied_by_id, application.lead.consultant_id))
        waiting = dict(
            LossRecall.objects.filter(caller__in=people, outcome="")
            .values_list("caller")
            .annotate(Count("pk"))
        )
        if found := sorted(people, key=lambda user: (waiting.get(user.pk, 0), user.pk)):
            return found[0]
    return None


def _note(
    event: str, application: LossApplication, *, by: User | None, at: datetime, **data: str
) -> None:
    lead = application.lead
    note(
        event, store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
        subject=application, **data,
    )  # fmt: skip


def _returned(application: LossApplication) -> str:
    return _("Sent back: %(customer)s. %(remark)s") % {
        "customer": application.lead.customer,
        "remark": application.decision[:200],
    }


# Each reader gets it in their own language.
returned_text = lazy(_returned, str)
