"""Lead development in the story: leads come in, are called, invited, given up, found again."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from dealership.dashboards.demo import texts
from dealership.dashboards.demo.ground import House
from dealership.dashboards.demo.story import Story
from dealership.errors import RuleViolation
from dealership.staff.models import User
from dealership.staff.roles import Role
from leads import actions
from leads.models import (
    Campaign,
    Lead,
    LossApplication,
    LossReason,
    Source,
)

if TYPE_CHECKING:
    from dealership.dashboards.demo.floor import Floor

# Leads that portals send on a day, and where from.
PORTAL_LEADS = (2, 4)
PORTALS = ("dongchedi", "dongchedi", "autohome", "autohome", "yiche", "new-media", "website")
ADVERTISED = "dongchedi"
CALLED_IN_TIME = 0.93
ANSWERS = 0.72
# What a call to a prospect comes to: the bounds of one throw of the dice.
GIVEN_UP, PUT_OFF, INVITED = 0.2, 0.25, 0.42
KEEPS_CONTACT = 0.9
FORGOTTEN = 0.05
COMES = 0.75
DECIDED_NEXT_DAY = 0.85
APPROVED = 0.88


class Prospects:
    """The leads of one store in the story."""

    def __init__(self, house: House, story: Story, floor: "Floor"):
        self.house, self.story, self.rng, self.floor = house, story, house.rng, floor
        self.invention = house.invention
        self.manager = house.one(Role.SALES_MANAGER)
        self.advertised: Campaign | None = None
        self.reasons = {
            reason.code: reason for reason in LossReason.objects.filter(store=house.store)
        }

    # What comes in -----------------------------------------------------------------------

    def open_day(self, day: date, until: datetime) -> None:
        """Plan the leads of portals on `day`."""
        for _number in range(round(self.rng.randint(*PORTAL_LEADS) * self.floor.share)):
            at = self.house.moment(day, self.rng.uniform(8.2, 20.5))
            if at <= until:
                self.story.at(at, self.portal_lead)

    def portal_lead(self, at: datetime) -> None:
        """Somebody left a number on a portal; the rules give the lead to a consultant."""
        name, salutation = self.invention.who()
        portal = self.rng.choice(PORTALS)
        running = self.advertised if portal == ADVERTISED else None
        lead = actions.capture_lead(
            store=self.house.store,
            name=name,
            salutation=salutation,
            phone=self.invention.phone(),
            way="online",
            source=self.source(portal),
            campaign=running,
            series=self.floor.wish(),
            remark=self.rng.choice(texts.PORTAL_REMARKS),
            by=None,
            at=at,
        )
        self.plan_first_call(at, lead)

    def plan_first_call(self, at: datetime, lead: Lead) -> None:
        if lead.consultant_id is None:
            return
        hours = self.rng.uniform(0.2, 5) if self.rng.random() < CALLED_IN_TIME else 26
        self.story.at(self.working(at + timedelta(hours=hours)), self.call, lead.pk, 1)

    def source(self, code: str) -> Source:
        return next(source for source in self.house.sources if source.code == code)

    def working(self, at: datetime) -> datetime:
        """The same moment, or the next morning when the store is closed then."""
        hour = at.astimezone(self.house.store.tz).hour
        if 9 <= hour < 18:
            return at
        day = self.house.day_of(at) + timedelta(days=1 if hour >= 18 else 0)
        return self.house.moment(day, self.rng.uniform(9.1, 11))

    # Calls -------------------------------------------------------------------------------

    def plan_follow_up(self, lead: Lead) -> None:
        """The consultant keeps the day that was named, is a day late now and then, or forgets."""
        on = lead.next_contact_on
        if on is None or self.rng.random() < FORGOTTEN:
            return
        day = on if self.rng.random() < KEEPS_CONTACT else on + timedelta(days=1)
        self.story.at(self.house.moment(day, self.rng.uniform(9.5, 17.5)), self.follow_up, lead.pk)

    def follow_up(self, at: datetime, pk: int) -> None:
        """The planned call, unless something else has come first."""
        lead = Lead.objects.get(pk=pk)
        planned = lead.next_contact_on
        if planned is not None and planned <= self.house.day_of(at):
            self.call(at, pk, 1)

    def call(self, at: datetime, pk: int, number: int) -> None:
        """A call to a prospect: in vain, or with one of several ends."""
        lead = Lead.objects.with_people().get(pk=pk)
        by = lead.consultant
        if lead.status != Lead.Status.OPEN or by is None or not lead.customer.may_be_contacted:
            return
        if self.rng.random() >= ANSWERS:
            outcome = self.rng.choice(("no_answer", "no_answer", "busy", "off"))
            actions.record_contact(lead, way="call", outcome=outcome, by=by, at=at)
            if number < 3:
                again = at + timedelta(hours=self.rng.uniform(1, 4))
                self.story.at(self.working(again), self.call, pk, number + 1)
            else:
                self.plan_follow_up(Lead.objects.get(pk=pk))
            return
        self._reached(at, lead, by)

    def _reached(self, at: datetime, lead: Lead, by: User) -> None:
        chance = self.rng.random()
        visit_at = None
        if PUT_OFF <= chance < INVITED:
            day = self.house.day_of(at) + timedelta(days=self.rng.randint(1, 3))
            visit_at = self.house.moment(day, self.rng.choice((9.5, 10, 11, 14, 15, 16)))
        level = self._level(lead, is_warm=visit_at is not None)
        try:
            actions.record_contact(
                lead,
                way=self.rng.choice(("call", "call", "call", "wechat")),
                outcome="reached",
                purpose="invite" if visit_at else "care",
                answer="accepted" if visit_at else "",
                visit_at=visit_at,
                feedback=self.rng.choice(texts.SAID),
                measure=self.rng.choice(texts.MEASURES) if self.rng.random() < 0.4 else "",
                level=level,
                by=by,
                at=at,
            )
        except RuleViolation:  # a visit is agreed on already
            actions.record_contact(
                lead, way="call", outcome="reached", feedback=texts.SAID[0], by=by, at=at
            )
            visit_at = None
        lead = Lead.objects.with_people().get(pk=lead.pk)
        if chance < GIVEN_UP:
            self.give_up(at, lead, "lost")
            return
        if chance < PUT_OFF:
            self.give_up(at, lead, "dormant")
            return
        if visit_at is not None and self.rng.random() < COMES:
            came = visit_at + timedelta(minutes=self.rng.randint(-25, 35))
            self.story.at(came, self.floor.come_again, lead.customer)
        self.plan_follow_up(lead)

    def _level(self, lead: Lead, *, is_warm: bool):
        if is_warm:
            return self.house.levels["A" if lead.level.code in "NBC" else "H"]
        if lead.level.code == "N":
            return self.house.levels[self.rng.choice("BBCC")]
        return None

    # Loss --------------------------------------------------------------------------------

    def give_up(self, at: datetime, lead: Lead, kind: str) -> None:
        """The consultant applies; the manager decides on the next morning."""
        code = self.rng.choice(
            ("postponed", "cannot-come")
            if kind == "dormant"
            else ("rival-bought", "rival-bought", "price-high", "budget", "cancelled", "no-stock")
        )
        rival = self.rng.choice(texts.RIVALS) if code == "rival-bought" else ("", "")
        application = actions.apply_for_loss(
            lead,
            kind=kind,
            reason=self.reasons[code],
            rival=rival[0],
            rival_series=rival[1],
            feedback=self.rng.choice(texts.LOST_BECAUSE),
            revisit_on=self.house.day_of(at) + timedelta(days=60) if kind == "dormant" else None,
            by=lead.consultant,
            at=at,
        )
        days = 1 if self.rng.random() < DECIDED_NEXT_DAY else 3
        day = self.house.day_of(at) + timedelta(days=days)
        moment = self.house.moment(day, self.rng.uniform(8.8, 10.5))
        self.story.at(moment, self.decide, application.pk)

    def decide(self, at: datetime, pk: int) -> None:
        application = LossApplication.objects.with_people().get(pk=pk)
        if application.state != LossApplication.State.PENDING:
            return
        approved = self.rng.random() < APPROVED
        actions.decide_loss(
            application,
            approved=approved,
            remark="" if approved else "再约一次到店试驾，重点讲混动油耗。",
            by=self.manager,
            at=at,
        )
        if not approved:
            self.plan_follow_up(Lead.objects.get(pk=application.lead_id))
