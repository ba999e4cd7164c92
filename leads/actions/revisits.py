"""SOP-2.3: speaking to lost and dormant customers again, and taking their leads up anew."""

from datetime import date, datetime

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.messaging.actions import notify_roles
from dealership.sop.actions import cancel, cancel_all, finish
from dealership.sop.models import Deadline
from dealership.staff.models import User
from dealership.staff.roles import Role
from leads import sop
from leads.actions.contacts import ENOUGH_ATTEMPTS, record_contact
from leads.actions.leads import locked, move_on, plan_contact, plan_usual
from leads.actions.losses import LONGEST_REST, owe_revisit
from leads.actions.ownership import assign_lead, refuse_leaver
from leads.models import Contact, IntentLevel, Lead, LossApplication, LossRecall
from leads.selectors import level_of
from leads.selectors.losses import standing_loss

# A restored customer registers anew at this level (domain §1.2).
BACK_AT = "C"


@transaction.atomic
def reactivate_lead(
    lead: Lead,
    *,
    consultant: User | None = None,
    level: IntentLevel | None = None,
    next_contact_on: date | None = None,
    reason: str = "",
    by: User | None,
    at: datetime | None = None,
) -> Lead:
    """
    Take a lost or dormant lead up again (战败激活), at level C unless another is known.

    The same consultant goes on, or another one. What was owed to a lost customer ends.
    """
    at, lead = at or clock.now(), locked(lead)
    if not lead.customer.may_be_contacted:
        raise RuleViolation(
            _("%(customer)s does not want to be contacted.") % {"customer": lead.customer},
            code="refused",
        )
    if Lead.objects.open().filter(customer=lead.customer).exclude(pk=lead.pk).exists():
        raise RuleViolation(_("The customer has another open lead: go on with that."), code="open")
    consultant = consultant or lead.consultant
    if consultant is None:
        raise RuleViolation(_("Choose who looks after the customer now."), field="consultant")
    refuse_leaver(consultant, lead.store)
    if (application := standing_loss(lead)) is not None:
        cancel_all(application, by=by, reason=_("The lead was taken up again."), at=at)
    code = (level or level_of(lead.store, BACK_AT)).code
    lead = move_on(lead, to=Lead.Status.OPEN, level=code, by=by, at=at)
    note(
        "lead.reactivated", store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
        subject=lead, level=code, why=reason[:200],
    )  # fmt: skip
    if consultant != lead.consultant or lead.customer.owner_id != consultant.pk:
        lead = assign_lead(lead, consultant=consultant, reason=reason, by=by, at=at)
    if next_contact_on is not None:
        return plan_contact(lead, on=next_contact_on, by=by, at=at)
    return plan_usual(lead, by=by, at=at)


@transaction.atomic
def stop_plans(customer: Customer, *, by: User | None, at: datetime) -> None:
    """A customer who refuses contact is planned no more; the clocks themselves stop in `sop`."""
    Lead.objects.filter(customer=customer).exclude(next_contact_on=None).update(
        next_contact_on=None
    )


@transaction.atomic
def resume_plans(customer: Customer, *, by: User | None, at: datetime) -> None:
    """The refusal is lifted: open leads are planned again, lost ones come back to their turn."""
    for lead in Lead.objects.with_people().filter(customer=customer).order_by("pk"):
        if lead.is_open and lead.consultant_id is not None:
            plan_usual(locked(lead), by=by, at=at)
        elif (application := standing_loss(lead)) is not None:
            owe_revisit(application, after=clock.day_of(at, lead.store.tz), at=at)


