"""Questions about lead development (SOP-2)."""

from leads.selectors.leads import (
    DEFAULT_LEVELS,
    base_kind_of,
    follow_up_of,
    lead_of,
    leads_of,
    level_of,
    levels_of,
)
from leads.selectors.listings import listing

__all__ = [
    "DEFAULT_LEVELS",
    "base_kind_of",
    "follow_up_of",
    "lead_of",
    "leads_of",
    "level_of",
    "levels_of",
    "listing",
]
