"""The secret that the gateway, its push calls and the house share."""

import hashlib
import hmac

from django.conf import settings


def shared_key() -> str:
    """Return `SMS_KEY`, or one derived from SECRET_KEY, so that a fresh set-up needs none."""
    if settings.SMS_KEY:
        key: str = settings.SMS_KEY
        return key
    return hmac.new(settings.SECRET_KEY.encode(), b"sms gateway", hashlib.sha256).hexdigest()
