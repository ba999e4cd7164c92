"""What happens once in the story: campaigns, a list, old owners, doubles, the month's plans."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from dealership.customers.actions import add_car, register_customer
from dealership.customers.models import Customer
from dealership.dashboards.demo import texts
from dealership.dashboards.demo.floor import Floor
from dealership.dashboards.demo.ground import House
from dealership.dashboards.demo.story import Story
from dealership.staff.roles import Role
from leads import actions
from leads.actions.lists import add_list
from leads.models import Campaign, MonthlyPlan, ProspectList, SignUp

OLD_OWNERS = 26
NEAR = timedelta(days=20)
# Targets of a consultant's month: least and most.
PLANNED: dict[str, dict[str, tuple[int, int]]] = {
    MonthlyPlan.Kind.BASE: {"owner": (3, 6), "outside": (1, 3), "lost": (2, 5), "leads": (1, 3)},
    MonthlyPlan.Kind.PROSPECTING: {"door_to_door": (1, 3), "list": (3, 6), "leads": (2, 4)},
}


class Occasions:
    """The rare events of one store."""

    def __init__(self, house: House, story: Story, floor: Floor):
        self.house, self.story, self.rng, self.floor = house, story, house.rng, floor
        self.prospects = floor.prospects
        self.invention = house.invention
        self.manager = house.one(Role.SALES_MANAGER)

    def plan_once(self, now: datetime, *, days: int) -> None:
        """Campaigns, a list, old owners: what happens once, in the `days` that are told."""
        self.now = now
        today = self.house.day_of(now)
        begin = now - min(NEAR, timedelta(days=days))
        self.story.at(begin, self.base_customers, today)
        self.story.at(begin + timedelta(hours=1), self.campaigns, today)
        self.story.at(begin + (now - begin) / 2, self.list_of_owners)
        self.story.at(begin + (now - begin) * 2 / 3, self.doubles)

    def plan_months(self, now: datetime, *, days: int) -> None:
        """The plans of last month and of this one, and what came of the first."""
        oldest = now - timedelta(days=days)
        first = self.house.day_of(now).replace(day=1)
        last = (first - timedelta(days=1)).replace(day=1)
        for month in (last, first):
            at = self.house.moment(month, 33.5)
            if oldest < at < now:
                self.story.at(self.house.moment(month, 0.1), self.floor.tick)
                self.story.at(at, self.make_plans, month)
        at = self.house.moment(first, 34.5)
        if oldest < at < now:
            self.story.at(at, self.evaluate, last)

    def campaigns(self, at: datetime, today: date) -> None:
        """An event at the week's end with sign-ups, a show that is over, an advertisement."""
        weekend = today + timedelta(days=(5 - today.weekday()) % 7)
        told = (
            ("周末家庭试驾会", "in_store", "in-store", weekend, weekend + timedelta(days=1), 6000),
            ("江城秋季车展", "auto_show", "auto-show", today - timedelta(days=18),
             today - timedelta(days=13), 38000),
            ("懂车帝询价投放", "online", "dongchedi", today - timedelta(days=20),
             today + timedelta(days=10), 12000),
        )  # fmt: skip
        made = []
        for name, channel, source, starts_on, ends_on, budget in told:
            campaign = actions.add_campaign(
                self.house.store,
                name=name,
                channel=channel,
                source=self.prospects.source(source),
                starts_on=starts_on,
                ends_on=ends_on,
                place="星辰店展厅" if channel == "in_store" else "",
                description="带上家人来试驾，到店有礼。" if channel == "in_store" else "",
                budget_amount=budget,
                capacity=60 if channel == "in_store" else None,
                by=self.manager,
                at=at,
            )
            actions.add_cost(
                campaign, what="场地与物料" if channel != "online" else "投放费用",
                amount=Decimal(budget) * 7 / 10, on=self.house.day_of(at), by=self.manager, at=at,
            )  # fmt: skip
            made.append(campaign)
        event, show, self.prospects.advertised = made
        for number in range(9):
            moment = at + timedelta(days=12 + number % 7, hours=number)
            self.story.at(moment, self.sign_up, event.pk)
        for number in range(8):
            moment = self.house.moment(show.starts_on + timedelta(days=2 + number % 4), 10 + number)
            if at < moment < self.now:
                self.story.at(moment, self.sign_up, show.pk)

    def sign_up(self, at: datetime, pk: int) -> None:
        """Somebody fills in the form behind the QR code."""
        name, _salutation = self.invention.who()
        made: SignUp | None = actions.answer_form(
            Campaign.objects.get(pk=pk),
            name=name,
            phone=self.invention.phone(),
            series=self.floor.wish(),
            party_size=self.rng.randint(1, 3),
            agrees_marketing=self.rng.random() < 0.5,
            at=at,
        )
        if made is not None and made.lead is not None:
            self.prospects.plan_first_call(at, made.lead)

    def list_of_owners(self, at: datetime) -> None:
        """A list with its legal basis; its people wait in nobody's hands until they are given."""
        prospects: ProspectList = add_list(
            self.house.store,
            name="武汉车友会自驾营报名表",
            kind="club",
            source=self.prospects.source("list"),
            origin="武汉车友会（合作活动）",
            basis="consent",
            basis_note="报名表上已勾选同意由专营店联系",
            by=self.manager,
            at=at,
        )
        for _number in range(14):
            name, salutation = self.invention.who()
            lead = actions.capture_lead(
                store=self.house.store,
                name=name,
                salutation=salutation,
                phone=self.invention.phone(),
                way="list",
                prospect_list=prospects,
                by=self.manager,
                at=at,
            )
            self.prospects.plan_first_call(at, lead)

    def base_customers(self, at: datetime, today: date) -> None:
        """Owners of three years and more: contacted steadily, some of them buy again."""
        consultants = self.house.by_role[Role.CONSULTANT]
        for number in range(OLD_OWNERS):
            name, salutation = self.invention.who()
            owner = consultants[number % len(consultants)]
            customer = register_customer(
                store=self.house.store,
                name=name,
                salutation=salutation,
                phone=self.invention.phone(),
                owner=owner,
                by=self.manager,
                at=at,
            )
            add_car(
                customer,
                series_text=self.rng.choice(("风神AX7", "奕炫", "风神A60", "风神AX3", "本田CR-V")),
                bought_on=today - timedelta(days=self.rng.randint(1000, 2600)),
                by=self.manager,
                at=at,
            )
            if self.rng.random() < 0.88:
                moment = at + timedelta(days=self.rng.randint(1, 9), hours=number % 7)
                self.story.at(self.prospects.working(moment), self.owner_contact, customer.pk)
        actions.open_owner_contacts(at)

    def owner_contact(self, at: datetime, pk: int) -> None:
        customer = Customer.objects.with_people().get(pk=pk)
        outcome = self.rng.choices(
            ("none", "refer", "add_on", "replace", "not_reached"), (10, 2, 1, 3, 3)
        )[0]
        actions.record_owner_contact(
            customer,
            outcome=outcome,
            remark=self.rng.choice(texts.OWNERS_SAID),
            by=customer.owner,
            at=at,
        )

    def doubles(self, at: datetime) -> None:
        """The same person twice, as it happens in every store."""
        known = Customer.objects.filter(
            store=self.house.store, kind=Customer.Kind.PERSON, name__regex="^...$"
        ).order_by("-pk")
        for customer in list(known.exclude(owner=None)[:3]):
            register_customer(
                store=self.house.store,
                name=customer.name,
                salutation=customer.salutation,
                phone=self.invention.phone(),
                owner=customer.owner,
                by=customer.owner,
                at=at,
            )

    # Plans -------------------------------------------------------------------------------

    def make_plans(self, at: datetime, month: date) -> None:
        consultants = self.house.by_role[Role.CONSULTANT]
        for kind, segments in PLANNED.items():
            targets = {
                (person, segment): self.rng.randint(low, high)
                for person in consultants
                for segment, (low, high) in segments.items()
            }
            actions.set_targets(
                self.house.store, kind=kind, month=month, targets=targets, by=self.manager, at=at
            )
            actions.place_plan(self.house.store, kind=kind, month=month, by=self.manager, at=at)

    def evaluate(self, at: datetime, month: date) -> None:
        for kind in PLANNED:
            actions.evaluate_plan(
                self.house.store,
                kind=kind,
                month=month,
                evaluation=texts.EVALUATION,
                score=self.rng.randint(3, 4),
                by=self.manager,
                at=at,
            )
