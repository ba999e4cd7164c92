"""
What each address is called with in the policy test: rows of one store, all the person's own.

A new address without a sample fails `tests/test_policy.py`: add a line with `sample`.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from dealership import clock
from dealership.customers.models import Customer
from dealership.messaging.actions import notify, queue_sms
from dealership.messaging.models import Notice, Sms
from dealership.messaging.purposes import PURPOSES
from dealership.sop.actions import start
from dealership.sop.models import ChecklistRun, Deadline, StepLimit
from dealership.sop.steps import STEPS
from dealership.staff.actions import create_token
from dealership.staff.models import ApiToken, Store, User
from dealership.staff.roles import Role
from deals.models import Order
from delivery.models import Delivery, LateApplication
from leads.models import Lead
from showroom.models import Visit
from tests import make
from tests.deals import make as deals
from tests.delivery import make as deliveries
from tests.showroom import make as visits


class World:
    """A store with one row of each kind, all of them `user`'s; made when first asked for."""

    def __init__(self, store: Store, user: User):
        self.store, self.user = store, user

    @cached_property
    def customer(self) -> Customer:
        return make.customer(owner=self.user, store=self.store)

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
        return ChecklistRun.objects.filter(store=self.store, subject_id=self.visit.pk).latest("pk")

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
    "customers:allow", "customers:customer-reveal", "leads:lead-panel", "showroom:visit-panel",
    "deals:order-panel", "delivery:delivery-panel", "sop:customer-panel",
    *api("customer", "detail", "consents", "phones", "refuse-contact", "reveal", "timeline"),
    args=lambda world: (world.customer.pk,),
)  # fmt: skip
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
sample("sop:checklist-run", args=lambda world: (world.run.pk,))
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
