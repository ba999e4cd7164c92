"""The verbs of delivery."""

from delivery.actions.calls import record_call
from delivery.actions.dms import apply_late, decide_late, enter_dms
from delivery.actions.handover import complete_file, hand_over_car
from delivery.actions.thanks import (
    act_thank_you,
    draft_thanks,
    reason_against_thanks,
    send_thanks,
    thank_by_call,
    thanks_accepted,
    thanks_failed,
)

__all__ = [
    "act_thank_you",
    "apply_late",
    "complete_file",
    "decide_late",
    "draft_thanks",
    "enter_dms",
    "hand_over_car",
    "reason_against_thanks",
    "record_call",
    "send_thanks",
    "thank_by_call",
    "thanks_accepted",
    "thanks_failed",
]
