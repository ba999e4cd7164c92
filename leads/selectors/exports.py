"""What an export of leads may hold, and who has exported what."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.privacy.masks import show_phone
from dealership.privacy.models import Export
from dealership.staff.models import Store, User

PAGE = 50


@dataclass(frozen=True)
class Column:
    code: str
    label: str | Promise
    is_usual: bool = False


COLUMNS = {
    column.code: column
    for column in (
        Column("name", _("Customer"), is_usual=True),
        Column("salutation", _("Salutation")),
        Column("phone", _("Phone"), is_usual=True),
        Column("level", _("Level"), is_usual=True),
        Column("status", _("Status")),
        Column("stage", _("Stage")),
        Column("series", _("Series"), is_usual=True),
        Column("consultant", _("Consultant"), is_usual=True),
        Column("source", _("Source")),
        Column("way", _("How it came")),
        Column("campaign", pgettext_lazy("marketing", "Campaign")),
        Column("list", _("List")),
        Column("base_kind", _("Base customer")),
        Column("opened", pgettext_lazy("lead", "Opened")),
        Column("last", _("Last spoken to")),
        Column("next", _("Next contact"), is_usual=True),
        Column("remark", _("Remark")),
    )
}
WHAT = {"leads": _("Leads"), "failed_rows": _("Failed rows of an import")}


def cell_of(code: str, lead: Any, store: Store) -> str:
    """One cell, as text: a phone keeps its digits, a day is 2026-11-23."""

    def local(at: Any) -> str:
        return f"{at.astimezone(store.tz):%Y-%m-%d %H:%M}" if at else ""

    values: dict[str, Any] = {
        "name": lambda: lead.customer.name,
        "salutation": lambda: lead.customer.get_salutation_display(),
        "phone": lambda: show_phone(lead.number or ""),
        "level": lambda: lead.level.code,
        "status": lambda: lead.get_status_display(),
        "stage": lambda: lead.get_stage_display(),
        "series": lambda: lead.series or "",
        "consultant": lambda: lead.consultant or "",
        "source": lambda: lead.source or "",
        "way": lambda: lead.get_way_display(),
        "campaign": lambda: lead.campaign or "",
        "list": lambda: lead.prospect_list or "",
        "base_kind": lambda: lead.get_base_kind_display(),
        "opened": lambda: local(lead.opened_at),
        "last": lambda: local(lead.last_contacted_at),
        "next": lambda: lead.next_contact_on.isoformat() if lead.next_contact_on else "",
        "remark": lambda: lead.remark,
    }
    return str(values[code]())


def exports_of(user: User, *, before: int = 0) -> tuple[list[dict[str, Any]], int]:
    """A page of the store's exports, newest first, and the id that the next one begins below."""
    rows = Export.objects.visible_to(user).select_related("user")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    shown = [
        {
            "export": row,
            "what": WHAT.get(row.what, row.what),
            "columns": [COLUMNS[code].label for code in row.columns if code in COLUMNS],
        }
        for row in found[:PAGE]
    ]
    return shown, found[PAGE - 1].pk if len(found) > PAGE else 0
