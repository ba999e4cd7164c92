"""SOP-3 to 6: the clocks and checklists of the showroom."""

from showroom.sop.clocks import CALL_REGISTER, REGISTER, RESET, THANK_YOU, TIDY
from showroom.sop.preparation import START_OF_DAY
from showroom.sop.reception import RECEPTION

__all__ = [
    "CALL_REGISTER",
    "RECEPTION",
    "REGISTER",
    "RESET",
    "START_OF_DAY",
    "THANK_YOU",
    "TIDY",
]
