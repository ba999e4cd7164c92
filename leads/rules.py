"""Who may see and change leads."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dealership.staff.models import User
from dealership.staff.policy import allow
from dealership.staff.roles import EVERYONE, FLOOR, MANAGERS, Role

allow("leads.view_lead", *EVERYONE, title=_("See leads"))
allow("leads.change_lead", *FLOOR - {Role.RECEPTIONIST}, title=_("Change leads"))
allow("leads.add_lead", *FLOOR, Role.CLERK, Role.SERVICE_ADVISOR, title=_("Add leads"))
allow("leads.contact_lead", *FLOOR - {Role.RECEPTIONIST}, title=_("Record contacts"))
allow("leads.agree_visit", *FLOOR, title=_("Agree on visits, move them and call them off"))
allow("leads.set_levels", *MANAGERS, title=_("Set the intent levels"))
allow("leads.view_level_report", *MANAGERS, title=_("See how honest the levels are"))
allow("leads.assign_lead", *MANAGERS, title=_("Give leads to consultants"))
allow("leads.share_view", *MANAGERS, title=_("Share views of the leads with the store"))
allow("leads.change_source", *MANAGERS, title=_("Keep the list of sources"))
allow("leads.view_source_report", *MANAGERS, Role.CLERK, title=_("See what sources are worth"))
allow("leads.view_list", *MANAGERS, Role.CLERK, title=_("See lists of prospects"))
allow("leads.import_list", *MANAGERS, Role.CLERK, title=_("Import lists, and take them back"))
allow("leads.export_leads", *MANAGERS, Role.CLERK, title=_("Export leads"))
allow("leads.view_exports", *MANAGERS, title=_("See who has exported what"))
allow("leads.view_campaign", *EVERYONE, title=_("See campaigns"))
allow("leads.change_campaign", *MANAGERS, Role.CLERK, title=_("Plan campaigns and their costs"))
allow(
    "leads.view_campaign_figures",
    *MANAGERS,
    Role.CLERK,
    title=_("See what campaigns bring and cost"),
)
allow("leads.sign_up", *FLOOR, Role.CLERK, title=_("Sign people up and note who came"))
allow("leads.change_intake", *MANAGERS, title=_("Keep the keys by which portals send leads"))


def own_or_managed(user: User, row: Any) -> bool:
    """Whoever it is about or from, and the managers of its store."""
    people = {getattr(row, name, None) for name in ("applied_by_id", "consultant_id")}
    return user.pk in people or not user.roles_in(row.store_id).isdisjoint(MANAGERS)


SELLERS = (Role.CONSULTANT, *MANAGERS)
KEEPERS = (*SELLERS, Role.CLERK, Role.SERVICE_SPECIALIST)

allow("leads.view_losses", *KEEPERS, title=_("See losses"))
allow("leads.apply_for_loss", *SELLERS, title=_("Apply to give leads up"))
allow("leads.withdraw_loss", *SELLERS, when=own_or_managed, title=_("Withdraw loss applications"))
allow("leads.decide_loss", *MANAGERS, title=_("Decide on losses"))
allow("leads.revisit_lost", *SELLERS, title=_("Speak to lost customers again"))
allow("leads.recall_lost", Role.SERVICE_SPECIALIST, *MANAGERS, title=_("Make sample calls"))
allow("leads.reactivate_lead", *SELLERS, title=_("Take lost leads up again"))
allow("leads.view_loss_report", *MANAGERS, Role.CLERK, title=_("See why leads are lost"))
allow("leads.manage_loss_reasons", *MANAGERS, title=_("Keep the list of reasons of loss"))
allow("leads.view_base", *KEEPERS, Role.SERVICE_ADVISOR, title=_("See base customers"))
allow("leads.contact_owner", *KEEPERS, title=_("Record calls to owners"))
allow("leads.set_base_policy", *MANAGERS, title=_("Set the rules for base customers"))
allow("leads.view_base_report", *MANAGERS, Role.CLERK, title=_("Compare new and base customers"))
allow("leads.view_plans", *SELLERS, Role.CLERK, title=_("See monthly plans"))
allow("leads.make_plans", *MANAGERS, title=_("Make and evaluate monthly plans"))
allow("leads.plan_visits", *SELLERS, when=own_or_managed, title=_("Plan visits to prospects"))
allow("leads.view_pool", *FLOOR, title=_("See the pool"))
allow("leads.claim_lead", Role.CONSULTANT, title=_("Claim customers from the pool"))
allow("leads.pool_lead", *MANAGERS, Role.CONSULTANT, title=_("Put leads into the pool"))
allow("leads.set_ownership", *MANAGERS, title=_("Set the rules of assignment and the pool"))
allow("leads.hand_over", *MANAGERS, title=_("Hand a consultant's customers over"))
