from django.urls import path

from delivery import views

app_name = "delivery"
urlpatterns = [
    path("", views.delivery_list, name="delivery-list"),
    path("new/<int:pk>/", views.delivery_new, name="delivery-new"),
    path("<int:pk>/", views.delivery_detail, name="delivery-detail"),
    path("<int:pk>/thank/", views.delivery_thank, name="delivery-thank"),
    path("<int:pk>/thank/call/", views.delivery_thank_call, name="delivery-thank-call"),
    path("<int:pk>/file/", views.delivery_file, name="delivery-file"),
    path("calls/<int:pk>/", views.callback, name="callback"),
    path("dms/", views.dms_list, name="dms-list"),
    path("<int:pk>/dms/", views.dms_enter, name="dms-enter"),
    path("<int:pk>/late/", views.late_apply, name="late-apply"),
    path("late/<int:pk>/", views.late_decide, name="late-decide"),
    path("panels/<int:pk>/", views.delivery_panel, name="delivery-panel"),
]
