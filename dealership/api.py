"""The API's roof: each room's views under /api/v1/, the schema and its reference page."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from dealership.customers.api import CustomerApi, MergeApi, PersonApi
from dealership.messaging.api import NoticeApi, SmsApi
from dealership.sop.api import DeadlineApi
from dealership.staff.api import PeopleApi
from deals.api import OrderApi
from delivery.api import DeliveryApi, LateApi
from leads.api.appointments import AppointmentApi
from leads.api.base import BaseApi, OwnerContactApi, PlanApi
from leads.api.campaigns import CampaignApi, CostApi, SignUpApi
from leads.api.capture import SourceApi
from leads.api.intake import IntakeEntryApi, take_lead
from leads.api.leads import LeadApi, SeriesApi
from leads.api.levels import LevelApi
from leads.api.listings import SavedViewApi
from leads.api.lists import ImportApi, ProspectListApi
from leads.api.losses import LossApi, LossReasonApi, RecallApi
from leads.api.ownership import HandOverApi, PoolApi
from showroom.api import VisitApi

router = SimpleRouter()
router.register("people", PeopleApi, "api-person")
router.register("customers", CustomerApi, "api-customer")
router.register("merges", MergeApi, "api-merge")
router.register("contact-persons", PersonApi, "api-contact-person")
router.register("leads", LeadApi, "api-lead")
router.register("pool", PoolApi, "api-pool")
router.register("hand-overs", HandOverApi, "api-hand-over")
router.register("appointments", AppointmentApi, "api-appointment")
router.register("levels", LevelApi, "api-level")
router.register("saved-views", SavedViewApi, "api-saved-view")
router.register("prospect-lists", ProspectListApi, "api-prospect-list")
router.register("imports", ImportApi, "api-import")
router.register("sources", SourceApi, "api-source")
router.register("campaigns", CampaignApi, "api-campaign")
router.register("campaign-costs", CostApi, "api-campaign-cost")
router.register("intake-entries", IntakeEntryApi, "api-intake-entry")
router.register("sign-ups", SignUpApi, "api-sign-up")
router.register("losses", LossApi, "api-loss")
router.register("loss-reasons", LossReasonApi, "api-loss-reason")
router.register("recalls", RecallApi, "api-recall")
router.register("base-customers", BaseApi, "api-base-customer")
router.register("owner-contacts", OwnerContactApi, "api-owner-contact")
router.register("plans", PlanApi, "api-plan")
router.register("series", SeriesApi, "api-series")
router.register("visits", VisitApi, "api-visit")
router.register("orders", OrderApi, "api-order")
router.register("deliveries", DeliveryApi, "api-delivery")
router.register("late-applications", LateApi, "api-late-application")
router.register("deadlines", DeadlineApi, "api-deadline")
router.register("sms", SmsApi, "api-sms")
router.register("notices", NoticeApi, "api-notice")

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("intake/leads/", take_lead, name="api-intake-lead"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
]
