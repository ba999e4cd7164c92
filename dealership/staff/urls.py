from django.urls import path

from dealership.staff import views

app_name = "staff"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("language/", views.language, name="language"),
    path("store/", views.store_switch, name="store-switch"),
    path("me/", views.profile, name="profile"),
    path("me/password/", views.password_change, name="password-change"),
    path("me/tokens/<int:pk>/revoke/", views.token_revoke, name="token-revoke"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/access/", views.person_freeze, name="person-freeze"),
    path("roster/", views.roster, name="roster"),
    path("roster/check-in/", views.check_in, name="check-in"),
]
