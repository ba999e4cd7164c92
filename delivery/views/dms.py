"""The DMS: what is still to be entered, the entry, and the application for a late one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from delivery import actions, selectors
from delivery.forms import DecisionForm, DmsForm, LateForm
from delivery.models import LateApplication
from delivery.views.deliveries import find


@door(GET="delivery.view_dms")
def dms_list(request: Request) -> HttpResponse:
    context = selectors.dms_listing(request.user, request.GET)
    return page(request, "delivery/dms_list.html", context, partial="rows")


@door(GET="delivery.enter_dms", POST="delivery.enter_dms")
def dms_enter(request: Request, pk: int) -> HttpResponse:
    delivery = find(request, pk)
    authorize(request.user, "delivery.enter_dms", delivery)
    form = DmsForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return go(request, submission.url)
            if form.run(actions.enter_dms, delivery, by=request.user, **form.cleaned_data):
                said = _("The sale stands in the DMS.")
                return go(request, submission.finish(delivery), said=said)
    context = {"form": form, **selectors.with_deadlines([delivery])[0]}
    return page(request, "delivery/dms_enter.html", context, partial="form", form=form)


@door(GET="delivery.apply_late", POST="delivery.apply_late")
def late_apply(request: Request, pk: int) -> HttpResponse:
    delivery = find(request, pk)
    authorize(request.user, "delivery.apply_late", delivery)
    form = LateForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return go(request, submission.url)
            if form.run(actions.apply_late, delivery, by=request.user, **form.cleaned_data):
                said = _("The application is recorded.")
                return go(request, submission.finish(delivery), said=said)
    context = {"delivery": delivery, "form": form}
    return page(request, "delivery/late_apply.html", context, partial="form", form=form)


@door(GET="delivery.decide_late", POST="delivery.decide_late")
def late_decide(request: Request, pk: int) -> HttpResponse:
    rows = LateApplication.objects.visible_to(request.user).with_people()
    application = get_object_or_404(rows, pk=pk)
    authorize(request.user, "delivery.decide_late", application)
    form = DecisionForm(typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.decide_late, application, by=request.user, **form.cleaned_data)
    ):
        return go(request, application.delivery)
    context = {"application": application, "delivery": application.delivery, "form": form}
    return page(request, "delivery/late_decide.html", context, partial="form", form=form)
