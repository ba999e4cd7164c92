"""Nothing typed is lost, and a broken rule is a sentence, not a crash."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation

KEPT = "kept_form"
KEPT_BYTES = 200_000
KEPT_SECONDS = 1800
# Never written down, not even in a session.
NEVER_KEPT = ("password", "identity_number")


class KeepTypedWork:
    """A form sent after the session expired waits in the session until its writer signs in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if (
            request.method != "POST"
            or request.user.is_authenticated
            or not getattr(view, "login_required", True)
            or request.path.startswith("/api/")
        ):
            return None
        typed = request.POST.copy()
        for name in list(typed):
            if name == "csrfmiddlewaretoken" or any(part in name for part in NEVER_KEPT):
                del typed[name]
        encoded = typed.urlencode()
        if typed and len(encoded) <= KEPT_BYTES:
            request.session[KEPT] = {
                "path": request.path,
                "data": encoded,
                "until": clock.now().timestamp() + KEPT_SECONDS,
            }
        return None


def kept_for(request: HttpRequest) -> QueryDict | None:
    """Take back what was typed on this page before the session expired."""
    kept = request.session.get(KEPT)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[KEPT]
    if kept["until"] < clock.now().timestamp():
        return None
    messages.info(request, _("Your entry was kept. Check it and save it again."))
    return QueryDict(kept["data"])


class Answers:
    """
    Turn a RuleViolation that no form took into a message; keep personal pages out of caches.

    Under htmx the answer is 422 with the message alone (retargeted to the toasts); a plain
    form goes back to the page it came from, which keeps a draft of what was typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and not getattr(response, "streaming", False):
            add_never_cache_headers(response)
        htmx = cast(Any, request).htmx
        expired = response.status_code == 302 and htmx and request.user.is_anonymous
        if expired:
            # htmx would swap the sign-in page into the part: send the whole window there, and
            # after a part was asked for back to the page round it.
            if request.method == "GET":
                response = redirect_to_login(htmx.current_url_abs_path or "/")
            response = HttpResponse(
                status=204, headers={"HX-Redirect": response.headers["Location"]}
            )
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, RuleViolation) or request.path.startswith("/api/"):
            return None
        if getattr(request, "htmx", False):
            response = render(request, "_refused.html", {"message": str(error)}, status=422)
            response.headers["HX-Retarget"] = "#toasts"
            response.headers["HX-Reswap"] = "beforeend"
            return response
        back = way_back(request)
        if back is None:
            return render(request, "409.html", {"message": str(error)}, status=409)
        messages.error(request, str(error))
        return redirect(back)


def way_back(request: HttpRequest) -> str | None:
    """Return the page of ours that the form was on, unless going there would repeat the error."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=False):
        return None
    path = "/" + came_from.split("/", 3)[-1]
    try:
        resolve(path.split("?")[0])
    except Resolver404:
        return None
    if request.method == "GET" and path.split("?")[0] == request.path:
        return None
    return path
