"""Recording a callback."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from delivery import actions, selectors
from delivery.actions.calls import TRIES
from delivery.forms import CallForm
from delivery.models import Callback


@door(GET="delivery.record_call", POST="delivery.record_call")
def callback(request: Request, pk: int) -> HttpResponse:
    call = get_object_or_404(Callback.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "delivery.record_call", call)
    form = CallForm(typed(request), is_third_day=call.is_third_day)
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return go(request, submission.url)
            given = form.cleaned_data
            if form.run(actions.record_call, call, by=request.user, **given):
                return go(request, submission.finish(call), said=_("The call is recorded."))
    context = {"call": call, "form": form, "deadline": selectors.deadline_of(call)}
    context["tries"] = call.attempts.select_related("by")
    context["may_waive"] = selectors.tries_without_contact(call) >= TRIES
    return page(request, "delivery/callback.html", context, partial="form", form=form)
