"""The verbs of the cars and their prices."""

from dealership.vehicles.actions.prices import set_guide_price

__all__ = ["set_guide_price"]
