"""SOP-2, lead development: every row of the room."""

from leads.models.appointments import Appointment, AppointmentQuerySet
from leads.models.base import BasePolicy, OwnerContact, OwnerContactQuerySet
from leads.models.bulk import BulkLine, BulkRun, BulkRunQuerySet
from leads.models.campaigns import (
    Campaign,
    CampaignCost,
    CampaignQuerySet,
    SignUp,
    SignUpQuerySet,
)
from leads.models.contacts import Contact, ContactQuerySet
from leads.models.handovers import HandOver, HandOverQuerySet, HandOverRow
from leads.models.imports import ImportRow, ImportRowQuerySet, ImportRun, ImportRunQuerySet
from leads.models.intake import (
    IntakeEntry,
    IntakeEntryQuerySet,
    IntakeKey,
    IntakeKeyQuerySet,
)
from leads.models.leads import Lead, LeadQuerySet
from leads.models.levels import SET_BY_PROCESS, IntentLevel, IntentLevelQuerySet, LevelChange
from leads.models.lists import ProspectList, ProspectListQuerySet
from leads.models.losses import (
    LossApplication,
    LossApplicationQuerySet,
    LossReason,
    LossReasonQuerySet,
    LossRecall,
    LossRecallQuerySet,
)
from leads.models.ownership import (
    Assignment,
    AssignmentRule,
    AssignmentRuleQuerySet,
    OwnershipPolicy,
    Postponement,
    RotationPlace,
)
from leads.models.plans import (
    SEGMENTS,
    MonthlyPlan,
    MonthlyPlanQuerySet,
    PlannedVisit,
    PlannedVisitQuerySet,
    PlanTarget,
    Segment,
)
from leads.models.sources import Source, SourceQuerySet, Way
from leads.models.views import SavedView, SavedViewQuerySet, ViewColumns

__all__ = [
    "SEGMENTS",
    "SET_BY_PROCESS",
    "Appointment",
    "AppointmentQuerySet",
    "Assignment",
    "AssignmentRule",
    "AssignmentRuleQuerySet",
    "BasePolicy",
    "BulkLine",
    "BulkRun",
    "BulkRunQuerySet",
    "Campaign",
    "CampaignCost",
    "CampaignQuerySet",
    "Contact",
    "ContactQuerySet",
    "HandOver",
    "HandOverQuerySet",
    "HandOverRow",
    "ImportRow",
    "ImportRowQuerySet",
    "ImportRun",
    "ImportRunQuerySet",
    "IntakeEntry",
    "IntakeEntryQuerySet",
    "IntakeKey",
    "IntakeKeyQuerySet",
    "IntentLevel",
    "IntentLevelQuerySet",
    "Lead",
    "LeadQuerySet",
    "LevelChange",
    "LossApplication",
    "LossApplicationQuerySet",
    "LossReason",
    "LossReasonQuerySet",
    "LossRecall",
    "LossRecallQuerySet",
    "MonthlyPlan",
    "MonthlyPlanQuerySet",
    "OwnerContact",
    "OwnerContactQuerySet",
    "OwnershipPolicy",
    "PlanTarget",
    "PlannedVisit",
    "PlannedVisitQuerySet",
    "Postponement",
    "ProspectList",
    "ProspectListQuerySet",
    "RotationPlace",
    "SavedView",
    "SavedViewQuerySet",
    "Segment",
    "SignUp",
    "SignUpQuerySet",
    "Source",
    "SourceQuerySet",
    "ViewColumns",
    "Way",
]