@transaction.atomic
def record_revisit(
    application: LossApplication,
    *,
    way: str = Contact.Way.CALL,
    outcome: str,
    feedback: str = "",
    wants_car: bool = False,
    revisit_on: date | None = None,
    by: User,
    at: datetime | None = None,
) -> Contact:
    """
    Record a talk with a customer who was lost or is dormant (再回访).

    Still no: the next talk comes in its turn, for a dormant one on the day agreed. Yes: the lead
    is open again. Attempted is not reached: three attempts in vain settle a turn.
    """
    at = at or clock.now()
    LossApplication.objects.select_for_update().get(pk=application.pk)
    application = LossApplication.objects.with_people().get(pk=application.pk)
    lead = application.lead
    if standing_loss(lead) != application:
        raise RuleViolation(_("This lead is no longer given up."), code="status")
    today = clock.day_of(at, lead.store.tz)
    contact = record_contact(lead, way=way, outcome=outcome, feedback=feedback, by=by, at=at)
    if not contact.is_reached:
        if wants_car:
            raise RuleViolation(_("Nobody was reached."), field="outcome")
        _missed(application, today, by=by, at=at)
        return contact
    finish(sop.REVISIT, application, by=by, at=at, period=str(application.revisits))
    if wants_car:
        reactivate_lead(lead, reason=feedback, by=by, at=at)
        return contact
    if application.kind == LossApplication.Kind.DORMANT:
        _rest(application, revisit_on, today)
    owe_revisit(application, after=today, at=at)
    return contact


def _rest(application: LossApplication, revisit_on: date | None, today: date) -> None:
    """A dormant customer is never without a day: the agreed one, or the longest rest."""
    on = revisit_on or today + LONGEST_REST
    if not today < on <= today + LONGEST_REST:
        raise RuleViolation(
            _("Agree a day on which you speak again: until %(day)s at the latest.")
            % {"day": today + LONGEST_REST},
            field="revisit_on",
        )
    application.revisit_on = on
    application.save(update_fields=["revisit_on"])


def _missed(application: LossApplication, today: date, *, by: User, at: datetime) -> None:
    """Enough attempts in vain: the turn is over, the next one comes by itself."""
    owed = Deadline.objects.open().about(application).of_step(sop.REVISIT).first()
    if owed is None:
        return
    tried = Contact.objects.filter(lead=application.lead, entered_at__gte=owed.opened_at)
    if tried.exclude(outcome__in=Contact.SPOKEN).count() < ENOUGH_ATTEMPTS:
        return
    reason = _("Not reached in %(count)s attempts.") % {"count": ENOUGH_ATTEMPTS}
    cancel(sop.REVISIT, application, by=by, reason=reason, at=at, period=owed.period)
    if application.kind == LossApplication.Kind.DORMANT:
        _rest(application, None, today)
    owe_revisit(application, after=max(today, clock.day_of(owed.due_at, owed.store.tz)), at=at)


@transaction.atomic
def record_recall(
    recall: LossRecall, *, outcome: str, remark: str = "", by: User, at: datetime | None = None
) -> LossRecall:
    """
    Record what a sample call to a lost customer came to (战败抽查回访).

    Whoever gave the customer up does not check it. Who still wants a car has an open lead again,
    and the managers are told.
    """
    at, outcome = at or clock.now(), LossRecall.Outcome(outcome)
    application = recall.application
    if by.pk == application.applied_by_id:
        raise RuleViolation(
            _("You gave this customer up yourself: somebody else has to call."), code="own"
        )
    if not application.lead.customer.may_be_contacted:
        raise RuleViolation(
            _("%(customer)s does not want to be contacted.")
            % {"customer": application.lead.customer},
            code="refused",
        )
    values = {"outcome": outcome.value, "remark": remark.strip()[:500], "by": by, "at": at}
    if not LossRecall.objects.filter(pk=recall.pk, outcome="").update(**values):
        raise RuleViolation(_("This call has already been recorded."), code="done")
    recall = LossRecall.objects.with_people().get(pk=recall.pk)
    lead = recall.application.lead
    finish(sop.RECALL, recall, by=by, at=at)
    note(
        "lead.recalled", store=lead.store, customer=lead.customer, lead=lead, by=by, at=at,
        subject=recall, outcome=outcome.value, remark=recall.remark[:200],
    )  # fmt: skip
    if outcome == LossRecall.Outcome.WANTS and standing_loss(lead) == recall.application:
        reactivate_lead(lead, reason=recall.remark, by=by, at=at)
        notify_roles(
            lead.store, (Role.SALES_MANAGER,), kind="leads.recall_wants", text=wants_text(recall),
            url=lead.get_absolute_url(), key=f"recall_wants:{recall.pk}", at=at,
        )  # fmt: skip
    return recall


def _wants(recall: LossRecall) -> str:
    return _("%(customer)s was given up and still wants a car. The lead is open again.") % {
        "customer": recall.application.lead.customer
    }


# Each reader gets it in their own language.
wants_text = lazy(_wants, str)
