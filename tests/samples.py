"""
What each address is called with in the policy test: rows of one store, all the person's own.

A new address without a sample fails `tests/test_policy.py`: add a line with `sample`.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from dealership import clock
from dealership.customers.actions import (
    add_car,
    add_contact_person,
    merge_customers,
    set_owner,
    tell_apart,
)
from dealership.customers.models import ContactPerson, Customer, DuplicatePair, Merge
from dealership.messaging.actions import notify, queue_sms
from dealership.messaging.models import Notice, Sms
from dealership.messaging.purposes import PURPOSES
from dealership.privacy.actions import keep_picture
from dealership.sop.actions import open_run, start, tick_item
from dealership.sop.models import ChecklistRun, Deadline, StepLimit
from dealership.sop.steps import STEPS
from dealership.staff.actions import create_token
from dealership.staff.models import ApiToken, Duty, Store, User
from dealership.staff.roles import Role
from deals.models import Order
from delivery.models import Delivery, LateApplication
from leads.actions import (
    agree_visit,
    apply_for_loss,
    decide_loss,
    hand_over_customers,
    make_rule,
    put_into_pool,
    set_up_loss_reasons,
)
from leads.actions.campaigns import sign_up
from leads.actions.intake import create_key, refuse_in
from leads.actions.sources import add_source
from leads.models import (
    Appointment,
    AssignmentRule,
    BulkRun,
    Campaign,
    HandOver,
    ImportRun,
    IntakeEntry,
    IntakeKey,
    Lead,
    LossApplication,
    LossReason,
    LossRecall,
    MonthlyPlan,
    PlannedVisit,
    ProspectList,
    SavedView,
    SignUp,
    Source,
)
from showroom.models import Visit
from showroom.sop import START_OF_DAY
from tests import make
from tests.deals import make as deals
from tests.delivery import make as deliveries
from tests.leads import files as list_files
from tests.showroom import make as visits


class World:
    """A store with one row of each kind, all of them `user`'s; made when first asked for."""

    def __init__(self, store: Store, user: User):
        self.store, self.user = store, user

    @cached_property
    def customer(self) -> Customer:
        return make.customer(owner=self.user, store=self.store)

    @cached_property
    def another_customer(self) -> Customer:
        return make.customer(owner=self.user, store=self.store)

    @cached_property
    def merge(self) -> Merge:
        other = make.customer(owner=self.user, store=self.store)
        return merge_customers(self.another_customer, other, by=self.user)

    @cached_property
    def pair(self) -> DuplicatePair:
        return tell_apart(self.customer, self.another_customer, by=self.user)

    @cached_property
    def lead(self) -> Lead:
        return make.lead(customer=self.customer, consultant=self.user)

    @cached_property
    def colleague(self) -> User:
        return make.user(store=self.store)

    @cached_property
    def token(self) -> ApiToken:
        create_token(self.user, name="导入")
        return self.user.api_tokens.latest("pk")

    @cached_property
    def notice(self) -> Notice:
        return notify(self.user, store=self.store, kind="test", text="您好")

    @cached_property
    def appointment(self) -> Appointment:
        in_three_days = clock.now() + timedelta(days=3)
        return agree_visit(self.lead, at_time=in_three_days, by=self.user)

    @cached_property
    def contact_person(self) -> ContactPerson:
        firm = make.organisation(owner=self.user, store=self.store)
        return add_contact_person(firm, name="刘主任", job="采购", by=self.user)

    @cached_property
    def source(self) -> Source:
        return add_source(self.store, name="抖音")

    @cached_property
    def campaign(self) -> Campaign:
        return make.campaign(store=self.store)

    @cached_property
    def sign_up(self) -> SignUp:
        made = sign_up(self.campaign, phone=make.a_phone(), name="孙先生", by=self.user)
        if made.customer.owner_id != self.user.pk:
            set_owner(made.customer, self.user, by=self.user)
        return made

    @cached_property
    def intake_key(self) -> IntakeKey:
        create_key(self.store, name="懂车帝", source=self.source, by=self.user)
        return IntakeKey.objects.latest("pk")

    @cached_property
    def intake_entry(self) -> IntakeEntry:
        return refuse_in(self.intake_key, external_id="", payload={}, reason="phone")

    @cached_property
    def seller(self) -> User:
        """Who attends guests: the person, if they may."""
        return self.user if Role.CONSULTANT in self.user.roles_in(self.store) else self.colleague

    @cached_property
    def visit(self) -> Visit:
        """In the showroom now."""
        return visits.visit(consultant=self.seller, by=self.user, store=self.store)

    @cached_property
    def nameless(self) -> Visit:
        return visits.visit(consultant=self.seller, by=self.user, store=self.store, nameless=True)

    @cached_property
    def departed(self) -> Visit:
        return visits.departed(consultant=self.seller, by=self.user, store=self.store)

    @cached_property
    def deadline(self) -> Deadline:
        step = STEPS["showroom.thank_you"]
        return start(step, self.lead, store=self.store, customer=self.customer, owner=self.user)

    @cached_property
    def run(self) -> ChecklistRun:
        """The person's own start of the day."""
        return open_run(START_OF_DAY, self.duty, store=self.store, by=self.user)

    @cached_property
    def duty(self) -> Duty:
        today = clock.day_of(clock.now(), self.store.tz)
        return Duty.objects.get_or_create(user=self.user, store=self.store, day=today)[0]

    @cached_property
    def photographed(self) -> ChecklistRun:
        """The same with a photo at its first line."""
        photo = keep_picture(make.photo(), store=self.store, by=self.user)
        tick_item(self.run, self.run.lines()[0].item.code, by=self.user, photo=photo)
        return self.run

    @cached_property
    def limit(self) -> StepLimit:
        tomorrow = clock.day_of(clock.now(), self.store.tz) + timedelta(days=1)
        step = next(iter(STEPS.values()))
        return StepLimit.objects.create(
            store=self.store, step=step.code, amount=60, valid_from=tomorrow
        )

    @cached_property
    def order(self) -> Order:
        return deals.order(lead=self.another_lead())

    @cached_property
    def delivery(self) -> Delivery:
        return deliveries.delivery(order=deals.order(lead=self.another_lead()), by=self.user)

    @cached_property
    def late(self) -> Delivery:
        at = clock.now() - timedelta(days=10)
        order = deals.order(lead=self.another_lead(at=at - timedelta(days=1)), at=at)
        return deliveries.late_delivery(order=order, by=self.user)

    @cached_property
    def application(self) -> LateApplication:
        return deliveries.application(delivery=self.late, by=self.user)

    @cached_property
    def sms(self) -> Sms:
        purpose = next(iter(PURPOSES.values()))
        return queue_sms(
            purpose, subject=self.departed, customer=self.customer, by=self.user, body="谢谢光临",
            phone=self.customer.primary_phone,
        )  # fmt: skip

    @cached_property
    def reason(self) -> LossReason:
        return set_up_loss_reasons(self.store)["budget"]

    @cached_property
    def loss(self) -> LossApplication:
        """Waits for the manager."""
        lead = self.another_lead()
        return apply_for_loss(lead, reason=self.reason, feedback="预算不够", by=self.user)

    @cached_property
    def lost(self) -> LossApplication:
        lead = self.another_lead()
        made = apply_for_loss(lead, reason=self.reason, feedback="预算不够", by=self.user)
        return decide_loss(made, approved=True, by=self.user)

    @cached_property
    def recall(self) -> LossRecall:
        return LossRecall.objects.create(
            store=self.store, application=self.lost, caller=self.user, opened_at=clock.now()
        )

    @cached_property
    def owner(self) -> Customer:
        car_owner = make.customer(owner=self.user, store=self.store)
        add_car(car_owner, series_text="AX7", by=self.user)
        return car_owner

    @cached_property
    def plan(self) -> MonthlyPlan:
        month = clock.day_of(clock.now(), self.store.tz).replace(day=1)
        return MonthlyPlan.objects.create(store=self.store, kind="base", month=month)

    @cached_property
    def planned_visit(self) -> PlannedVisit:
        today = clock.day_of(clock.now(), self.store.tz)
        return PlannedVisit.objects.create(
            store=self.store, consultant=self.user, way="list", place="市出租车协会",
            planned_on=today,
        )  # fmt: skip

    @cached_property
    def pooled(self) -> Lead:
        """In the pool, and never the person's own before."""
        lead = make.lead(customer=make.customer(owner=self.colleague, store=self.store))
        return put_into_pool(lead, reason="长期未跟进", by=None)

    @cached_property
    def rule(self) -> AssignmentRule:
        return make_rule(store=self.store, name="全部", by=self.user)

    @cached_property
    def hand_over(self) -> HandOver:
        leaver = make.user(store=self.store)
        make.customer(owner=leaver, store=self.store)
        return hand_over_customers(leaver, store=self.store, to=[self.colleague], by=self.user)

    @cached_property
    def prospects(self) -> ProspectList:
        return list_files.prospects(self.store)

    @cached_property
    def imported(self) -> ImportRun:
        rows = [list_files.HEADER, ("王建国", make.a_phone(), "男", "")]
        file = list_files.csv_file(rows)
        return list_files.uploaded(file, by=self.user, to=self.prospects)

    @cached_property
    def saved_view(self) -> SavedView:
        return SavedView.objects.create(
            store=self.store, owner=self.user, name="高意向", query="level=H"
        )

    @cached_property
    def bulk_run(self) -> BulkRun:
        return BulkRun.objects.create(
            store=self.store, by=self.user, action="day", given={}, at=clock.now()
        )

    def another_lead(self, **given: Any) -> Lead:
        customer = make.customer(owner=self.user, store=self.store, **given)
        return make.lead(customer=customer, consultant=self.user, **given)


