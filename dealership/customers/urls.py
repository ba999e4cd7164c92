from django.urls import path

from dealership.customers.views import customers as views
from dealership.customers.views import duplicates, identity, merges, people

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
    path("<int:pk>/people/", people.people_panel, name="people-panel"),
    path("<int:pk>/people/new/", people.person_add, name="person-add"),
    path("people/<int:pk>/", people.person_edit, name="person-edit"),
    path("people/<int:pk>/remove/", people.person_remove, name="person-remove"),
    path("<int:pk>/consent/", views.consent, name="consent"),
    path("<int:pk>/refuse/", views.refuse, name="refuse"),
    path("<int:pk>/allow/", views.allow, name="allow"),
    path("<int:pk>/reveal/", views.customer_reveal, name="customer-reveal"),
    # Who may be kept twice, and merging them
    path("duplicates/", duplicates.duplicate_list, name="duplicate-list"),
    path("duplicates/<int:pk>/again/", duplicates.pair_again, name="pair-again"),
    path("<int:pk>/duplicates/", duplicates.duplicates_panel, name="duplicates-panel"),
    path("<int:pk>/told-apart/", duplicates.told_apart, name="told-apart"),
    path("<int:pk>/merge/", merges.merge_choose, name="merge-choose"),
    path("<int:pk>/merge/<int:other_pk>/", merges.merge, name="merge"),
    path("merges/", merges.merge_list, name="merge-list"),
    path("merges/<int:pk>/", merges.merge_detail, name="merge-detail"),
    path("merges/<int:pk>/undo/", merges.merge_undo, name="merge-undo"),
    path("<int:pk>/identity/", identity.identity, name="identity"),
    path("<int:pk>/identity/forget/", identity.identity_forget, name="identity-forget"),
]
