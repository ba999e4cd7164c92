"""The product's URLs and, beside them, the trivial view."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from dealership.staff.models import Store
from dealership.urls import handler400, handler403, handler404, handler500
from dealership.urls import urlpatterns as product
from dealership.web.http import Request

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def trivial(request: Request) -> HttpResponse:
    """A session, a user, one SELECT, a template: what no page can do without."""
    store = Store.objects.first()
    return render(request, "trivial.html", {"user": request.user, "store": store})


urlpatterns = [path("bench/trivial/", trivial), *product]
