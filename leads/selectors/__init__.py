"""Questions about lead development (SOP-2)."""

from leads.selectors.appointments import (
    appointment_day,
    expected_today,
    visit_of,
)
from leads.selectors.boards import board, column
from leads.selectors.campaigns import (
    attendance,
    campaign_figures,
    campaigns,
    closed_because,
    intake_keys,
    intake_page,
    places_left,
    sign_ups,
)
from leads.selectors.capture import missing_in
from leads.selectors.chosen import bulk_result, chosen_leads
from leads.selectors.contacts import lead_parts, recalled
from leads.selectors.filters import listing_rows
from leads.selectors.leads import (
    DEFAULT_LEVELS,
    base_kind_of,
    follow_up_of,
    lead_of,
    leads_of,
    level_of,
    levels_of,
)
from leads.selectors.lines import follow_ups, next_in_line
from leads.selectors.listings import listing
from leads.selectors.sources import (
    period_of,
    source_groups,
    source_report,
    usual_periods,
)

__all__ = [
    "DEFAULT_LEVELS",
    "appointment_day",
    "attendance",
    "base_kind_of",
    "board",
    "bulk_result",
    "campaign_figures",
    "campaigns",
    "chosen_leads",
    "closed_because",
    "column",
    "expected_today",
    "follow_up_of",
    "follow_ups",
    "intake_keys",
    "intake_page",
    "lead_of",
    "lead_parts",
    "leads_of",
    "level_of",
    "levels_of",
    "listing",
    "listing_rows",
    "missing_in",
    "next_in_line",
    "period_of",
    "places_left",
    "recalled",
    "sign_ups",
    "source_groups",
    "source_report",
    "usual_periods",
    "visit_of",
]