Sample = Callable[[World], tuple[Any, ...]]
SAMPLES: dict[str, Sample] = {}


def sample(*names: str, args: Sample) -> None:
    for name in names:
        if name in SAMPLES:
            raise ValueError(f"{name} has two samples")
        SAMPLES[name] = args


def api(room: str, *calls: str) -> list[str]:
    return [f"api-{room}-{call}" for call in calls]


sample(
    "customers:customer-detail", "customers:customer-timeline", "customers:record-panel",
    "customers:customer-edit", "customers:phone-add", "customers:consent", "customers:refuse",
    "customers:allow", "customers:customer-reveal", "customers:people-panel",
    "customers:person-add", "leads:lead-panel", "showroom:visit-panel",
    "deals:order-panel", "delivery:delivery-panel", "sop:customer-panel",
    *api("customer", "detail", "consents", "phones", "refuse-contact", "reveal", "timeline"),
    *api("customer", "people"),
    args=lambda world: (world.customer.pk,),
)  # fmt: skip
sample(
    "customers:duplicates-panel", "customers:told-apart", "customers:merge-choose",
    "customers:identity", "customers:identity-forget",
    *api("customer", "duplicates", "merge", "identity", "told-apart"),
    args=lambda world: (world.customer.pk,),
)  # fmt: skip
sample("customers:merge", args=lambda world: (world.customer.pk, world.another_customer.pk))
sample(
    "customers:merge-detail", "customers:merge-undo", *api("merge", "detail", "undo"),
    args=lambda world: (world.merge.pk,),
)  # fmt: skip
sample("customers:pair-again", args=lambda world: (world.pair.pk,))
sample("leads:lead-level", *api("lead", "detail", "level"), args=lambda world: (world.lead.pk,))
sample("deals:order-new", args=lambda world: (world.lead.customer_id,))
sample("staff:token-revoke", args=lambda world: (world.token.pk,))
sample("staff:person-freeze", args=lambda world: (world.colleague.pk,))
sample(
    "showroom:visit-detail", "showroom:visit-take", "showroom:visit-hand-over",
    "showroom:visit-complete", "showroom:visit-depart", "showroom:visit-void",
    *api("visit", "detail", "take", "hand-over", "complete", "depart", "void"),
    args=lambda world: (world.visit.pk,),
)  # fmt: skip
sample(
    "showroom:visit-identify", *api("visit", "identify"), args=lambda world: (world.nameless.pk,)
)
sample(
    "showroom:visit-undo", "showroom:visit-tidy", "showroom:visit-reset", "showroom:visit-thank",
    "showroom:visit-settle",
    *api("visit", "undo-departure", "tidy", "reset", "thank", "settle-thanks"),
    args=lambda world: (world.departed.pk,),
)  # fmt: skip
sample(
    "deals:order-detail", "deals:order-cancel", "delivery:delivery-new",
    *api("order", "detail", "cancel"),
    args=lambda world: (world.order.pk,),
)  # fmt: skip
sample(
    "delivery:delivery-detail", "delivery:delivery-thank", "delivery:delivery-thank-call",
    "delivery:delivery-file", "delivery:dms-enter",
    *api("delivery", "detail", "calls", "dms-entry", "file", "thank", "thank-by-call"),
    args=lambda world: (world.delivery.pk,),
)  # fmt: skip
sample(
    "delivery:late-apply", *api("delivery", "late-applications"),
    args=lambda world: (world.late.pk,),
)  # fmt: skip
sample(
    "delivery:late-decide", *api("late-application", "detail", "decide"),
    args=lambda world: (world.application.pk,),
)  # fmt: skip
sample("delivery:callback", args=lambda world: (world.delivery.callbacks.earliest("pk").pk,))
sample(
    "sop:deadline-detail", "sop:deadline-reply", "sop:deadline-decide", "sop:deadline-waive",
    "sop:deadline-retry",
    *api("deadline", "detail", "decide", "reply", "waive"),
    args=lambda world: (world.deadline.pk,),
)  # fmt: skip
sample("sop:limit-change", args=lambda world: (next(iter(STEPS)),))
sample("sop:limit-withdraw", args=lambda world: (world.limit.pk,))
sample(
    "sop:checklist-run", "sop:checklist-pass", "sop:checklist-sign",
    args=lambda world: (world.run.pk,),
)  # fmt: skip
sample(
    "sop:checklist-photo",
    args=lambda world: (world.photographed.pk, world.run.lines()[0].item.code),
)
sample(
    "sop:checklist-tick",
    args=lambda world: (world.run.pk, world.run.lines()[0].item.code),
)
sample(
    "messaging:template-edit", "messaging:template-preview", "messaging:template-drop",
    args=lambda world: (next(iter(PURPOSES)),),
)  # fmt: skip
sample(
    "messaging:notice-read", *api("notice", "detail", "read"),
    args=lambda world: (world.notice.pk,),
)  # fmt: skip
sample("messaging:sms-detail", *api("sms", "detail"), args=lambda world: (world.sms.pk,))
sample(
    "leads:contact-new", "leads:contact-missed", "leads:contact-message",
    "leads:appointment-new", *api("lead", "contacts"),
    args=lambda world: (world.lead.pk,),
)  # fmt: skip
sample(
    "leads:appointment-confirm", "leads:appointment-move", "leads:appointment-cancel",
    *api("appointment", "detail", "confirm", "move", "cancel"),
    args=lambda world: (world.appointment.pk,),
)  # fmt: skip
sample(
    "leads:level-change", *api("level", "detail"),
    args=lambda world: (world.store.levels.get(code="H").pk,),
)  # fmt: skip
sample("leads:loss-new", args=lambda world: (world.lead.pk,))
sample(
    "leads:loss-decide", "leads:loss-withdraw",
    *api("loss", "detail", "decide", "withdraw", "revisit"),
    args=lambda world: (world.loss.pk,),
)  # fmt: skip
sample("leads:loss-revisit", args=lambda world: (world.lost.pk,))
sample("leads:lead-reactivate", args=lambda world: (world.lost.lead_id,))
sample(
    "leads:loss-recall", *api("recall", "detail", "record"), args=lambda world: (world.recall.pk,)
)
sample("leads:loss-reason-edit", args=lambda world: (world.reason.pk,))
sample("leads:owner-contact", args=lambda world: (world.owner.pk,))
sample(
    "leads:base-plan-now", "leads:base-evaluation-now", "leads:prospect-plan-now",
    "leads:prospect-evaluation-now",
    args=lambda world: (world.store.pk,),
)  # fmt: skip
sample(
    "leads:plan-month",
    "leads:plan-copy",
    "leads:plan-evaluate",
    args=lambda world: (world.plan.kind, f"{world.plan.month:%Y-%m}"),
)
sample("leads:plan-rows", args=lambda world: (f"{world.plan.month:%Y-%m}",))
sample(
    "leads:planned-visit-done",
    "leads:planned-visit-drop",
    args=lambda world: (world.planned_visit.pk,),
)
sample(*api("plan", "detail"), args=lambda world: (world.plan.pk,))
sample("leads:lead-complete", *api("lead", "complete"), args=lambda world: (world.lead.pk,))
sample(
    "customers:person-edit", "customers:person-remove", *api("contact-person", "change", "remove"),
    args=lambda world: (world.contact_person.pk,),
)  # fmt: skip
sample(
    "leads:source-edit", "leads:source-shift", "leads:source-retire", "leads:source-revive",
    *api("source", "change", "retire", "revive"),
    args=lambda world: (world.source.pk,),
)  # fmt: skip
sample(
    "leads:campaign-detail", "leads:campaign-edit", "leads:campaign-call-off",
    "leads:campaign-cost", "leads:campaign-sign-up", "leads:campaign-qr", "leads:campaign-poster",
    *api("campaign", "detail", "change", "call-off", "costs", "figures", "sign-ups"),
    args=lambda world: (world.campaign.pk,),
)  # fmt: skip
sample(
    "leads:cost-drop", *api("campaign-cost", "drop"),
    args=lambda world: (make.cost(world.campaign).pk,),
)  # fmt: skip
sample(
    "leads:sign-up-settle", *api("sign-up", "detail", "settle"),
    args=lambda world: (world.sign_up.pk,),
)  # fmt: skip
sample("leads:intake-revoke", args=lambda world: (world.intake_key.pk,))
sample(
    "leads:intake-retry", "leads:intake-settle", *api("intake-entry", "retry", "settle"),
    args=lambda world: (world.intake_entry.pk,),
)  # fmt: skip
sample(
    "leads:lead-owner", "leads:lead-assign", "leads:lead-pool", "leads:lead-postpone",
    *api("lead", "assign", "owner", "postpone", "to-pool"),
    args=lambda world: (world.lead.pk,),
)  # fmt: skip
sample("leads:pool-claim", *api("lead", "claim"), args=lambda world: (world.pooled.pk,))
sample("leads:rule-edit", "leads:rule-move", args=lambda world: (world.rule.pk,))
sample("leads:hand-over", args=lambda world: (world.colleague.pk,))
sample(
    "leads:hand-over-detail", "leads:hand-over-undo", *api("hand-over", "detail", "undo"),
    args=lambda world: (world.hand_over.pk,),
)  # fmt: skip
sample(
    "leads:list-detail", "leads:import-new", *api("prospect-list", "detail", "imports"),
    args=lambda world: (world.prospects.pk,),
)  # fmt: skip
sample(
    "leads:import-detail", "leads:import-columns", "leads:import-check", "leads:import-head",
    "leads:import-start", "leads:import-resume", "leads:import-stop", "leads:import-revert",
    "leads:import-discard", "leads:import-rows", "leads:import-failed",
    *api("import", "detail", "start", "stop", "revert"),
    args=lambda world: (world.imported.pk,),
)  # fmt: skip
sample("leads:lead-sheet", "leads:lead-move", args=lambda world: (world.lead.pk,))
sample("leads:board-column", args=lambda world: ("level", "N"))
sample(
    "leads:saved-view-edit", "leads:saved-view-refit", "leads:saved-view-move",
    "leads:saved-view-drop", *api("saved-view", "detail"),
    args=lambda world: (world.saved_view.pk,),
)  # fmt: skip
sample("leads:bulk-detail", "leads:bulk-go-on", args=lambda world: (world.bulk_run.pk,))
