"""Questions about messages."""

from dealership.messaging.selectors.figures import Health, health
from dealership.messaging.selectors.listings import (
    life_of,
    news,
    notices,
    preview,
    replies,
    texts,
    unread_notices,
    wording_of,
    wordings,
)
from dealership.messaging.selectors.permission import can_text, last_send_time, why_not

__all__ = [
    "Health",
    "can_text",
    "health",
    "last_send_time",
    "life_of",
    "news",
    "notices",
    "preview",
    "replies",
    "texts",
    "unread_notices",
    "why_not",
    "wording_of",
    "wordings",
]
