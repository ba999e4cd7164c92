"""The showroom over the API: the same actions as the pages."""

from showroom.api.visits import VisitApi

__all__ = ["VisitApi"]
