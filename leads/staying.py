"""
What keeps a customer from the pool for now: declared by the room that knows it.

A reason is the dotted path of a function `(customer, at) -> str` that says why, or ''.
"""

from datetime import datetime

from django.utils.module_loading import import_string

from dealership.customers.models import Customer

REASONS: list[str] = []


def declare_stay(path: str) -> None:
    """Let the function at `path` be asked before the pool takes a customer."""
    if path not in REASONS:
        REASONS.append(path)


def why_stay(customer: Customer, at: datetime) -> str:
    """The first reason why the customer stays with their consultant now, or ''."""
    return next(filter(None, (import_string(path)(customer, at) for path in REASONS)), "")
