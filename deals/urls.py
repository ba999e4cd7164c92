from django.urls import path

from deals import views

app_name = "deals"
urlpatterns = [
    path("", views.order_list, name="order-list"),
    path("new/<int:pk>/", views.order_new, name="order-new"),
    path("<int:pk>/", views.order_detail, name="order-detail"),
    path("<int:pk>/cancel/", views.order_cancel, name="order-cancel"),
    path("panels/<int:pk>/", views.order_panel, name="order-panel"),
]
