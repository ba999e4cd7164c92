"""What is known about somebody at the door (SOP-4.6)."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.models import Customer
from dealership.customers.selectors import find, look_up
from dealership.staff.models import Duty, Store, User
from leads.models import Lead
from leads.selectors import lead_of
from showroom.models import Visit


@dataclass(frozen=True)
class Greeting:
    """What is known about somebody at the door, from what was typed so far (SOP-4.6)."""

    typed: str = ""
    number: str = ""
    customer: Customer | None = None
    candidates: list[Customer] = field(default_factory=list)
    elsewhere: bool = False
    problem: str = ""
    lead: Lead | None = None
    last: Visit | None = None
    owner_is_on_duty: bool = False
    here: Visit | None = None


def greet(user: User, typed: str) -> Greeting:
    """Find the guest by a whole number or plate, else list who may be meant."""
    typed, store = typed.strip()[:60], user.active_store
    if store is None or not typed:
        return Greeting()
    looked = look_up(user, typed)
    if looked.customer:
        return _known(store, typed, looked.customer, looked.number)
    if looked.number or looked.plate:
        return Greeting(typed, number=looked.number, elsewhere=looked.elsewhere)
    is_number = len([sign for sign in typed if sign.isdigit()]) >= 11
    return Greeting(
        typed,
        candidates=find(user, typed, limit=5),
        problem=looked.problem if is_number else "",
    )


def _known(store: Store, typed: str, customer: Customer, number: str = "") -> Greeting:
    visits = Visit.objects.counted().filter(customer=customer).with_people()
    last = visits.order_by("-arrived_at").first()
    today = clock.day_of(clock.now(), store.tz)
    owner_here = Duty.objects.on(store, today).filter(user=customer.owner_id)
    return Greeting(
        typed,
        number=number,
        customer=customer,
        lead=lead_of(customer),
        last=last,
        owner_is_on_duty=bool(customer.owner_id) and owner_here.exists(),
        here=visits.present().first(),
    )


def why_here(customer: Customer, at: datetime) -> str:
    """Why nobody takes the customer from their consultant now: they are in the showroom."""
    is_here = Visit.objects.present().filter(customer=customer).exists()
    return _("The customer is in the showroom now.") if is_here else ""
