"""
What stood before follow-up became a promise: levels get their days, leads their stage and clock.

Every lead of that time began with a visit or a call, so somebody had spoken with the customer.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.models import F

from dealership.clock import day_of, end_of_day

# Code: next contact within days, to the pool after days without one (domain §1.2).
DAYS = {
    "N": (3, 3),
    "H": (7, 5),
    "A": (15, 10),
    "B": (30, 20),
    "C": (90, 45),
    "O": (30, None),
    "S": (90, None),
}
STAGES = {"open": "visited", "lost": "visited", "ordered": "ordered", "delivered": "delivered"}


def begin(apps, schema_editor):
    level, lead = apps.get_model("leads", "IntentLevel"), apps.get_model("leads", "Lead")
    for code, (cap, recycle) in DAYS.items():
        rows = level.objects.filter(code=code, cap_days=None)
        rows.exclude(interval_days__gt=cap).update(cap_days=cap)
        level.objects.filter(code=code, recycle_days=None).update(recycle_days=recycle)
    for status, stage in STAGES.items():
        lead.objects.filter(status=status, first_contacted_at=None).update(
            stage=stage, first_contacted_at=F("opened_at"), last_contacted_at=F("opened_at")
        )
    deadline = apps.get_model("sop", "Deadline")
    now = datetime.now(UTC)
    owing = lead.objects.filter(
        status__in=("open", "ordered"), consultant__isnull=False, next_contact_on__isnull=False,
        follow_ups=0,
    ).select_related("store")  # fmt: skip
    for row in owing.iterator(chunk_size=1000):
        tz = ZoneInfo(row.store.timezone)
        # What is overdue is asked for today: nobody is blamed for a promise that was none yet.
        day = max(row.next_contact_on, day_of(now, tz))
        due = end_of_day(day, tz)
        remind = max(due - timedelta(hours=15), now + (due - now) / 2)
        deadline.objects.create(
            store=row.store,
            step="leads.follow_up",
            subject_type="leads.lead",
            subject_id=row.pk,
            period="1",
            customer_id=row.customer_id,
            owner_id=row.consultant_id,
            role="consultant",
            opened_at=now,
            entered_at=now,
            actionable_at=now,
            due_at=due,
            limit_kind="end_of_day",
            limit_amount=(day - day_of(now, tz)).days,
            remind_at=remind,
            escalate_at=due + timedelta(hours=10),
            next_at=remind,
        )
        lead.objects.filter(pk=row.pk).update(follow_ups=1, next_contact_on=day)


class Migration(migrations.Migration):
    dependencies = [("leads", "0002_lead_development"), ("sop", "0001_initial")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
