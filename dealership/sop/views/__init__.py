"""Pages of the clock, by what they show."""

from dealership.sop.views.deadlines import (
    customer_panel,
    deadline_decide,
    deadline_detail,
    deadline_list,
    deadline_reply,
    deadline_retry,
    deadline_retry_all,
    deadline_waive,
)
from dealership.sop.views.health import healthz
from dealership.sop.views.limits import limit_change, limit_list, limit_withdraw
from dealership.sop.views.runs import (
    checklist_pass,
    checklist_photo,
    checklist_run,
    checklist_sign,
    checklist_tick,
)

__all__ = [
    "checklist_pass",
    "checklist_photo",
    "checklist_run",
    "checklist_sign",
    "checklist_tick",
    "customer_panel",
    "deadline_decide",
    "deadline_detail",
    "deadline_list",
    "deadline_reply",
    "deadline_retry",
    "deadline_retry_all",
    "deadline_waive",
    "healthz",
    "limit_change",
    "limit_list",
    "limit_withdraw",
]
