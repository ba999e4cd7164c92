"""Questions about the door, the floor, the register and one visit."""

from showroom.selectors.door import Greeting, greet, why_here
from showroom.selectors.floors import Floor, floor
from showroom.selectors.registers import Register, register
from showroom.selectors.sheets import (
    RunSheet,
    deadline_of,
    history,
    last_visits,
    run_sheet,
    sms_of,
    text_under_way,
    thanked_today,
)
from showroom.selectors.traffic import BATCH, Counter, counters, traffic

__all__ = [
    "BATCH",
    "Counter",
    "Floor",
    "Greeting",
    "Register",
    "RunSheet",
    "counters",
    "deadline_of",
    "floor",
    "greet",
    "history",
    "last_visits",
    "register",
    "run_sheet",
    "sms_of",
    "text_under_way",
    "thanked_today",
    "traffic",
    "why_here",
]
