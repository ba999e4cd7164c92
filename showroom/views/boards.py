"""The live floor and the day's register."""

from django.http import HttpResponse

from dealership.web.http import Request, door, page
from showroom import selectors


@door(GET="showroom.view_floor")
def floor(request: Request) -> HttpResponse:
    context = {"floor": selectors.floor(request.user)}
    return page(request, "showroom/floor.html", context, partial="live")


@door(GET="showroom.view_visit")
def register(request: Request) -> HttpResponse:
    context = {"register": selectors.register(request.user, request.GET)}
    return page(request, "showroom/register.html", context, partial="rows")
