"""API tokens: made once, shown once, kept as a digest."""

import hashlib
import secrets
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from dealership import clock
from dealership.staff.middleware import choose_store
from dealership.staff.models import ApiToken, User

PREFIX = "sr_"
SEEN_EVERY = timedelta(minutes=5)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer sr_…`; `X-Store: code` chooses one of the person's stores."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = authentication.get_authorization_header(request).split()
        if not header or header[0].lower() != self.keyword.lower().encode():
            return None
        if len(header) != 2:
            raise exceptions.AuthenticationFailed(_("The token is not valid."))
        secret = header[1].decode("ascii", "replace")
        token = ApiToken.objects.valid().select_related("user").filter(digest=digest(secret))
        if (found := token.first()) is None:
            raise exceptions.AuthenticationFailed(_("The token is not valid."))
        now = clock.now()
        if found.last_used_at is None or now - found.last_used_at > SEEN_EVERY:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
        wanted = request.headers.get("X-Store")
        if wanted and not choose_store(found.user, wanted):
            raise exceptions.PermissionDenied(_("You do not work in this store."))
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return self.keyword
