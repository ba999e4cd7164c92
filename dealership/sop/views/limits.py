"""Settings: what each step's limit is, and from when it changes."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from dealership import clock
from dealership.sop.actions import set_limit, withdraw_limit
from dealership.sop.forms import LimitForm
from dealership.sop.models import StepLimit
from dealership.sop.models.limits import amount_of
from dealership.sop.selectors import StepSetting, limit_settings
from dealership.staff.models import Store
from dealership.web.http import Request, authorize, door, page, typed


@door(GET="sop.view_limits")
def limit_list(request: Request) -> HttpResponse:
    store, today = _here_and_now(request)
    context = {"settings": limit_settings(store, today), "today": today}
    return page(request, "sop/limit_list.html", context, partial="limits")


@door(GET="sop.change_limits", POST="sop.change_limits")
def limit_change(request: Request, code: str) -> HttpResponse:
    store, today = _here_and_now(request)
    setting = _setting(request, code)
    begin = {"amount": amount_of(setting.today.limit), "valid_from": today}
    form = LimitForm(typed(request), setting=setting, initial=begin)
    if request.method == "POST" and form.is_valid():
        values = {"store": store, "by": request.user, **form.cleaned_data}
        if form.run(set_limit, setting.step, **values):
            messages.success(request, _("The limit is set. What is open keeps its time."))
            return redirect("sop:limit-list")
    context = {"form": form, "setting": setting, "today": today}
    return page(request, "sop/limit_change.html", context, partial="form", form=form)


@door(POST="sop.change_limits")
def limit_withdraw(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(StepLimit, pk=pk, store=request.user.active_store)
    authorize(request.user, "sop.change_limits", row)
    withdraw_limit(row, by=request.user)
    return redirect("sop:limit-list")


def _here_and_now(request: Request) -> tuple[Store, date]:
    """The store that the request works in (the door lets in nobody without one), and its day."""
    store = request.user.active_store
    assert store is not None
    return store, clock.day_of(clock.now(), store.tz)


def _setting(request: Request, code: str) -> StepSetting:
    for setting in limit_settings(*_here_and_now(request)):
        if setting.step.code == code:
            return setting
    raise Http404
