"""What production refuses: each weakness of a set-up, in one sentence that says what to do."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured

KEY_LENGTH = 50
KEY_VARIETY = 10
KNOWN_WORDS = ("development-only", "insecure", "test-only", "change-me", "changeme", "secret")


def refuse(settings: dict[str, Any]) -> None:
    """Stop the start if `settings` are unfit for production, and say all reasons at once."""
    if reasons := list(refusals(settings)):
        lines = "\n".join(f"  - {reason}" for reason in reasons)
        raise ImproperlyConfigured(f"This set-up is not fit for production:\n{lines}")


def refusals(settings: dict[str, Any]) -> Iterator[str]:
    if settings["DEBUG"]:
        yield "DEBUG is on: unset it, it shows the inside of the house to anyone."
    yield from _weak_key(settings["SECRET_KEY"])
    yield from _loose_hosts(settings["ALLOWED_HOSTS"])
    if settings["DATABASES"]["default"]["ENGINE"].endswith("sqlite3"):
        yield "DATABASE_URL names no PostgreSQL: SQLite is for the demo and for development."
    if not settings["REDIS_URL"]:
        yield "REDIS_URL is empty: the workers need a Redis that wakes them."
    if settings["SMS_GATEWAY"] == "simulator" and not settings["ALLOW_SMS_SIMULATOR"]:
        yield (
            "SMS_GATEWAY is the simulator, so no customer would get a message: name a provider, "
            "or set ALLOW_SMS_SIMULATOR=1 if that is what you want."
        )


def _weak_key(key: str) -> Iterator[str]:
    if not key:
        yield "SECRET_KEY is empty: set it to a long random text."
    elif any(word in key.lower() for word in KNOWN_WORDS):
        yield "SECRET_KEY is a known default: make one of your own."
    elif len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY:
        yield (
            f"SECRET_KEY is weak: it needs {KEY_LENGTH} characters or more, "
            f"at least {KEY_VARIETY} of them different."
        )


def _loose_hosts(hosts: list[str]) -> Iterator[str]:
    if not any(hosts):
        yield "ALLOWED_HOSTS is empty: list the names under which the house is reached."
    elif any(host in {"*", "."} for host in hosts):
        yield "ALLOWED_HOSTS holds *: list the names under which the house is reached."
