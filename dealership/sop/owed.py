"""What is owed to a customer, in a few words for somebody who compares two records."""

from collections.abc import Mapping

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from dealership import clock
from dealership.sop.models import Deadline
from dealership.sop.wording import due_text
from dealership.staff.models import Store


def owed_in_words(customer_ids: list[int]) -> Mapping[int, str]:
    """How many promises are open, and when the first is due."""
    owed = Deadline.objects.open().tasks().filter(customer__in=customer_ids)
    rows = owed.order_by().values("customer", "customer__store__timezone")
    found = {}
    for row in rows.annotate(number=Count("pk"), first=Min("due_at")):
        tz = Store(timezone=row["customer__store__timezone"]).tz
        found[row["customer"]] = _("%(count)s, the first until %(time)s") % {
            "count": row["number"],
            "time": due_text(row["first"], tz, clock.now()),
        }
    return found
