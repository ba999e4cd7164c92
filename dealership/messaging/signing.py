"""How the gateway and the house know each other: HMAC-SHA256 over time and body. No Django."""

import hashlib
import hmac

TIME_HEADER = "X-Sms-Time"
SIGNATURE_HEADER = "X-Sms-Signature"


def sign(key: str, moment: str, body: bytes) -> str:
    """Return the signature of `body` as sent at `moment` (epoch seconds)."""
    return hmac.new(key.encode(), moment.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def headers_for(key: str, moment: float, body: bytes) -> dict[str, str]:
    stamp = f"{moment:.3f}"
    return {TIME_HEADER: stamp, SIGNATURE_HEADER: sign(key, stamp, body)}


def is_genuine(key: str, moment: str, signature: str, body: bytes) -> bool:
    return hmac.compare_digest(sign(key, moment, body).encode(), signature.encode())


def age(moment: str, now: float) -> float:
    """Return how old the stamp is in seconds, either way; an unreadable one is infinitely old."""
    try:
        return abs(now - float(moment))
    except ValueError:
        return float("inf")
