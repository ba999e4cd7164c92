from django.urls import path

from leads.views import leads

app_name = "leads"
urlpatterns = [
    path("", leads.lead_list, name="lead-list"),
    path("<int:pk>/level/", leads.lead_level, name="lead-level"),
    path("panels/<int:pk>/", leads.lead_panel, name="lead-panel"),
]
