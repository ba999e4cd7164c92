"""
Rows for tests: plain keyword-only functions, every row real and valid.

Whatever is not given is made: a store with its levels, a consultant, a customer with a phone.
"""

import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from dealership import clock
from dealership.customers import actions as customers
from dealership.customers.models import Consent, Customer
from dealership.staff.models import Membership, Store, Team, User
from dealership.staff.roles import Role
from dealership.vehicles.actions import set_guide_price
from dealership.vehicles.models import Car, Colour, Series, Trim
from dealership.vehicles.vin import check_digit
from leads import actions as leads
from leads.models import Campaign, CampaignCost, IntentLevel, Lead, Source

HOME = "wuhan"
PASSWORD = "showroom-Tea-2026"

numbers = count(1)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚"
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"


def a_name() -> str:
    number = next(numbers)
    return FAMILY[number % len(FAMILY)] + GIVEN[number // len(FAMILY) % len(GIVEN)]


def a_phone() -> str:
    """A mobile number that nobody has yet."""
    return f"+86138{next(numbers):08d}"


def home() -> Store:
    """The store that tests play in unless they name another."""
    return Store.objects.filter(code=HOME).first() or store(code=HOME, name="东风风神武汉店")


def store(
    *, code: str = "", name: str = "", timezone: str = "Asia/Shanghai", is_demo: bool = False
) -> Store:
    """A new store with its intent levels and one source."""
    number = next(numbers)
    made = Store.objects.create(
        code=code or f"store-{number}",
        name=name or f"东风风神第{number}店",
        phone="02788888888",
        city="武汉",
        timezone=timezone,
        is_demo=is_demo,
    )
    levels(made)
    source(store=made)
    return made


def team(*, store: Store | None = None, name: str = "") -> Team:
    return Team.objects.create(store=store or home(), name=name or f"第{next(numbers)}组")


def user(
    *,
    role: Role | Iterable[Role] = Role.CONSULTANT,
    store: Store | None = None,
    name: str = "",
    username: str = "",
    team: Team | None = None,
    password: str | None = None,
) -> User:
    """A person who works in `store` in one role, or in several."""
    store = store or home()
    made = User.objects.create_user(
        username or f"user{next(numbers)}", password, name=name or a_name(), default_store=store
    )
    for held in [role] if isinstance(role, Role) else role:
        Membership.objects.create(user=made, store=store, role=held, team=team)
    return made


def customer(
    *,
    name: str = "",
    phone: str | None = None,
    salutation: str = "mr",
    owner: User | None = None,
    store: Store | None = None,
    consents: bool = True,
    at: datetime | None = None,
) -> Customer:
    """
    A person with a phone who agrees to service messages.

    `phone=""`: none is known; `consents=False`: no consent was given.
    """
    made = customers.register_customer(
        store=store or (owner.active_store if owner else None) or home(),
        name=name or a_name(),
        phone=a_phone() if phone is None else phone,
        salutation=salutation,
        owner=owner,
        by=owner,
        at=at,
    )
    if consents:
        customers.give_consent(made, Consent.Purpose.SERVICE, by=owner, at=at)
    return made


def levels(store: Store | None = None) -> dict[str, IntentLevel]:
    """The store's intent levels by code (DEFAULT_LEVELS), made if they are missing."""
    return leads.set_up_levels(store or home())


def source(*, store: Store | None = None, code: str = "walk-in", name: str = "自然到店") -> Source:
    """The store's source with this code, made if it is missing."""
    store = store or home()
    found, _is_new = Source.objects.get_or_create(store=store, code=code, defaults={"name": name})
    return found


def organisation(
    *, name: str = "武汉第三建筑公司", owner: User | None = None, store: Store | None = None
) -> Customer:
    """An organisation with a number of its own."""
    return customers.register_customer(
        store=store or (owner.active_store if owner else None) or home(),
        name=name,
        phone=a_phone(),
        kind=Customer.Kind.ORGANISATION,
        owner=owner,
        by=owner,
    )


def campaign(
    *,
    store: Store | None = None,
    name: str = "秋季车展",
    channel: str = Campaign.Channel.AUTO_SHOW,
    days: int = 3,
    capacity: int | None = None,
    **values: Any,
) -> Campaign:
    """A campaign that runs from today on, with its form open."""
    store = store or home()
    today = clock.day_of(clock.now(), store.tz)
    given = {"starts_on": today, "ends_on": today + timedelta(days=days - 1)} | values
    return leads.add_campaign(
        store, name=name, channel=channel, source=source(store=store), capacity=capacity,
        place="国博中心", by=None, **given,
    )  # fmt: skip


def cost(campaign: Campaign, *, what: str = "展位费", amount: int = 8000) -> CampaignCost:
    return leads.add_cost(
        campaign, what=what, amount=Decimal(amount), on=campaign.starts_on, by=None
    )


def series(*, code: str = "", name: str = "", is_active: bool = True) -> Series:
    number = next(numbers)
    return Series.objects.create(
        code=code or f"series-{number}",
        name=name or f"奕炫MAX {number}",
        body=Series.Body.SEDAN,
        energy=Series.Energy.HYBRID,
        is_active=is_active,
    )


def trim(
    *, series: Series | None = None, name: str = "尊享版", guide_price: int = 119_900, **facts: Any
) -> Trim:
    """A trim with its guide price in force for a year."""
    made = Trim.objects.create(series=series or a_series(), name=name, **facts)
    a_year_ago = clock.day_of(clock.now(), clock.HOUSE_ZONE) - timedelta(days=365)
    set_guide_price(made, amount=Decimal(guide_price), valid_from=a_year_ago)
    return made


def colour(*, name: str = "", swatch: str = "#f4f4f2") -> Colour:
    number = next(numbers)
    return Colour.objects.create(
        code=f"colour-{number}", name=name or f"珍珠白 {number}", swatch=swatch
    )


def car(
    *,
    store: Store | None = None,
    trim: Trim | None = None,
    colour: Colour | None = None,
    days: int = 10,
    **values: Any,
) -> Car:
    """A car in stock for `days`; other states are given in full."""
    store = store or home()
    today = clock.day_of(clock.now(), store.tz)
    here = {"vin": a_vin(), "state": Car.State.IN_STOCK, "place": Car.Place.YARD}
    given = here | {"arrived_on": today - timedelta(days=days)} | values
    return Car.objects.create(
        store=store, trim=trim or a_trim(), colour=colour or a_colour(), **given
    )


def photo(*, size: tuple[int, int] = (64, 48), colour: str = "teal") -> SimpleUploadedFile:
    """A small JPEG, as a phone sends it."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def a_vin() -> str:
    """A VIN that nobody has yet, with its check digit."""
    plain = f"LGJE13EA0RM{next(numbers):06d}"
    return f"{plain[:8]}{check_digit(plain)}{plain[9:]}"


def lead(
    *,
    customer: Customer | None = None,
    consultant: User | None = None,
    level: str = "N",
    source: Source | None = None,
    series: Series | None = None,
    at: datetime | None = None,
) -> Lead:
    """An open lead; without a customer, one whose owner is the consultant (made if need be)."""
    if customer is None:
        consultant = consultant or user()
        customer = a_customer(owner=consultant, at=at)
    consultant = consultant or customer.owner
    return leads.open_lead(
        customer,
        consultant=consultant,
        source=source or a_source(store=customer.store),
        level=levels(customer.store)[level],
        series=series,
        by=consultant,
        at=at,
    )


# What a function makes when its parameter of the same name is not given.
a_customer, a_series, a_source, a_trim, a_colour = customer, series, source, trim, colour
