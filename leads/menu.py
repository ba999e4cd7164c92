"""Where leads stand in the menu and on the customer page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.facts import Fact, fact
from dealership.customers.panels import Panel, panel
from dealership.customers.refusals import on_refusal
from dealership.staff.leaving import Holding, declare_holding
from dealership.web.context import Entry, menu
from leads.belongings import Belonging, declare_belonging

LEADS, CAMPAIGNS, BASE = "leads:lead-list", "leads:campaign-list", "leads:base-list"
REPORTS, RULES = "leads:source-report", "leads:ownership"

menu(
    Entry(
        LEADS, "target-arrow", _("Leads"), "leads.view_lead", "work", 40,
        beside=pgettext_lazy("leads", "List"),
    ),
    Entry(
        "leads:lead-board", "layout-kanban", pgettext_lazy("leads", "Board"), "leads.view_lead",
        "work", 41, under=LEADS,
    ),
    Entry(
        "leads:follow-up-list", "phone-call", _("Whom to call"), "leads.contact_lead", "work", 42,
        under=LEADS,
    ),
    Entry("leads:pool", "lifebuoy", _("Pool"), "leads.view_pool", "work", 43, under=LEADS),
    Entry(
        "leads:loss-list", "flag-x", _("Losses"), "leads.view_losses", "work", 44, under=LEADS
    ),
    Entry(
        "leads:appointment-list", "calendar-event", _("Agreed visits"), "leads.view_lead",
        "work", 45,
    ),
    Entry(
        CAMPAIGNS, "speakerphone", pgettext_lazy("marketing", "Campaigns"),
        "leads.view_campaign", "work", 46,
    ),
    Entry(
        "leads:list-list", "list-details", _("Lists"), "leads.view_list", "work", 47,
        under=CAMPAIGNS,
    ),
    Entry(BASE, "users-group", _("Base customers"), "leads.view_base", "work", 48),
    Entry(
        "leads:plan-list", "calendar-stats", _("Monthly plans"), "leads.view_plans", "work", 49,
        under=BASE,
    ),
    Entry(
        REPORTS, "report-analytics", _("Lead reports"), "leads.view_source_report", "boards", 60,
        beside=_("What sources are worth"),
    ),
    Entry(
        "leads:base-report", "scale", _("New against base"), "leads.view_base_report", "boards",
        61, under=REPORTS,
    ),
    Entry(
        "leads:loss-report", "chart-bar", _("Why leads are lost"), "leads.view_loss_report",
        "boards", 62, under=REPORTS,
    ),
    Entry(
        "leads:level-report", "stairs", _("Level honesty"), "leads.view_level_report", "boards",
        63, under=REPORTS,
    ),
    Entry(
        "leads:export-list", "file-export", _("Exports"), "leads.view_exports", "boards", 64,
        under=REPORTS,
    ),
    Entry(
        RULES, "arrows-split-2", _("Rules for leads"), "leads.set_ownership", "settings", 40,
        beside=_("Assignment and pool"),
    ),
    Entry(
        "leads:level-list", "stairs", _("Intent levels"), "leads.set_levels", "settings", 41,
        under=RULES,
    ),
    Entry(
        "leads:source-list", "git-branch", _("Sources"), "leads.change_source", "settings", 42,
        under=RULES,
    ),
    Entry(
        "leads:loss-reason-list", "list-tree", _("Reasons of loss"), "leads.manage_loss_reasons",
        "settings", 43, under=RULES,
    ),
    Entry(
        "leads:base-policy", "adjustments-heart", _("Rules for base customers"),
        "leads.set_base_policy", "settings", 44, under=RULES,
    ),
    Entry(
        "leads:intake-list", "plug-connected", _("Leads sent to us"), "leads.change_intake",
        "settings", 45, under=RULES,
    ),
    Entry(
        "leads:intake-keys", "key", _("Keys for portals"), "leads.change_intake", "settings", 46,
        under=RULES,
    ),
)  # fmt: skip
panel(
    Panel(
        "lead",
        pgettext_lazy("sales", "Lead"),
        "target-arrow",
        "leads:lead-panel",
        "leads.view_lead",
        10,
    )
)
fact(Fact("level", _("Level"), "leads.selectors.levels_of", 10))
declare_belonging(Belonging(_("Visits agreed on"), "leads.selectors.handovers.visits_of"))
declare_holding(
    Holding("leads.selectors.handovers.holds_customers", "leads:hand-over", "leads.hand_over")
)
on_refusal("leads.actions.stop_plans", resume="leads.actions.resume_plans")
on_refusal("leads.actions.stop_visits")
