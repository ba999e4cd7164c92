"""Addresses of the clock's pages."""

from django.urls import path

from dealership.sop import views

app_name = "sop"
urlpatterns = [
    path("", views.deadline_list, name="deadline-list"),
    path("<int:pk>/", views.deadline_detail, name="deadline-detail"),
    path("<int:pk>/reply/", views.deadline_reply, name="deadline-reply"),
    path("<int:pk>/decide/", views.deadline_decide, name="deadline-decide"),
    path("<int:pk>/waive/", views.deadline_waive, name="deadline-waive"),
    path("<int:pk>/retry/", views.deadline_retry, name="deadline-retry"),
    path("customers/<int:pk>/", views.customer_panel, name="customer-panel"),
    path("retry/", views.deadline_retry_all, name="deadline-retry-all"),
    path("limits/", views.limit_list, name="limit-list"),
    path("limits/<str:code>/", views.limit_change, name="limit-change"),
    path("limits/<int:pk>/withdraw/", views.limit_withdraw, name="limit-withdraw"),
    path("checklists/<int:pk>/", views.checklist_run, name="checklist-run"),
    path("checklists/<int:pk>/tick/<str:item>/", views.checklist_tick, name="checklist-tick"),
    path("checklists/<int:pk>/pass/", views.checklist_pass, name="checklist-pass"),
    path("checklists/<int:pk>/sign/", views.checklist_sign, name="checklist-sign"),
    path("checklists/<int:pk>/photo/<str:item>/", views.checklist_photo, name="checklist-photo"),
]
