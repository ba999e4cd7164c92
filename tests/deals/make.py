"""Orders for tests."""

from datetime import datetime

from dealership.vehicles.models import Series
from dealership.vehicles.vin import check_digit
from deals.actions import place_order
from deals.models import Order
from leads.models import Lead
from tests import make


def vin() -> str:
    """A VIN that no car has yet, with a true check digit."""
    blank = f"LGJE13EA0PM{next(make.numbers):06d}"
    return blank[:8] + check_digit(blank) + blank[9:]


def order(
    *, lead: Lead | None = None, series: Series | None = None, at: datetime | None = None
) -> Order:
    """An open order of the lead's consultant."""
    lead = lead or make.lead(at=at)
    series = series or lead.series or make.series()
    return place_order(lead, series=series, by=lead.consultant, at=at)
