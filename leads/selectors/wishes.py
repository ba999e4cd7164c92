"""What two records of perhaps one person wish for (SOP-2.2)."""

from collections.abc import Mapping

from django.utils.formats import date_format

from leads.models import Lead


def wished_series(customer_ids: list[int]) -> Mapping[int, int]:
    """The series of each customer's latest wish; one question for all."""
    leads = Lead.objects.filter(customer__in=customer_ids, series__isnull=False).order_by("pk")
    return dict(leads.values_list("customer", "series"))


def leads_in_words(customer_ids: list[int]) -> Mapping[int, str]:
    """Each customer's leads: status, series and day, newest first."""
    leads = Lead.objects.filter(customer__in=customer_ids).exclude(status=Lead.Status.JOINED)
    found: dict[int, list[str]] = {}
    for lead in leads.select_related("series", "store").order_by("-pk"):
        opened = lead.opened_at.astimezone(lead.store.tz)
        parts = (lead.get_status_display(), lead.series and lead.series.name)
        words = [*filter(None, parts), date_format(opened, "Y-m-d")]
        found.setdefault(lead.customer_id, []).append(" ".join(map(str, words)))
    return {pk: " · ".join(words[:3]) for pk, words in found.items()}
