"""Error pages: a calm sentence that says what to do."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not isinstance(exception, (RequestDataTooBig, TooManyFieldsSent)):
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": _("This request makes no sense.")}, status=400)
        return render(request, "400.html", status=400)
    message = _("That is too much text for one form. Shorten it and save again.")
    if getattr(request, "htmx", False):
        response = render(request, "_refused.html", {"message": message}, status=422)
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
        return response
    return render(request, "413.html", {"message": message}, status=413)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("Not found.")}, status=404)
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return defaults.server_error(request)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
