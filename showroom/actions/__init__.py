"""The verbs of the showroom: reception, calls, messages, departures, thanks."""

from showroom.actions.arrivals import hand_over_visit, identify_visit, receive_visit, take_visit
from showroom.actions.calls import log_call, log_message
from showroom.actions.departures import depart, reset_car, tidy_table, undo_departure
from showroom.actions.preparation import begin_day
from showroom.actions.registers import complete_register
from showroom.actions.thanks import (
    act_thank_you,
    reason_against_thanks,
    send_thank_you,
    settle_thanks,
    thanks_accepted,
    thanks_failed,
)
from showroom.actions.voids import void_visit

__all__ = [
    "act_thank_you",
    "begin_day",
    "complete_register",
    "depart",
    "hand_over_visit",
    "identify_visit",
    "log_call",
    "log_message",
    "reason_against_thanks",
    "receive_visit",
    "reset_car",
    "send_thank_you",
    "settle_thanks",
    "take_visit",
    "thanks_accepted",
    "thanks_failed",
    "tidy_table",
    "undo_departure",
    "void_visit",
]
