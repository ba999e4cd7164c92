"""SOP-2.5: owners of older cars are called steadily: add-on, replacement, referral."""

from datetime import datetime

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import note
from dealership.customers.models import Customer
from dealership.errors import RuleViolation
from dealership.sop.actions import cancel, finish, start
from dealership.sop.models import Deadline
from dealership.staff.models import Store, User
from dealership.staff.roles import MANAGERS, Role
from dealership.vehicles.models import Series
from leads import sop
from leads.actions.contacts import ENOUGH_ATTEMPTS, spoke
from leads.actions.leads import open_lead, plan_usual
from leads.models import BasePolicy, Contact, IntentLevel, Lead, OwnerContact, Source, Way
from leads.selectors import base_kind_of
from leads.selectors.base import owners_due, policy_of

Outcome = OwnerContact.Outcome
# Who wants to buy opens a lead with this source (group 基盘客户).
SOURCES = {Outcome.ADD_ON: "add-on", Outcome.REPLACE: "replacement"}
# Who calls an owner whom nobody looks after.
WITHOUT_OWNER = (Role.CLERK, Role.SALES_MANAGER)


def open_owner_contacts(at: datetime | None = None) -> int:
    """
    Start the clock of every owner who is due a call; the worker rings this each hour.

    Nobody is owed twice: who has an open promise is not due. At most so many a day and store,
    the oldest cars first, so that a store's first day does not drown its consultants.
    """
    at = at or clock.now()
    return sum(_open_in(store, at) for store in Store.objects.all())


def _open_in(store: Store, at: datetime) -> int:
    policy = policy_of(store)
    today = clock.day_of(at, store.tz)
    opened = Deadline.objects.of_step(sop.OWNER_CONTACT).in_store(store)
    left = policy.owners_a_day - opened.filter(period=today.isoformat()).count()
    if left <= 0:
        return 0
    due = owners_due(store, at).annotate(oldest=Min("cars__bought_on"))
    rows = list(due.select_related("owner").order_by("oldest", "pk")[:left])
    fallback = next((role for role in WITHOUT_OWNER if _works(store, role)), Role.SALES_MANAGER)
    for customer in rows:
        owner = customer.owner
        if owner is not None and not (owner.is_active and owner.roles_in(store)):
            owner = None
        start(
            sop.OWNER_CONTACT, customer, store=store, customer=customer, owner=owner,
            role=None if owner else fallback, at=at, period=today.isoformat(),
        )  # fmt: skip
    return len(rows)


def _works(store: Store, role: Role) -> bool:
    return User.objects.in_store(store, role).exists()


@transaction.atomic
def record_owner_contact(
    customer: Customer,
    *,
    outcome: str,
    way: str = Contact.Way.CALL,
    remark: str = "",
    series: Series | None = None,
    level: IntentLevel | None = None,
    by: User,
    at: datetime | None = None,
) -> OwnerContact:
    """
    Record what a call to an owner came to (增购 换购 推荐).

    Who wants another car, or to replace theirs, has a lead with that source. Attempted is not
    reached: three attempts in vain settle this turn; the next comes after the store's interval.
    """
    at, outcome = at or clock.now(), Outcome(outcome)
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    customer = Customer.objects.with_people().get(pk=customer.pk)
    _refuse(customer)
    contact = OwnerContact(
        store=customer.store, customer=customer, kind=base_kind_of(customer),
        way=Contact.Way(way), outcome=outcome, remark=remark.strip()[:500], by=by, at=at,
        entered_at=clock.now(),
    )  # fmt: skip
    if outcome in SOURCES:
        contact.lead = _wish(customer, outcome, series, level, contact.remark, by=by, at=at)
    elif contact.is_reached and (lead := _open_lead(customer)) is not None:
        plan_usual(spoke(lead, by=by, at=at), by=by, at=at)
    contact.save()
    note(
        "owner.contacted", store=customer.store, customer=customer, lead=contact.lead, by=by,
        at=at, subject=contact, outcome=outcome.value, remark=contact.remark[:200],
    )  # fmt: skip
    _settle(contact)
    return contact


def _refuse(customer: Customer) -> None:
    if not customer.may_be_contacted:
        raise RuleViolation(
            _("%(customer)s does not want to be contacted.") % {"customer": customer},
            code="refused",
        )
    if base_kind_of(customer) != Lead.BaseKind.OWNER and not customer.cars.exists():
        raise RuleViolation(
            _("No car of this customer is known: record a follow-up instead."), code="no_car"
        )


def _open_lead(customer: Customer) -> Lead | None:
    return Lead.objects.open().with_people().filter(customer=customer).order_by("-pk").first()


def _wish(
    customer: Customer,
    outcome: Outcome,
    series: Series | None,
    level: IntentLevel | None,
    remark: str,
    *,
    by: User,
    at: datetime,
) -> Lead:
    if level is not None and level.store_id != customer.store_id:
        raise RuleViolation(_("This level belongs to another store."), field="level")
    seller = customer.owner
    if seller is None and not by.roles_in(customer.store_id).isdisjoint(
        MANAGERS | {Role.CONSULTANT}
    ):
        seller = by
    source = Source.objects.filter(store=customer.store, code=SOURCES[outcome]).first()
    lead = open_lead(
        customer, consultant=seller, source=source, level=level, series=series, way=Way.OTHER,
        remark=remark, by=by, at=at,
    )  # fmt: skip
    return plan_usual(spoke(lead, by=by, at=at), by=by, at=at)


def _settle(contact: OwnerContact) -> None:
    """Close the open promise to call, or leave it open until enough attempts were in vain."""
    customer, at, by = contact.customer, contact.at, contact.by
    owed = Deadline.objects.open().about(customer).of_step(sop.OWNER_CONTACT).first()
    if owed is None:
        return
    if contact.is_reached:
        finish(sop.OWNER_CONTACT, customer, by=by, at=at, period=owed.period)
        return
    tried = OwnerContact.objects.filter(customer=customer, entered_at__gte=owed.opened_at)
    if tried.exclude(pk__in=tried.reached()).count() >= ENOUGH_ATTEMPTS:
        reason = _("Not reached in %(count)s attempts.") % {"count": ENOUGH_ATTEMPTS}
        cancel(sop.OWNER_CONTACT, customer, by=by, reason=reason, at=at, period=owed.period)


@transaction.atomic
def set_base_policy(
    store: Store,
    *,
    owner_years: int,
    owner_interval_days: int,
    owners_a_day: int,
    recall_every: int,
    by: User,
) -> BasePolicy:
    """Set how the store keeps in touch with owners and samples its losses, from now on."""
    policy, _made = BasePolicy.objects.update_or_create(
        store=store,
        defaults={
            "owner_years": owner_years,
            "owner_interval_days": owner_interval_days,
            "owners_a_day": owners_a_day,
            "recall_every": recall_every,
        },
    )
    return policy
