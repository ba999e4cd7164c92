"""Visits agreed on: the day's list, and each one's way from the agreement to the visit."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from dealership.web.answers import read_anew
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions, selectors
from leads.forms.appointments import AgreeForm, CancelForm, MoveForm
from leads.models import Appointment
from leads.views.contacts import find as find_lead

FIRST_YEAR, LAST_YEAR = 2000, 2100


@door(GET="leads.view_lead")
def appointment_list(request: Request) -> HttpResponse:
    context = {"agenda": selectors.appointment_day(request.user, _day(request))}
    return page(request, "leads/appointment_list.html", context, partial="rows")


def _day(request: Request) -> date | None:
    """The day asked for, if it is one that an agenda can have."""
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if day is not None and FIRST_YEAR <= day.year < LAST_YEAR else None


@door(GET="leads.agree_visit", POST="leads.agree_visit")
def appointment_new(request: Request, pk: int) -> HttpResponse:
    lead = find_lead(request, pk, "leads.agree_visit")
    form = AgreeForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return read_anew(request, attempt.url)
            made = form.run(actions.agree_visit, lead, by=request.user, **_timed(form.cleaned_data))
            if made:
                messages.success(request, _expected(made))
                return read_anew(request, attempt.finish(lead))
    context = {"lead": lead, "form": form, "visit": selectors.visit_of(lead)}
    return page(request, "leads/appointment_new.html", context, partial="form", form=form)


@door(GET="leads.agree_visit", POST="leads.agree_visit")
def appointment_confirm(request: Request, pk: int) -> HttpResponse:
    """The appointment and what can be done with it; a bare POST confirms it."""
    appointment = _find(request, pk)
    if request.method == "POST":
        actions.confirm_appointment(appointment, by=request.user)
        messages.success(request, _("Confirmed."))
        return read_anew(request, appointment)
    return _show(request, appointment)


@door(GET="leads.agree_visit", POST="leads.agree_visit")
def appointment_move(request: Request, pk: int) -> HttpResponse:
    appointment = _find(request, pk)
    form = MoveForm(typed(request), initial={"visit_at": appointment.local})
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return read_anew(request, attempt.url)
            made = form.run(
                actions.move_appointment, appointment, by=request.user, **_timed(form.cleaned_data)
            )
            if made:
                messages.success(request, _expected(made))
                return read_anew(request, attempt.finish(made))
    return _show(request, appointment, move=form, sent=form)


@door(GET="leads.agree_visit", POST="leads.agree_visit")
def appointment_cancel(request: Request, pk: int) -> HttpResponse:
    appointment = _find(request, pk)
    form = CancelForm(typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.cancel_appointment, appointment, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Called off."))
        return read_anew(request, appointment)
    return _show(request, appointment, cancel=form, sent=form)


def _find(request: Request, pk: int) -> Appointment:
    rows = Appointment.objects.visible_to(request.user).with_people()
    appointment = get_object_or_404(rows, pk=pk)
    authorize(request.user, "leads.agree_visit", appointment)
    return appointment


def _show(
    request: Request,
    appointment: Appointment,
    *,
    move: MoveForm | None = None,
    cancel: CancelForm | None = None,
    sent: forms.Form | None = None,
) -> HttpResponse:
    context = {
        "appointment": appointment,
        "move": move or MoveForm(initial={"visit_at": appointment.local}),
        "cancel": cancel or CancelForm(),
        "open_part": "move" if move else "cancel" if cancel else "",
    }
    return page(request, "leads/appointment_confirm.html", context, partial="form", form=sent)


def _timed(data: dict[str, Any]) -> dict[str, Any]:
    return {"at_time": data.pop("visit_at"), **data}


def _expected(appointment: Appointment) -> str:
    return _("%(customer)s is expected on %(when)s.") % {
        "customer": appointment.customer.display_name,
        "when": f"{appointment.local:%m-%d %H:%M}",
    }
