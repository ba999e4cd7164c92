"""The KPI dictionary: what each figure of the boards means, in words (SOP-1.2, domain §3)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Kpi:
    """A figure: its title, how it is counted, from which rows, and what it leaves out."""

    code: str
    title: Text
    formula: Text
    source: Text
    sop: str = ""
    exclusions: Text = ""


KPIS: dict[str, Kpi] = {}


def kpi(
    code: str, title: Text, formula: Text, *, source: Text, sop: str = "", exclusions: Text = ""
) -> Kpi:
    """Put a figure into the dictionary; a code means one thing."""
    if code in KPIS:
        raise ValueError(f"{code} is declared twice")
    KPIS[code] = found = Kpi(code, title, formula, source, sop, exclusions)
    return found


REGISTER = _("Visit and call register")
LEDGER = _("Ledger of deadlines")

kpi(
    "in_now",
    _("In the showroom"),
    _("Parties that have come in and not left."),
    source=REGISTER,
    sop="4.4",
    exclusions=_("Voided entries, calls and messages"),
)
kpi(
    "waiting",
    _("Waiting for a consultant"),
    _("Parties in the showroom that no consultant attends to."),
    source=REGISTER,
    sop="4.4.2",
    exclusions=_("Voided entries, calls and messages"),
)
kpi(
    "owed",
    _("Due today"),
    _("Promises that are open, not late, and due by the end of today."),
    source=LEDGER,
    sop="1.2",
    exclusions=_("What is due on a later day or already late; waived and cancelled promises"),
)
kpi(
    "overdue",
    _("Overdue"),
    _("Promises that are still open and past their time."),
    source=LEDGER,
    sop="1.2",
    exclusions=_("Waived and cancelled promises; those done late"),
)
kpi(
    "answers",
    _("Explanations to decide"),
    _("Explanations of late promises that a manager has neither accepted nor refused."),
    source=LEDGER,
    sop="1.2",
)
kpi(
    "window_over",
    _("DMS window over"),
    _("Cars handed over that are not in the DMS although the three days have passed."),
    source=LEDGER,
    sop="9.8",
)
kpi(
    "compliance",
    _("Kept in time"),
    _(
        "Promises done by their time ÷ promises whose time has come or that are done. "
        "One that is open and overdue counts as broken."
    ),
    source=LEDGER,
    sop="1.2",
    exclusions=_("Cancelled and waived promises; open ones whose time has not come"),
)
kpi(
    "batches",
    _("Footfall, parties"),
    _("Parties that came in. Who comes together, or twice on one day, is one party."),
    source=REGISTER,
    sop="4.1",
    exclusions=_("Voided entries, calls and messages"),
)
kpi(
    "first",
    _("First visits"),
    _("Parties that had never been in the store before. Rate: ÷ parties."),
    source=REGISTER,
    sop="4.1",
    exclusions=_("Voided entries; parties of whom nobody knows yet whether it is the first visit"),
)
kpi(
    "recorded",
    _("Left a phone"),
    _("First visits on which the customer left a phone number. Rate: ÷ first visits."),
    source=REGISTER,
    sop="4.4.13",
    exclusions=_("Voided entries; numbers that the store learnt on another day"),
)
kpi(
    "orders",
    _("Orders"),
    _("Orders signed in the period, also if cancelled since. Rate: ÷ first visits with a phone."),
    source=_("Orders"),
    sop="8.5",
)
kpi(
    "deliveries",
    _("Deliveries"),
    _("Cars handed over in the period. Rate: ÷ orders."),
    source=_("Deliveries"),
    sop="9.6.20",
)
kpi(
    "attended",
    _("Attended"),
    _("Parties in the showroom that the consultant attended to."),
    source=REGISTER,
    sop="4.4",
    exclusions=_("Voided entries, calls and messages"),
)
kpi(
    "on_duty",
    _("On duty"),
    _("On the roster of the day; the time is when the person checked in."),
    source=_("Roster"),
    sop="4.4.1",
)
