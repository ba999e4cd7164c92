"""What visits, calls and messages leave on the customer's timeline."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.kinds import declare_kind
from showroom.models import Thanked

declare_kind("visit.arrived", _("Came in, party of %(party)s"), icon="door-enter", stage="showroom")
declare_kind(
    "visit.identified",
    _("Was here without a name on %(day)s, party of %(party)s"),
    icon="user-question",
    stage="showroom",
)
declare_kind("visit.taken", _("Attended by %(consultant)s"), icon="user-check", stage="showroom")
declare_kind(
    "visit.handed_over",
    _("Handed over: %(old)s → %(new)s"),
    icon="arrows-exchange",
    stage="showroom",
)
declare_kind("visit.left", _("Left after %(minutes)s min"), icon="door-exit", stage="showroom")
declare_kind(
    "visit.departure_undone", _("Had not left yet"), icon="arrow-back-up", stage="showroom"
)
declare_kind("visit.registered", _("Register completed"), icon="clipboard-check", stage="showroom")
declare_kind("visit.called", _("Called"), icon="phone-incoming", stage="showroom")
declare_kind("visit.wrote", _("Wrote: %(text)s"), icon="message-circle", stage="showroom")
declare_kind(
    "visit.written_to", _("Was written to: %(text)s"), icon="message-forward", stage="showroom"
)
declare_kind(
    "visit.thanked",
    _("Thanked without SMS: %(how)s %(remark)s"),
    icon="phone-check",
    stage="showroom",
    labels={"how": Thanked},
)
declare_kind("visit.voided", _("Visit voided: %(reason)s"), icon="ban", stage="showroom")
