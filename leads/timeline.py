"""What lead development writes on the timeline."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.timeline import declare_kind
from leads.models import Contact, LossApplication, LossRecall, OwnerContact, Way

declare_kind("lead.opened", _("Lead opened at level %(level)s"), icon="target", stage="leads")
declare_kind(
    "lead.level_changed", _("Intent level %(old)s → %(new)s"), icon="arrows-up-down", stage="leads"
)
declare_kind("lead.assigned", _("Lead given to %(consultant)s"), icon="user-check", stage="leads")
declare_kind(
    "lead.contacted",
    _("%(way)s · %(outcome)s%(said)s"),
    icon="phone-check",
    stage="leads",
    labels={"way": Contact.Way, "outcome": Contact.Outcome},
)
declare_kind(
    "lead.attempted",
    _("%(way)s · %(outcome)s"),
    icon="phone-x",
    stage="leads",
    labels={"way": Contact.Way, "outcome": Contact.Outcome},
)
declare_kind(
    "lead.seen_again",
    _("Got in touch again: %(way)s. %(said)s"),
    icon="repeat",
    stage="leads",
    labels={"way": Way},
)
declare_kind(
    "lead.visit_agreed", _("Visit agreed for %(when)s"), icon="calendar-plus", stage="leads"
)
declare_kind(
    "lead.visit_confirmed", _("Will come on %(when)s"), icon="calendar-check", stage="leads"
)
declare_kind(
    "lead.visit_moved",
    _("Visit moved from %(old)s to %(when)s: %(why)s"),
    icon="calendar-repeat",
    stage="leads",
)
declare_kind(
    "lead.visit_cancelled",
    _("Visit of %(when)s called off: %(why)s"),
    icon="calendar-x",
    stage="leads",
)
declare_kind(
    "lead.visit_kept", _("Came as agreed for %(when)s"), icon="calendar-heart", stage="leads"
)
declare_kind(
    "lead.visit_missed",
    _("Did not come to the visit agreed for %(when)s"),
    icon="calendar-off",
    stage="leads",
)
declare_kind("lead.pooled", _("Went to the pool: %(reason)s"), icon="recycle", stage="leads")
declare_kind(
    "lead.handed_over",
    _("Handed over from %(leaver)s to %(consultant)s"),
    icon="users",
    stage="leads",
)
declare_kind(
    "lead.taken_back",
    _("Hand-over undone: back from %(consultant)s to %(leaver)s"),
    icon="arrow-back-up",
    stage="leads",
)
declare_kind(
    "lead.import_withdrawn",
    _("What the list “%(list)s” brought was taken back"),
    icon="file-x",
    stage="leads",
)
declare_kind(
    "campaign.answered",
    _("Answered “%(campaign)s” (people: %(party)s)"),
    icon="speakerphone",
    stage="leads",
)
declare_kind("campaign.came", _("Came to “%(campaign)s”"), icon="calendar-check", stage="leads")
declare_kind(
    "campaign.absent", _("Stayed away from “%(campaign)s”"), icon="calendar-x", stage="leads"
)
declare_kind(
    "lead.loss_applied",
    _("Asked to give the lead up (%(of)s): %(why)s"),
    icon="flag-question",
    stage="leads",
    labels={"of": LossApplication.Kind},
)
declare_kind(
    "lead.loss_withdrawn",
    _("Application to give the lead up withdrawn"),
    icon="flag-off",
    stage="leads",
)
declare_kind(
    "lead.loss_returned", _("Loss sent back: %(remark)s"), icon="arrow-back-up", stage="leads"
)
declare_kind("lead.lost", _("Lost: %(why)s"), icon="flag-x", stage="leads")
declare_kind("lead.dormant", _("Dormant: %(why)s"), icon="zzz", stage="leads")
declare_kind(
    "lead.reactivated",
    _("Taken up again at level %(level)s. %(why)s"),
    icon="rotate-clockwise",
    stage="leads",
)
declare_kind(
    "lead.recalled",
    _("Sample call: %(outcome)s. %(remark)s"),
    icon="phone-check",
    stage="leads",
    labels={"outcome": LossRecall.Outcome},
)
declare_kind(
    "owner.contacted",
    _("Call to the owner: %(outcome)s. %(remark)s"),
    icon="car",
    stage="leads",
    labels={"outcome": OwnerContact.Outcome},
)
declare_kind("plan.placed", _("Plan in place: %(plan)s"), icon="calendar-stats", stage="leads")
declare_kind(
    "plan.evaluated",
    _("Plan evaluated: %(plan)s, %(score)s of 5"),
    icon="report-analytics",
    stage="leads",
)
declare_kind("prospect.visited", _("Visited: %(place)s"), icon="map-pin-check", stage="leads")
