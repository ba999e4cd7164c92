"""What lead development writes on the timeline."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.timeline import declare_kind

declare_kind("lead.opened", _("Lead opened at level %(level)s"), icon="target", stage="leads")
declare_kind(
    "lead.level_changed", _("Intent level %(old)s → %(new)s"), icon="arrows-up-down", stage="leads"
)
declare_kind("lead.assigned", _("Lead given to %(consultant)s"), icon="user-check", stage="leads")
