"""The boards: one's own day, the manager's board, the health of the system."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from dealership import clock
from dealership.dashboards import selectors
from dealership.dashboards.kpis import KPIS
from dealership.staff.models import User
from dealership.staff.roles import Role
from dealership.web.http import Request, door, page


@door(GET="dashboards.view_today")
def home(request: Request) -> HttpResponse:
    """Managers begin at the board, everybody else at their own day."""
    return redirect("dashboards:board" if request.user.is_manager else "dashboards:today")


@door(GET="dashboards.view_today")
def today(request: Request) -> HttpResponse:
    context = {"today": selectors.today(request.user)}
    return page(request, "dashboards/today.html", context, partial="live")


@door(GET="dashboards.view_board")
def board(request: Request) -> HttpResponse:
    store = request.user.active_store
    period = selectors.period_of(request.GET, clock.day_of(clock.now(), store.tz))
    found = selectors.board(store, period, consultant=_consultant(request))
    context = {"board": found, "periods": selectors.choices(period, request.GET), "kpis": KPIS}
    return page(request, "dashboards/board.html", context, partial="live")


def _consultant(request: Request) -> User | None:
    """The one named in the URL: a consultant of the store that the manager works in."""
    chosen = request.GET.get("consultant", "")
    if not chosen.isdecimal():
        return None
    people = User.objects.in_store(request.user.active_store, Role.CONSULTANT)
    return get_object_or_404(people, pk=int(chosen[:18]))


@door(GET="dashboards.view_health")
def health(request: Request) -> HttpResponse:
    context = {"health": selectors.health(request.user.active_store)}
    return page(request, "dashboards/health.html", context, partial="signs")
