"""The room's views under /api/v1."""

from dealership.customers.api.customers import CustomerApi, PersonApi
from dealership.customers.api.merges import MergeApi
from dealership.customers.api.shapes import CustomerOut

__all__ = ["CustomerApi", "CustomerOut", "MergeApi", "PersonApi"]
