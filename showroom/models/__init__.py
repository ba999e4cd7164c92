"""SOP-3 to 6: the register, and what is prepared, asked and shown."""

from showroom.models.visits import COUNTED, INCOMPLETE, PRESENT, UNDO, Thanked, Visit, VisitQuerySet

__all__ = [
    "COUNTED",
    "INCOMPLETE",
    "PRESENT",
    "UNDO",
    "Thanked",
    "Visit",
    "VisitQuerySet",
]
