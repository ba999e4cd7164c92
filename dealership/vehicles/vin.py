"""The vehicle identification number and its check digit (GB 16735-2019)."""

import unicodedata

from django.utils.translation import gettext as _

from dealership.errors import RuleViolation

LENGTH = 17
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VALUES = {str(digit): digit for digit in range(10)}
VALUES |= dict(zip("ABCDEFGH", range(1, 9), strict=True))
VALUES |= dict(zip("JKLMN", range(1, 6), strict=True)) | {"P": 7, "R": 9}
VALUES |= dict(zip("STUVWXYZ", range(2, 10), strict=True))
CHECK_AT = 8


def normalise_vin(text: str) -> str:
    """Return the VIN in capitals; RuleViolation (field "vin") says what is wrong with it."""
    vin = unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "")
    if len(vin) != LENGTH or any(sign not in VALUES for sign in vin):
        raise RuleViolation(
            _("A VIN has 17 letters and digits, without I, O and Q."), code="vin", field="vin"
        )
    if vin[CHECK_AT] != check_digit(vin) or not vin[-4:].isdecimal():
        raise RuleViolation(
            _("This VIN cannot be right: a letter or digit is mistyped."), code="vin", field="vin"
        )
    return vin


def check_digit(vin: str) -> str:
    """The sign that must stand at position 9: weighted sum modulo 11, ten written as X."""
    rest = sum(weight * VALUES[sign] for weight, sign in zip(WEIGHTS, vin, strict=True)) % 11
    return "0123456789X"[rest]
