"""The API's roof: each room's views under /api/v1/, the schema and its reference page."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from dealership.customers.api import CustomerApi
from dealership.messaging.api import NoticeApi, SmsApi
from dealership.sop.api import DeadlineApi
from dealership.staff.api import PeopleApi
from deals.api import OrderApi
from delivery.api import DeliveryApi, LateApi
from leads.api.leads import LeadApi, SeriesApi, SourceApi
from showroom.api import VisitApi

router = SimpleRouter()
router.register("people", PeopleApi, "api-person")
router.register("customers", CustomerApi, "api-customer")
router.register("leads", LeadApi, "api-lead")
router.register("sources", SourceApi, "api-source")
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
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
]
