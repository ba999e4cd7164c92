"""What lead development writes on the timeline."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.timeline import declare_kind
from leads.models import Contact

declare_kind("lead.opened", _("Lead opened at level %(level)s"), icon="target", stage="leads")
declare_kind(
    "lead.level_changed", _("Intent level %(old)s → %(new)s"), icon="arrows-up-down", stage="leads"
)
declare_kind("lead.assigned", _("Lead given to %(consultant)s"), icon="user-check", stage="leads")
declare_kind(
    "lead.contacted",
    _("%(way)s: %(outcome)s. %(said)s"),
    icon="phone-check",
    stage="leads",
    labels={"way": Contact.Way, "outcome": Contact.Outcome},
)
declare_kind(
    "lead.attempted",
    _("%(way)s: %(outcome)s"),
    icon="phone-x",
    stage="leads",
    labels={"way": Contact.Way, "outcome": Contact.Outcome},
)
