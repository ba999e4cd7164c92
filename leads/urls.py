from django.urls import path

from leads import views

app_name = "leads"
urlpatterns = [
    path("", views.lead_list, name="lead-list"),
    path("<int:pk>/level/", views.lead_level, name="lead-level"),
    path("panels/<int:pk>/", views.lead_panel, name="lead-panel"),
]
