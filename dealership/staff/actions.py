"""What is done with people, rosters and tokens."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.staff.arriving import begin_all
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


def change_password(user: User, *, password: str) -> None:
    """Set a new password: every other session of the person ends."""
    user.set_password(password)
    user.save(update_fields=["password"])


def revoke_token(token: ApiToken) -> None:
    """End a token at once."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())


def set_language(user: User, language: str) -> None:
    """Remember the language that the person reads."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def roster(user: User, *, store: Store, day: date, is_on_duty: bool) -> None:
    """Put somebody on the day's roster or take them off; what has begun or is past stays."""
    if day < clock.day_of(clock.now(), store.tz):
        raise RuleViolation(_("The roster of a past day stays as it was."), field="day")
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
    """
    Begin the day's duty: from now on the floor may give the person guests (SOP-4.4.1).

    What other rooms begin with it (the day's preparation, its check) begins once.
    """
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
        begin_all(duty)
    return duty


@transaction.atomic
def freeze(user: User, *, by: User) -> None:
    """Close a person's access at once: sign-ins, sessions and tokens end."""
    if user.pk == by.pk:
        raise RuleViolation(_("You cannot close your own access."))
    if user.is_group_admin and not by.is_group_admin:
        raise RuleViolation(_("Only a group administrator can close this person's access."))
    now = clock.now()
    user.is_active, user.signed_out_at = False, now
    user.save(update_fields=["is_active", "signed_out_at"])
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)


def thaw(user: User, *, by: User) -> None:
    """Open a person's access again; sessions and tokens of before stay dead."""
    if user.is_group_admin and not by.is_group_admin:
        raise RuleViolation(_("Only a group administrator can open this person's access."))
    user.is_active = True
    user.save(update_fields=["is_active"])
