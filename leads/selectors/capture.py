"""Questions about what a lead still lacks."""

from leads.models import Lead


def missing_in(lead: Lead) -> set[str]:
    """What a quick add left open: name, source, series (SOP-2.2)."""
    missing = {
        "name": not lead.customer.is_named,
        "source": lead.source_id is None,
        "series": lead.series_id is None,
    }
    return {field for field, is_missing in missing.items() if is_missing}
