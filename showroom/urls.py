from django.urls import path

from showroom import views

app_name = "showroom"
urlpatterns = [
    path("floor/", views.floor, name="floor"),
    path("register/", views.register, name="register"),
    path("visits/new/", views.visit_new, name="visit-new"),
    path("visits/call/", views.call_new, name="call-new"),
    path("visits/message/", views.message_new, name="message-new"),
    path("visits/greet/", views.visit_greet, name="visit-greet"),
    path("visits/customers/<int:pk>/", views.visit_panel, name="visit-panel"),
    path("visits/<int:pk>/", views.visit_detail, name="visit-detail"),
    path("visits/<int:pk>/take/", views.visit_take, name="visit-take"),
    path("visits/<int:pk>/hand-over/", views.visit_hand_over, name="visit-hand-over"),
    path("visits/<int:pk>/complete/", views.visit_complete, name="visit-complete"),
    path("visits/<int:pk>/identify/", views.visit_identify, name="visit-identify"),
    path("visits/<int:pk>/depart/", views.visit_depart, name="visit-depart"),
    path("visits/<int:pk>/undo/", views.visit_undo, name="visit-undo"),
    path("visits/<int:pk>/tidy/", views.visit_tidy, name="visit-tidy"),
    path("visits/<int:pk>/reset/", views.visit_reset, name="visit-reset"),
    path("visits/<int:pk>/thank/", views.visit_thank, name="visit-thank"),
    path("visits/<int:pk>/thank/settle/", views.visit_settle, name="visit-settle"),
    path("visits/<int:pk>/void/", views.visit_void, name="visit-void"),
]
