from django.urls import path

from dealership.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.today, name="today"),
    path("board/", views.board, name="board"),
    path("health/", views.health, name="health"),
]
