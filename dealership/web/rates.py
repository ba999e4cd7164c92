"""So many times in so long, counted in the cache: a guard against floods, not a ledger."""

from axes.helpers import get_client_ip_address
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from dealership import clock


def is_within(bucket: str, *, limit: int, seconds: int) -> bool:
    """
    Count one more in `bucket`; False beyond `limit` in the running window of `seconds`.

    Without its cache the guard lets everybody in: a lost lead is worse than a flood.
    """
    key = f"rate:{bucket}:{int(clock.now().timestamp()) // seconds}"
    try:
        cache.add(key, 0, timeout=2 * seconds)
        return cache.incr(key) <= limit
    except (RedisError, ValueError):
        return True


def seconds_left(seconds: int) -> int:
    """Until the running window ends."""
    return seconds - int(clock.now().timestamp()) % seconds


def address_of(request: HttpRequest) -> str:
    """The caller's address as the proxies before us tell it, read like the sign-in's guard."""
    return get_client_ip_address(request) or "unknown"
