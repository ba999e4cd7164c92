"""What is done with people, rosters and tokens."""

from datetime import date

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.staff.models import ApiToken, Duty, Store, User
from dealership.staff.tokens import digest, new_secret

MAX_TOKENS = 10


@transaction.atomic
def create_token(user: User, *, name: str) -> str:
    """Make an API token and return its secret, the only time that it is shown."""
    if user.api_tokens.filter(revoked_at=None).count() >= MAX_TOKENS:
        raise RuleViolation(_("You have ten tokens. Revoke one that you no longer use."))
    secret = new_secret()
    ApiToken.objects.create(user=user, name=name.strip() or "API", digest=digest(secret))
    return secret


def revoke_token(token: ApiToken) -> None:
    """End a token at once."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())


def set_language(user: User, language: str) -> None:
    """Remember the language that the person reads."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def roster(user: User, *, store: Store, day: date, is_on_duty: bool) -> None:
    """Put somebody on the day's roster or take them off; a day already begun stays."""
    if is_on_duty:
        Duty.objects.get_or_create(
            user=user,
            store=store,
            day=day,
            defaults={"starts_at": store.opens_at, "ends_at": store.closes_at},
        )
        return
    duty = Duty.objects.filter(user=user, store=store, day=day).first()
    if duty and duty.checked_in_at:
        raise RuleViolation(_("%(name)s has already checked in on this day.") % {"name": user})
    if duty:
        duty.delete()


@transaction.atomic
def check_in(user: User, *, store: Store) -> Duty:
    """Begin the day's duty: from now on the floor may give the person guests (SOP-4.4.1)."""
    now = clock.now()
    duty, _is_new = Duty.objects.get_or_create(
        user=user,
        store=store,
        day=clock.day_of(now, store.tz),
        defaults={"starts_at": store.opens_at, "ends_at": store.closes_at},
    )
    if duty.checked_in_at is None:
        duty.checked_in_at = now
        duty.save(update_fields=["checked_in_at"])
    return duty


@transaction.atomic
def freeze(user: User, *, by: User) -> None:
    """Close a person's access at once: sign-ins, sessions and tokens end."""
    if user.pk == by.pk:
        raise RuleViolation(_("You cannot close your own access."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def thaw(user: User, *, by: User) -> None:
    """Open a person's access again."""
    User.objects.filter(pk=user.pk).update(is_active=True)
