"""Pages of the showroom, by what people do there."""

from showroom.views.boards import floor, register
from showroom.views.departures import visit_depart, visit_reset, visit_tidy, visit_undo
from showroom.views.entries import call_new, message_new, visit_greet, visit_new
from showroom.views.thanks import visit_settle, visit_thank
from showroom.views.visits import (
    visit_complete,
    visit_detail,
    visit_hand_over,
    visit_identify,
    visit_panel,
    visit_take,
    visit_void,
)

__all__ = [
    "call_new",
    "floor",
    "message_new",
    "register",
    "visit_complete",
    "visit_depart",
    "visit_detail",
    "visit_greet",
    "visit_hand_over",
    "visit_identify",
    "visit_new",
    "visit_panel",
    "visit_reset",
    "visit_settle",
    "visit_take",
    "visit_thank",
    "visit_tidy",
    "visit_undo",
    "visit_void",
]
