from django.urls import path

from dealership.customers import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="customer-list"),
    path("search/", views.search, name="search"),
    path("lookup/", views.lookup, name="lookup"),
    path("<int:pk>/", views.customer_detail, name="customer-detail"),
    path("<int:pk>/timeline/", views.customer_timeline, name="customer-timeline"),
    path("<int:pk>/record/", views.record_panel, name="record-panel"),
    path("<int:pk>/edit/", views.customer_edit, name="customer-edit"),
    path("<int:pk>/phones/", views.phone_add, name="phone-add"),
    path("<int:pk>/consent/", views.consent, name="consent"),
    path("<int:pk>/refuse/", views.refuse, name="refuse"),
    path("<int:pk>/allow/", views.allow, name="allow"),
    path("<int:pk>/reveal/", views.customer_reveal, name="customer-reveal"),
]
