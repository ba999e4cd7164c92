"""SOP-2, lead development: every row of the room."""

from leads.models.campaigns import Campaign, CampaignQuerySet
from leads.models.contacts import Contact, ContactQuerySet
from leads.models.leads import Lead, LeadQuerySet
from leads.models.levels import SET_BY_PROCESS, IntentLevel, IntentLevelQuerySet, LevelChange
from leads.models.lists import ProspectList, ProspectListQuerySet
from leads.models.sources import Source, SourceQuerySet, Way

__all__ = [
    "SET_BY_PROCESS",
    "Campaign",
    "CampaignQuerySet",
    "Contact",
    "ContactQuerySet",
    "IntentLevel",
    "IntentLevelQuerySet",
    "Lead",
    "LeadQuerySet",
    "LevelChange",
    "ProspectList",
    "ProspectListQuerySet",
    "Source",
    "SourceQuerySet",
    "Way",
]
