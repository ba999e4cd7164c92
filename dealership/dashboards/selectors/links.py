"""Where the rows behind a figure stand: the lists of the rooms, narrowed by their own URLs."""

from urllib.parse import urlencode

from django.urls import reverse


def link(url_name: str, **narrowed: object) -> str:
    """The list's address; what is empty narrows nothing."""
    query = urlencode({name: value for name, value in narrowed.items() if value not in ("", None)})
    return f"{reverse(url_name)}?{query}" if query else reverse(url_name)


def register(**narrowed: object) -> str:
    return link("showroom:register", **narrowed)


def parties(**narrowed: object) -> str:
    """Guests of the showroom, a party once a day."""
    return register(way="walk_in", batch="yes", **narrowed)


def deadlines(**narrowed: object) -> str:
    return link("sop:deadline-list", **narrowed)


def orders(**narrowed: object) -> str:
    return link("deals:order-list", **narrowed)


def deliveries(**narrowed: object) -> str:
    return link("delivery:delivery-list", **narrowed)
