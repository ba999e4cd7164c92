"""Recognising somebody by an ID number that the house does not keep (PIPL art. 28)."""

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from dealership.errors import RuleViolation

PLAIN = re.compile(r"[0-9A-Z]{5,20}")


class Document(models.TextChoices):
    """What the number stands on."""

    ID_CARD = "id_card", gettext_lazy("ID card")
    PASSPORT = "passport", gettext_lazy("Passport")
    MILITARY = "military", gettext_lazy("Military ID")
    TRAVEL_PERMIT = "travel_permit", gettext_lazy("Hong Kong, Macao or Taiwan permit")
    LICENCE = "licence", gettext_lazy("Business licence")


def digest_of(document: str, number: str) -> str:
    """
    The keyed digest that recognises a number and tells nothing of it.

    RuleViolation (field "identity_number") if it is none; the message never repeats what was
    typed.
    """
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", number[:60])).upper()
    if document == Document.ID_CARD:
        try:
            plain = ric.validate(plain)
        except ValidationError:
            raise RuleViolation(
                _("This is no ID number. It has 18 digits, the last may be an X; check each one."),
                code="identity",
                field="identity_number",
            ) from None
    elif document not in Document.values or not PLAIN.fullmatch(plain):
        raise RuleViolation(
            _("A document number has 5 to 20 letters and digits."),
            code="identity",
            field="identity_number",
        )
    return hmac.new(_key(), f"{document}:{plain}".encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    """`IDENTITY_HASH_KEY`, or one derived from SECRET_KEY."""
    if settings.IDENTITY_HASH_KEY:
        return str(settings.IDENTITY_HASH_KEY).encode()
    return hmac.new(settings.SECRET_KEY.encode(), b"identity digests", hashlib.sha256).digest()
