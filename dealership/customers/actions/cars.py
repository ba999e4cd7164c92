"""The cars that a customer owns."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership.customers import search
from dealership.customers.actions.events import note
from dealership.customers.actions.keys import index_customer
from dealership.customers.models import Customer, OwnedCar
from dealership.errors import RuleViolation
from dealership.staff.models import User


@transaction.atomic
def add_car(
    customer: Customer,
    *,
    plate: str = "",
    series_text: str = "",
    vin: str = "",
    bought_on: date | None = None,
    by: User | None,
    at: datetime | None = None,
) -> OwnedCar:
    """Add a car that the customer owns; a plate belongs to one customer of the store."""
    plate = search.compact(plate)
    if plate and not search.PLATE_NUMBER.fullmatch(plate):
        raise RuleViolation(_("This is not a complete plate, such as 鄂A12345."), field="plate")
    try:
        with transaction.atomic():
            car = OwnedCar.objects.create(
                customer=customer,
                store_id=customer.store_id,
                plate=plate,
                series_text=series_text,
                vin=vin,
                bought_on=bought_on,
            )
    except IntegrityError:
        raise RuleViolation(
            _("This plate already belongs to another customer."), field="plate"
        ) from None
    note("customer.car_added", store=customer.store, customer=customer, by=by, at=at, car=str(car))
    index_customer(customer)
    return car
