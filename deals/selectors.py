"""Questions about orders."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import pgettext

from dealership import clock
from dealership.customers.models import Customer
from dealership.staff.models import Store, User
from dealership.staff.roles import Role
from dealership.web.keyset import page_after
from deals.models import Order

PAGE = 50


def sellers(store: Store) -> models.QuerySet[User]:
    """Who can have sold a car in the store."""
    return User.objects.in_store(store, Role.CONSULTANT).order_by("name_key", "pk")


def orders_of(customer: Customer) -> list[Order]:
    """The customer's orders, newest first."""
    return list(Order.objects.filter(customer=customer).with_people().order_by("-ordered_at"))


def open_orders_of(user: User, store: Store) -> models.QuerySet[Order]:
    """Orders whose cars the person has yet to hand over."""
    return Order.objects.open().filter(consultant=user, store=store)


def listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of orders, newest first, narrowed by status, consultant and day."""
    rows = Order.objects.visible_to(user).with_people()
    narrowed = narrow(rows, query, user.active_store, field="ordered_at")
    status = query.get("status", "")
    if status in Order.Status.values:
        narrowed["rows"] = narrowed["rows"].filter(status=status)
        narrowed["kept"]["status"] = status
    found, more = page_after(narrowed["rows"], "ordered_at", query.get("after", ""), size=PAGE)
    kept = narrowed["kept"]
    return narrowed | {"rows": found, "next_url": next_url(kept, more), "chips": chips(kept)}


def next_url(kept: dict[str, str], more: str) -> str:
    """The address of the next page, with what narrows this one; '' after the last."""
    return f"?{urlencode({**kept, 'after': more})}" if more else ""


def chips(kept: dict[str, str]) -> list[dict[str, Any]]:
    """Each status as a link that keeps the consultant and the day."""
    rest = {name: value for name, value in kept.items() if name != "status"}
    now = kept.get("status", "")
    choices: list[tuple[str, Any]] = [("", pgettext("orders", "All")), *Order.Status.choices]
    return [
        {
            "label": label,
            "url": f"?{urlencode({**rest, 'status': status} if status else rest)}",
            "active": status == now,
        }
        for status, label in choices
    ]


def narrow(
    rows: models.QuerySet[Any], query: Mapping[str, str], store: Store | None, *, field: str
) -> dict[str, Any]:
    """Narrow `rows` to the consultant and the days that the URL names; what is wrong is ignored."""
    people = list(sellers(store)) if store else []
    chosen = [person for person in people if str(person.pk) == query.get("consultant")]
    day = a_day(query.get("day", ""))
    first, last = day or a_day(query.get("from", "")), day or a_day(query.get("to", ""))
    kept = {}
    if chosen:
        rows, kept["consultant"] = rows.filter(consultant=chosen[0]), str(chosen[0].pk)
    if first and last and store:
        start, end = clock.start_of_day(first, store.tz), clock.end_of_day(last, store.tz)
        rows = rows.filter(**{f"{field}__gte": start, f"{field}__lt": end})
        kept |= {"day": f"{day}"} if day else {"from": f"{first}", "to": f"{last}"}
    return {"rows": rows, "kept": kept, "people": people}


def a_day(text: str) -> date | None:
    """The day that a URL names, within what a calendar can count."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 1970 <= day.year <= 9000 else None
