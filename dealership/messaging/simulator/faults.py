"""What the simulator does wrong, on demand: by name for the next calls, or by rate with a seed."""

import random
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

# On /send. Those that end in _accepted have taken the message before they misbehave.
SEND = (
    "drop_accepted",  # close the connection without an answer
    "reset_accepted",  # reset the connection
    "error_accepted",  # answer 500
    "slow_accepted",  # answer after `seconds`
    "garbage_accepted",  # answer something that is no JSON
    "stall",  # wait `seconds`, and only then take it
    "drop",
    "reset",
    "error",
    "busy",  # 429: not taken, try later
    "refuse",  # 200 with `code`: not taken, repeating changes nothing
)
# On the receipt of an accepted message.
RECEIPT = ("receipt_double", "receipt_late", "receipt_missing", "receipt_failed", "receipt_early")
# On /query. `query_lag`: messages younger than `seconds` are not known yet.
QUERY = ("query_error", "query_reset", "query_drop", "query_slow", "query_lag")


class UnknownFault(ValueError):
    """No fault of this name."""


@dataclass
class Fault:
    name: str = ""
    seconds: float = 3.0
    code: str = ""

    def __bool__(self) -> bool:
        return bool(self.name)


@dataclass
class Faults:
    """
    The plan: `next` names faults for the coming calls, one each ("" is none); `rate` makes that
    share of the calls faulty, evenly among `kinds`.
    """

    rate: float = 0.0
    kinds: tuple[str, ...] = SEND
    seconds: float = 3.0
    code: str = "isv.BUSINESS_LIMIT_CONTROL"
    seed: int = 0
    upcoming: deque[str] = field(default_factory=deque)
    _random: random.Random = field(default_factory=random.Random)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, wanted: dict[str, Any]) -> None:
        """Take a new plan as a whole; what is not named goes back to its default."""
        kinds = tuple(wanted.get("kinds") or SEND)
        upcoming = list(wanted.get("next") or ())
        if wrong := (set(kinds) | set(upcoming)) - {*SEND, *RECEIPT, *QUERY, ""}:
            raise UnknownFault(", ".join(sorted(wrong)))
        with self._lock:
            self.rate = float(wanted.get("rate", 0))
            self.kinds = kinds
            self.seconds = float(wanted.get("seconds", 3))
            self.code = str(wanted.get("code", "isv.BUSINESS_LIMIT_CONTROL"))
            self.seed = int(wanted.get("seed", 0))
            self.upcoming = deque(upcoming)
            self._random = random.Random(self.seed)  # noqa: S311

    def draw(self, family: tuple[str, ...]) -> Fault:
        """What goes wrong with this call."""
        with self._lock:
            if self.upcoming and (self.upcoming[0] in family or not self.upcoming[0]):
                return Fault(self.upcoming.popleft(), self.seconds, self.code)
            possible = [kind for kind in self.kinds if kind in family]
            if possible and self._random.random() < self.rate:
                return Fault(self._random.choice(possible), self.seconds, self.code)
        return Fault()

    def as_dict(self) -> dict[str, Any]:
        return {
            "rate": self.rate, "kinds": list(self.kinds), "seconds": self.seconds,
            "code": self.code, "seed": self.seed, "next": list(self.upcoming),
        }  # fmt: skip
