"""What the brand builds, what it costs, and every car that the house has or waits for."""

from dealership.vehicles.models.cars import Car, CarMove
from dealership.vehicles.models.catalogue import Colour, Feature, GuidePrice, Series, Trim

__all__ = ["Car", "CarMove", "Colour", "Feature", "GuidePrice", "Series", "Trim"]
