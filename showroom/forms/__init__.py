"""Forms of the showroom: taps first, text last."""

from showroom.forms.entries import CallForm, EntryForm, MessageForm, WalkInForm
from showroom.forms.visits import (
    CompleteForm,
    DepartForm,
    HandOverForm,
    IdentifyForm,
    SettleForm,
    ThankForm,
    VoidForm,
)

__all__ = [
    "CallForm",
    "CompleteForm",
    "DepartForm",
    "EntryForm",
    "HandOverForm",
    "IdentifyForm",
    "MessageForm",
    "SettleForm",
    "ThankForm",
    "VoidForm",
    "WalkInForm",
]
