"""Whether the house is alive, for the machines that watch it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dealership.sop.selectors import vital_signs
from dealership.web.http import public


@public("Watched by machines that cannot sign in: it tells ages and states, nothing of people.")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    signs = vital_signs()
    return JsonResponse(signs.as_json(), status=200 if signs.is_well else 503)
