"""Notices speak the reader's language, whoever causes them."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation

from dealership.staff.models import User


def in_language_of(user: User) -> AbstractContextManager[None]:
    return translation.override(user.language or settings.LANGUAGE_CODE)
