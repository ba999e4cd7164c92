"""Invented customers: names, numbers of a block that nobody has, plates, cars."""

import random
from dataclasses import dataclass, field
from itertools import count

from dealership.dashboards.demo import texts
from dealership.vehicles.vin import check_digit

# A prime that leads through all four-digit tails once, so that numbers do not look counted.
STRIDE = 7919
TAILS = 10_000
# Known in the sister store alone: typed at the front desk it shows "elsewhere in the group".
ELSEWHERE = "19900018888"
MAIN_BLOCK, SISTER_BLOCK = "1990000", "1990001"
SURNAME_ONLY = 0.45
MALE = 0.62


@dataclass
class Invention:
    """Makes people up; what was given out once is not given out again."""

    rng: random.Random
    block: str = MAIN_BLOCK
    _phones: "count[int]" = field(default_factory=lambda: count(1))
    _cars: "count[int]" = field(default_factory=lambda: count(1))

    def phone(self) -> str:
        number = f"{self.block}{next(self._phones) * STRIDE % TAILS:04d}"
        return number if number != ELSEWHERE else self.phone()

    def who(self) -> tuple[str, str]:
        """A name and how to address its bearer; the floor often knows the surname alone."""
        surname = self.rng.choice(texts.SURNAMES)
        is_male = self.rng.random() < MALE
        salutation = "mr" if is_male else "ms"
        if self.rng.random() < SURNAME_ONLY:
            return surname, salutation
        given = self.rng.choice((texts.MALE_NAMES if is_male else texts.FEMALE_NAMES).split())
        return surname + given, salutation

    def vin(self) -> str:
        """A VIN that passes the check and begins like the maker's, with a serial of our own."""
        block = "P" if self.block == MAIN_BLOCK else "R"
        blank = f"LGJE13EA0{block}M{next(self._cars):06d}"
        return blank[:8] + check_digit(blank) + blank[9:]

    def plate(self) -> str:
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        return f"鄂A{self.rng.randint(0, 9)}{self.rng.choice(letters)}{self.rng.randint(100, 999)}"
