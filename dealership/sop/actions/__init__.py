"""The verbs of the clock."""

from dealership.sop.actions.answers import decide_reply, reply, waive
from dealership.sop.actions.deadlines import (
    cancel,
    cancel_all,
    finish,
    hand_over,
    set_problem,
    start,
    stop_contact,
)
from dealership.sop.actions.moving import hand_over_many, set_day
from dealership.sop.actions.runs import (
    close_run,
    open_run,
    pass_rest,
    prove_items,
    run_for,
    sign_run,
    tick_item,
    untick_item,
)
from dealership.sop.actions.settings import set_limit, withdraw_limit
from dealership.sop.actions.ticking import TickResult, retry, retry_all, tick

__all__ = [
    "TickResult",
    "cancel",
    "cancel_all",
    "close_run",
    "decide_reply",
    "finish",
    "hand_over",
    "hand_over_many",
    "open_run",
    "pass_rest",
    "prove_items",
    "reply",
    "retry",
    "retry_all",
    "run_for",
    "set_day",
    "set_limit",
    "set_problem",
    "sign_run",
    "start",
    "stop_contact",
    "tick",
    "tick_item",
    "untick_item",
    "waive",
    "withdraw_limit",
]
