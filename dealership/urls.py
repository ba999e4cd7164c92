"""Every page and API call of the product."""

from django.contrib import admin
from django.urls import include, path

from dealership import api
from dealership.sop.views import healthz
from leads.views.public import campaign_form, campaign_thanks

urlpatterns = [
    path("", include("dealership.dashboards.urls")),
    path("", include("dealership.staff.urls")),
    path("customers/", include("dealership.customers.urls")),
    path("leads/", include("leads.urls")),
    path("", include("showroom.urls")),
    path("orders/", include("deals.urls")),
    path("deliveries/", include("delivery.urls")),
    path("deadlines/", include("dealership.sop.urls")),
    path("messages/", include("dealership.messaging.urls")),
    path("api/", include(api.urlpatterns)),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    # What people without an account may open: the form of a campaign, by a word nobody can guess.
    path("f/<slug:form_key>/", campaign_form, name="campaign-form"),
    path("f/<slug:form_key>/thanks/", campaign_thanks, name="campaign-thanks"),
]

handler400 = "dealership.web.errors.bad_request"
handler403 = "dealership.web.errors.forbidden"
handler404 = "dealership.web.errors.not_found"
handler500 = "dealership.web.errors.broken"
