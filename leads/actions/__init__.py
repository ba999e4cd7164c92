"""What is done in lead development (SOP-2)."""

from leads.actions.contacts import record_contact, spoke
from leads.actions.leads import (
    change_level,
    locked,
    move_on,
    open_lead,
    owe_contact,
    plan_contact,
    plan_usual,
    reach,
    review_lead,
    set_wish,
    usual_day,
)
from leads.actions.ownership import assign_lead, refuse_leaver
from leads.actions.setup import set_up_levels, set_up_sources

__all__ = [
    "assign_lead",
    "change_level",
    "locked",
    "move_on",
    "open_lead",
    "owe_contact",
    "plan_contact",
    "plan_usual",
    "reach",
    "record_contact",
    "refuse_leaver",
    "review_lead",
    "set_up_levels",
    "set_up_sources",
    "set_wish",
    "spoke",
    "usual_day",
]
