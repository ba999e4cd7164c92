"""What follows a sale: order, hand-over, thanks, callbacks, the file and the DMS."""

from datetime import datetime, timedelta

from dealership.dashboards.demo import texts
from dealership.dashboards.demo.floor import EVENING, Floor, minutes
from dealership.dashboards.demo.ground import House
from dealership.dashboards.demo.story import Story
from dealership.errors import RuleViolation
from dealership.sop.models import Deadline
from dealership.staff.models import User
from dealership.staff.roles import Role
from dealership.vehicles.models import Trim
from deals.actions import cancel_order, place_order
from deals.models import Order
from delivery import actions
from delivery.models import Callback, Delivery, LateApplication
from delivery.sop import THANK_YOU
from leads.models import Lead

CANCELLED = 0.04
LATE_IN_DMS = 0.04
COMPANY = 0.08
THANKED_BY_HAND = 0.8


class Sales:
    """The sale's end of one store in the story."""

    def __init__(self, house: House, story: Story):
        self.house, self.story, self.rng = house, story, house.rng
        self.clerk = (house.by_role.get(Role.CLERK) or house.by_role[Role.SALES_MANAGER])[0]
        self.manager = house.one(Role.SALES_MANAGER)
        self.trims: dict[int, list[Trim]] = {}
        for trim in Trim.objects.filter(series__in=house.series).order_by("pk"):
            self.trims.setdefault(trim.series_id, []).append(trim)
        self.floor: Floor

    def sold(self, at: datetime, lead: Lead, who: User) -> None:
        """The guest signs before leaving."""
        series = lead.series or self.rng.choice(self.house.series)
        order = place_order(
            lead,
            series=series,
            trim=self.rng.choice(self.trims[series.pk]),
            consultant=who,
            by=who,
        )
        if self.rng.random() < CANCELLED:
            self.story.at(at + timedelta(days=self.rng.randint(1, 4), hours=1), self.cancel, order)
            return
        day = self.house.day_of(at) + timedelta(days=self.rng.randint(1, 6))
        hour = self.rng.uniform(10, 15)
        self.story.at(self.house.moment(day, round(hour, 2)), self.fetch, order)

    def fetch(self, at: datetime, order: Order) -> None:
        """The customer comes for the car, unless it went out earlier."""
        order = Order.objects.with_people().get(pk=order.pk)
        if order.is_open:
            self.hand_over(at, order)

    def cancel(self, at: datetime, order: Order) -> None:
        order = Order.objects.with_people().get(pk=order.pk)
        if not order.is_open:
            return
        level = self.house.levels["B"]
        cancel_order(order, reason="客户资金安排有变，暂缓购车。", level=level, by=order.consultant)

    def hand_over(self, at: datetime, order: Order, *, follow: bool = True) -> Delivery:
        """The customer comes for the car; five promises begin."""
        is_company = self.rng.random() < COMPANY
        day = self.house.day_of(at)
        invoiced = max(
            day - timedelta(days=self.rng.choice((0, 0, 0, 1))), self.house.day_of(order.ordered_at)
        )
        delivery = actions.hand_over_car(
            order,
            invoice_on=invoiced,
            vehicle_use="commercial" if is_company else "household",
            customer_nature="company" if is_company else "private",
            vin=self.floor.invention.vin(),
            by=order.consultant,
        )
        if follow:
            self._plan_what_follows(at, delivery)
        return delivery

    def _plan_what_follows(self, at: datetime, delivery: Delivery) -> None:
        day = self.house.day_of(at)
        keeps = self.floor.keeps_time(delivery.consultant)
        owed = Deadline.objects.about(delivery).of_step(THANK_YOU).open().first()
        if owed is not None and owed.problem:
            self.story.at(at + minutes(10, 80, self.house), self.thank_by_phone, delivery)
        elif owed is not None and self.rng.random() < THANKED_BY_HAND:
            self.story.at(at + minutes(10, 80, self.house), self.thank, delivery)
        elif owed is not None and owed.act_at:
            self.floor.tick_at(owed.act_at)
        first, third = delivery.callbacks.order_by("pk")
        evening = self.house.moment(day, self.rng.uniform(17, EVENING))
        self.story.at(evening if keeps else evening + timedelta(hours=15), self.phone, first.pk, 1)
        third_at = self.house.moment(day + timedelta(days=3), self.rng.uniform(9.5, EVENING))
        self.story.at(third_at, self.phone, third.pk, 1)
        self.story.at(self.house.moment(day, self.rng.uniform(17.2, 18.4)), self.file, delivery)
        self._plan_dms(delivery)

    def _plan_dms(self, delivery: Delivery) -> None:
        day = self.house.day_of(delivery.delivered_at)
        if self.rng.random() < LATE_IN_DMS:
            after = self.house.day_of(delivery.dms_window_ends_at)
            self.story.at(self.house.moment(after, 9.5), self.apply, delivery)
            return
        same_day = self.house.moment(day, self.rng.uniform(17.0, 18.2))
        self.story.at(
            max(same_day, delivery.delivered_at + timedelta(minutes=40)), self.enter, delivery
        )

    def thank(self, at: datetime, delivery: Delivery) -> None:
        owed = Deadline.objects.about(delivery).of_step(THANK_YOU).open()
        if owed.filter(problem="").exists():
            body = actions.draft_thanks(delivery)
            try:
                sms = actions.send_thanks(delivery, body=body, by=delivery.consultant)
            except RuleViolation:  # the quiet hours have begun: the customer is called
                self.thank_by_phone(at, delivery)
            else:
                self.floor.send(at, sms)

    def thank_by_phone(self, at: datetime, delivery: Delivery) -> None:
        if Deadline.objects.about(delivery).of_step(THANK_YOU).open().exists():
            actions.thank_by_call(delivery, by=delivery.consultant)

    def phone(self, at: datetime, pk: int, number: int) -> None:
        """Ring the customer; now and then nobody answers and it takes a second call."""
        callback = Callback.objects.with_people().get(pk=pk)
        who = callback.delivery.consultant
        if number == 1 and self.rng.random() < 0.18:
            actions.record_call(
                callback, outcome="no_answer", remark=self.rng.choice(texts.UNREACHED), by=who
            )
            self.story.at(at + minutes(25, 70, self.house), self.phone, pk, 2)
            return
        actions.record_call(
            callback,
            outcome="reached",
            remark=self.rng.choice(texts.CALLBACK_REMARKS),
            survey_told=True if callback.is_third_day else None,
            convenient_time="工作日晚上"
            if callback.is_third_day and self.rng.random() < 0.3
            else "",
            by=who,
        )

    def file(self, at: datetime, delivery: Delivery) -> None:
        actions.complete_file(delivery, by=self.clerk)

    def enter(self, at: datetime, delivery: Delivery) -> None:
        number = f"DMS{at:%y%m%d}{delivery.vin[-4:]}"
        actions.enter_dms(delivery, dms_number=number, by=self.clerk)

    def apply(self, at: datetime, delivery: Delivery) -> None:
        """The window is over: the brand's office is asked, and answers two days later."""
        application = actions.apply_late(
            delivery,
            reason=self.rng.choice(texts.LATE_REASONS),
            evidence="发票复印件、情况说明",
            sent_on=self.house.day_of(at),
            by=self.clerk,
        )
        self.story.at(at + timedelta(days=2, hours=2), self.decide, delivery, application)

    def decide(self, at: datetime, delivery: Delivery, application: LateApplication) -> None:
        actions.decide_late(
            application,
            approved=True,
            decided_on=self.house.day_of(at),
            reference=f"BL-{at:%Y%m%d}-{delivery.vin[-3:]}",
            by=self.clerk,
        )
        self.story.at(at + timedelta(minutes=30), self.enter, delivery)
