"""The thank-you SMS: ready to send, or what to do where it can't be."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from dealership.web.http import Request, door, page, typed
from dealership.web.once import once
from showroom import actions, selectors, sop
from showroom.actions.thanks import default_text, why_not
from showroom.forms import SettleForm, ThankForm
from showroom.models import Visit
from showroom.views.answers import find, go


@door(GET="showroom.attend_visit", POST="showroom.attend_visit")
def visit_thank(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.attend_visit")
    text = visit.thank_text or default_text(visit)
    form = ThankForm(typed(request), initial={"text": text})
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return go(request, submission.url)
            if form.run(actions.send_thank_you, visit, by=request.user, **form.cleaned_data):
                return go(request, submission.finish(visit), said=_("The SMS is on its way."))
    return _show(request, visit, form=form)


@door(POST="showroom.attend_visit")
def visit_settle(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.attend_visit")
    settle = SettleForm(request.POST)
    if settle.is_valid() and settle.run(
        actions.settle_thanks, visit, by=request.user, **settle.cleaned_data
    ):
        return go(request, visit, said=_("Noted."))
    return _show(request, visit, settle=settle)


def _show(request: Request, visit: Visit, **forms: Any) -> HttpResponse:
    text = {"text": visit.thank_text or default_text(visit)}
    context = {
        "visit": visit,
        "form": forms.get("form") or ThankForm(initial=text),
        "settle": forms.get("settle") or SettleForm(),
        "obstacle": why_not(visit),
        "sms": selectors.sms_of(visit),
        "under_way": selectors.text_under_way(visit),
        "deadline": selectors.deadline_of(visit, sop.THANK_YOU),
    }
    sent = (
        forms.get("form") if request.method == "POST" and "form" in forms else forms.get("settle")
    )
    return page(request, "showroom/visit_thank.html", context, partial="form", form=sent)
