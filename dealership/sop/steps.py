"""
The SOP as a table of declared steps (SOP-1.1).

Each room declares its own in `<app>/sop.py`; rows may override a limit, never invent a step.
A step names its action by dotted path and its page by URL name, so that nothing is imported
upwards.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.functional import Promise

from dealership.sop.errors import UnknownStep
from dealership.sop.timeline import declare_kinds
from dealership.staff.roles import Role

Text = str | Promise
LONGEST_CODE = 40


class Days(StrEnum):
    """Which days a limit counts: all of them, or only days the store is open, or workdays."""

    NATURAL = "natural"
    OPEN = "open"
    WORK = "work"


class Recurs(StrEnum):
    """A step that every store owes anew in each period."""

    DAILY = "day"
    MONTHLY = "month"


@dataclass(frozen=True, init=False)
class Within:
    """A span of real time from the start: `Within(hours=2)`, also across a change of clocks."""

    span: timedelta

    def __init__(self, span: timedelta | None = None, *, hours: float = 0, minutes: float = 0):
        span = span if span is not None else timedelta(hours=hours, minutes=minutes)
        if span <= timedelta(0):
            raise ValueError("A limit must be longer than nothing.")
        object.__setattr__(self, "span", span)


@dataclass(frozen=True)
class EndOfDay:
    """
    24:00 of day D + `days` in the store's zone, D being the day of the start.

    `opens` is the day (counted as `days`) from which the step can be done. "3 natural days"
    counting D itself is `EndOfDay(2)`; a callback on the third day is `EndOfDay(3, opens=3)`.
    """

    days: int = 0
    opens: int = 0
    counting: Days = Days.NATURAL

    def __post_init__(self) -> None:
        if not 0 <= self.opens <= self.days:
            raise ValueError("A step cannot open after it is due.")


Limit = Within | EndOfDay


@dataclass(frozen=True, kw_only=True)
class Step:
    """
    One promise of the SOP (步骤): who owes it, within what, and what the software does by itself.

    `acts` is the dotted path of a function `(deadline, *, at)` that the clock calls
    `act_before` the end; with `quiet` it is called before the store's quiet hours instead.
    `is_dated`: the day is agreed for each case (`start(…, on=day)`), due at its end. No store
    changes the limit of a dated step, nor of one that `is_fixed` (a window that others set).
    A step that `is_watch` is nobody's task: the software alone does something at its end, so it
    stands on no list of work, in no figure and not on the timeline; `set_day` may move it.
    `page` is the URL name, taking the subject's pk, of the page where the step is done; `quick`
    one that a bare POST keeps the promise at, so that a list can do it in one tap. `is_contact`:
    it is kept by speaking with the customer, and ends when they refuse all contact.
    """

    code: str
    sop: str
    title: Text
    role: Role
    limit: Limit
    remind_before: timedelta | None = None
    escalate_after: timedelta | None = None
    escalates_to: tuple[Role, ...] = (Role.SALES_MANAGER,)
    acts: str = ""
    act_before: timedelta = timedelta(0)
    quiet: bool = False
    page: str = ""
    quick: str = ""
    action_label: Text = ""
    tally: Text = ""
    recurs: Recurs | str = ""
    is_dated: bool = False
    is_fixed: bool = False
    is_contact: bool = False
    is_watch: bool = False
    icon: str = "clock"

    def __post_init__(self) -> None:
        if "." not in self.code or len(self.code) > LONGEST_CODE:
            raise ValueError(f"{self.code!r} must be “room.step”, at most {LONGEST_CODE} long.")
        if self.is_watch and not (self.is_dated and self.acts):
            raise ValueError(f"{self.code}: a watch has a day and an act of its own.")
        if self.is_dated and not isinstance(self.limit, EndOfDay):
            raise ValueError(f"{self.code}: an agreed day ends at its end.")
        if self.recurs:
            object.__setattr__(self, "recurs", Recurs(self.recurs))

    def __str__(self) -> str:
        return str(self.title)

    @property
    def has_own_limits(self) -> bool:
        """Whether a store may set another limit."""
        return not (self.is_dated or self.is_fixed)


STEPS: dict[str, Step] = {}


def declare(step: Step) -> Step:
    """Put `step` into the table; a code can be declared once."""
    if STEPS.get(step.code, step) != step:
        raise ValueError(f"Step {step.code} is declared twice.")
    STEPS[step.code] = step
    declare_kinds(step.code, step.title)
    return step


def step_for(code: str) -> Step:
    """Return the declared step, or raise UnknownStep."""
    try:
        return STEPS[code]
    except KeyError:
        raise UnknownStep(code) from None


def watches() -> list[str]:
    """The codes of the steps that are nobody's task."""
    return [step.code for step in STEPS.values() if step.is_watch]


def recurring() -> list[Step]:
    return [step for step in STEPS.values() if step.recurs]
