"""
What people say yes to on a public form (PIPL arts. 14, 17): kept by version, never rewritten.

A changed wording gets a new version: consents given before keep the old one's name.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Wording:
    """Who asks, what for, what is kept and how to take it back; `%(store)s`, `%(phone)s`."""

    contact: str | Promise
    marketing: str | Promise
    notice: str | Promise


WORDINGS = {
    "form-2026-11": Wording(
        contact=_("I agree that %(store)s keeps my name and number to call me about this request."),
        marketing=_("%(store)s may also send me offers and invitations. (You need not agree.)"),
        notice=_(
            "%(store)s keeps what you enter here to answer your request, and passes it on to "
            "nobody. You can take your agreement back, see or have erased what is kept at any "
            "time: call %(phone)s or ask in the showroom. Taking it back changes nothing about "
            "what was done before."
        ),
    )
}
CURRENT = "form-2026-11"
