"""The list of sources that managers keep, and the report of what each is worth (SOP-2.1)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from dealership import clock
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions, selectors
from leads.forms.sources import SourceForm
from leads.models import Source


def found(request: Request, pk: int) -> Source:
    source = get_object_or_404(Source.objects.visible_to(request.user).with_groups(), pk=pk)
    authorize(request.user, "leads.change_source", source)
    return source


@door(GET="leads.change_source")
def source_list(request: Request) -> HttpResponse:
    groups = selectors.source_groups(request.user.active_store)
    context = {
        "groups": [row for row in groups if row["source"].is_active],
        "retired": [row for row in groups if not row["source"].is_active],
    }
    return page(request, "leads/source_list.html", context)


@door(GET="leads.change_source", POST="leads.change_source")
def source_new(request: Request) -> HttpResponse:
    store = request.user.active_store
    form = SourceForm(typed(request), store=store, initial={"group": request.GET.get("group")})
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            if form.run(actions.add_source, store, **form.cleaned_data):
                return go(request, attempt.finish("leads:source-list"))
    return page(request, "leads/source_new.html", {"form": form}, partial="form", form=form)


@door(GET="leads.change_source", POST="leads.change_source")
def source_edit(request: Request, pk: int) -> HttpResponse:
    source = found(request, pk)
    now = {"name": source.name, "group": source.parent_id}
    form = SourceForm(typed(request), store=source.store, source=source, initial=now)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if form.run(actions.change_source, source, **data):
            return go(request, "leads:source-list")
    context = {"source": source, "form": form}
    return page(request, "leads/source_edit.html", context, partial="form", form=form)


@door(POST="leads.change_source")
def source_shift(request: Request, pk: int) -> HttpResponse:
    actions.shift_source(found(request, pk), is_earlier="earlier" in request.POST)
    return go(request, "leads:source-list")


@door(POST="leads.change_source")
def source_retire(request: Request, pk: int) -> HttpResponse:
    actions.retire_source(found(request, pk))
    return go(request, "leads:source-list")


@door(POST="leads.change_source")
def source_revive(request: Request, pk: int) -> HttpResponse:
    actions.revive_source(found(request, pk))
    return go(request, "leads:source-list")


@door(GET="leads.view_source_report")
def source_report(request: Request) -> HttpResponse:
    store = request.user.active_store
    today = clock.day_of(clock.now(), store.tz)
    period = selectors.period_of(request.GET, today)
    context = selectors.source_report(store, period)
    context |= {"period": period, "periods": selectors.usual_periods(today)}
    return page(request, "leads/source_report.html", context)
