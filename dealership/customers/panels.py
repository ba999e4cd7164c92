"""Panels that later rooms show on the customer page: by URL name, never imported."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Panel:
    """A tab of the customer page; `url_name` takes the customer's pk and answers a fragment."""

    code: str
    label: str | Promise
    icon: str
    url_name: str
    permission: str
    order: int


PANELS: list[Panel] = []


def panel(shown: Panel) -> None:
    PANELS.append(shown)
    PANELS.sort(key=lambda entry: entry.order)
