"""Intent levels: a store's own days, and how honest the judgement is."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership import clock
from dealership.web.answers import read_anew
from dealership.web.http import Request, door, page, typed
from leads import actions
from leads.forms.levels import LevelDaysForm, PeriodForm
from leads.models import IntentLevel
from leads.selectors import honesty

USUAL_DAYS = 90
LONGEST_DAYS = 366
EARLIEST = date(2000, 1, 1)


@door(GET="leads.set_levels")
def level_list(request: Request) -> HttpResponse:
    levels = IntentLevel.objects.filter(store=request.user.active_store)
    return page(request, "leads/level_list.html", {"levels": levels}, partial="rows")


@door(GET="leads.set_levels", POST="leads.set_levels")
def level_change(request: Request, pk: int) -> HttpResponse:
    level = get_object_or_404(IntentLevel, store=request.user.active_store, pk=pk)
    form = LevelDaysForm(typed(request), level=level)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.set_level, level, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Level %(level)s is set.") % {"level": level.code})
        return read_anew(request, "leads:level-list")
    context = {"level": level, "form": form}
    return page(request, "leads/level_change.html", context, partial="form", form=form)


@door(GET="leads.view_level_report")
def level_report(request: Request) -> HttpResponse:
    first, last = _days(request)
    context = {
        "people": honesty.level_report(request.user.active_store, first, last),
        "period": PeriodForm(initial={"start": first, "end": last}),
    }
    return page(request, "leads/level_report.html", context, partial="rows")


@door(GET="leads.view_level_report")
def level_rows(request: Request) -> HttpResponse:
    first, last = _days(request)
    figure, consultant, level = (
        request.GET.get(name, "") for name in ("figure", "consultant", "level")
    )
    leads, total = honesty.level_rows(
        request.user.active_store, first, last, figure=figure, consultant=consultant, level=level
    )
    title = honesty.TITLES.get(figure, "")
    context = {"leads": leads, "total": total, "title": title, "level": level}
    context |= {"start": first, "end": last}
    return page(request, "leads/level_rows.html", context, partial="rows")


def _days(request: Request) -> tuple[date, date]:
    """The days asked for, the last 90 by default, a year at most."""
    today = clock.day_of(clock.now(), request.user.active_store.tz)
    form = PeriodForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    last = min(max(data.get("end") or today, EARLIEST), today)
    first = data.get("start") or last - timedelta(days=USUAL_DAYS - 1)
    return min(max(first, last - timedelta(days=LONGEST_DAYS)), last), last
