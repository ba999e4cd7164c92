"""Pages of delivery, by what they show."""

from delivery.views.calls import callback
from delivery.views.deliveries import (
    delivery_detail,
    delivery_file,
    delivery_list,
    delivery_new,
    delivery_panel,
    delivery_thank,
    delivery_thank_call,
)
from delivery.views.dms import dms_enter, dms_list, late_apply, late_decide

__all__ = [
    "callback",
    "delivery_detail",
    "delivery_file",
    "delivery_list",
    "delivery_new",
    "delivery_panel",
    "delivery_thank",
    "delivery_thank_call",
    "dms_enter",
    "dms_list",
    "late_apply",
    "late_decide",
]
