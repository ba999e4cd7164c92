"""One visit: its run sheet, who attends, who it was, the register, and voiding it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.customers.models import Customer
from dealership.web.http import Request, door, page, typed
from dealership.web.once import once
from showroom import actions, selectors
from showroom.forms import CompleteForm, HandOverForm, IdentifyForm, VoidForm
from showroom.views.answers import find, go, stay


@door(GET="showroom.view_visit")
def visit_detail(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk)
    context = {"visit": visit, "sheet": selectors.run_sheet(visit, request.user)}
    return page(request, "showroom/visit_detail.html", context, partial="sheet")


@door(GET="showroom.view_visit")
def visit_panel(request: Request, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    visits = selectors.history(customer)
    context = {"customer": customer, "visits": visits}
    return page(request, "showroom/visit_panel.html", context, partial="panel")


@door(POST="showroom.attend_visit")
def visit_take(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.attend_visit")
    taken = actions.take_visit(visit, consultant=request.user, by=request.user)
    return stay(request, taken, said=_("%(guest)s is yours.") % {"guest": taken.display_name})


@door(GET="showroom.attend_visit", POST="showroom.attend_visit")
def visit_hand_over(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.attend_visit")
    form = HandOverForm(typed(request), visit=visit)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.hand_over_visit, visit, by=request.user, **form.cleaned_data)
    ):
        return go(request, "showroom:floor", said=_("Handed over."))
    context = {"visit": visit, "form": form}
    return page(request, "showroom/visit_hand_over.html", context, partial="form", form=form)


@door(GET="showroom.complete_visit", POST="showroom.complete_visit")
def visit_complete(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.complete_visit")
    form = CompleteForm(typed(request), visit=visit)
    if request.method == "POST" and form.is_valid():
        with once(request) as submission:
            if submission.done:
                return go(request, submission.url)
            if form.run(actions.complete_register, visit, by=request.user, **form.cleaned_data):
                return go(request, submission.finish(visit), said=_("The register is complete."))
        visit.refresh_from_db(fields=["version"])
    context = {"visit": visit, "form": form}
    return page(request, "showroom/visit_complete.html", context, partial="form", form=form)


@door(GET="showroom.complete_visit", POST="showroom.complete_visit")
def visit_identify(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.complete_visit")
    known = {"name": visit.guest_name, "salutation": visit.salutation}
    form = IdentifyForm(typed(request), initial=known)
    if request.method == "POST" and form.is_valid():
        if form.run(actions.identify_visit, visit, by=request.user, **form.cleaned_data):
            return go(request, visit, said=_("Saved."))
        visit.refresh_from_db(fields=["version"])
    context = {"visit": visit, "form": form}
    return page(request, "showroom/visit_identify.html", context, partial="form", form=form)


@door(GET="showroom.void_visit", POST="showroom.void_visit")
def visit_void(request: Request, pk: int) -> HttpResponse:
    visit = find(request, pk, "showroom.void_visit")
    form = VoidForm(typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.void_visit, visit, by=request.user, **form.cleaned_data)
    ):
        return go(request, "showroom:register", said=_("The visit is void."))
    context = {"visit": visit, "form": form}
    return page(request, "showroom/visit_void.html", context, partial="form", form=form)
