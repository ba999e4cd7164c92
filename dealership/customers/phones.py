"""One way to write a phone number: E.164 (domain §5.5)."""

import re
import unicodedata

import phonenumbers
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation

REGION = "CN"
MOBILE = re.compile(r"\+861[3-9]\d{9}")
EXTENSION = re.compile(r"(?:转|ext\.?|x|#)\s*\d{1,6}$", re.IGNORECASE)
MAX_TYPED = 40


def normalise(text: str) -> str:
    """
    Return `text` as E.164, `138-0013 8000` → `+8613800138000`.

    RuleViolation (field "phone") with what to check when it is no number that can be called.
    """
    plain = unicodedata.normalize("NFKC", text or "").strip()
    plain = EXTENSION.sub("", plain)
    if len(plain) <= MAX_TYPED:
        if plain.startswith("0086"):
            plain = "+86" + plain[4:]
        try:
            parsed = phonenumbers.parse(plain, REGION)
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed and phonenumbers.is_possible_number(parsed):
            number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            if is_plausible(number):
                return number
    raise RuleViolation(
        _("This is not a complete phone number. A mobile number has 11 digits, like 13800138000."),
        code="phone",
        field="phone",
    )


def is_plausible(number: str) -> bool:
    """A Chinese mobile by its own pattern; landlines and foreign numbers by the numbering plan."""
    if MOBILE.fullmatch(number):
        return True
    return not number.startswith("+861") and phonenumbers.is_valid_number(
        phonenumbers.parse(number)
    )


def is_mobile(number: str) -> bool:
    """Whether an SMS can reach the number."""
    return bool(MOBILE.fullmatch(number))


def digits(text: str) -> str:
    """The digits of what was typed, without the country's own prefix."""
    found = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    for prefix in ("0086", "86"):
        if found.startswith(prefix) and len(found) > 11:
            return found.removeprefix(prefix)
    return found
