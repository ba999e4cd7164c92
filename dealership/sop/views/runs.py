"""A checklist at work, on any device: the generic page of all checklists."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from dealership import clock
from dealership.sop.actions import tick_item, untick_item
from dealership.sop.errors import UnknownChecklist
from dealership.sop.forms import TickForm
from dealership.sop.models import ChecklistRun
from dealership.web.http import Request, authorize, door, page
from dealership.web.middleware import way_back


@door(GET="sop.use_checklist")
def checklist_run(request: Request, pk: int) -> HttpResponse:
    run, now = _find(request, pk), clock.now()
    own = [line for line in run.lines() if run.is_open and line.can_undo(request.user, now)]
    context = {"run": run, "checklist": run.declared, "own_ticks": own}
    return page(request, "sop/checklist_run.html", context, partial="lines")


@door(POST="sop.use_checklist")
def checklist_tick(request: Request, pk: int, item: str) -> HttpResponse:
    run = _find(request, pk)
    authorize(request.user, "sop.use_checklist", run)
    form = TickForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        _apply(run, item, request, form)
    except UnknownChecklist:
        raise Http404 from None
    return redirect(run if request.htmx else way_back(request) or run)


def _apply(run: ChecklistRun, item: str, request: Request, form: TickForm) -> None:
    values = dict(form.cleaned_data)
    if values.pop("undo"):
        untick_item(run, item, by=request.user)
    else:
        tick_item(run, item, by=request.user, **values)


def _find(request: Request, pk: int) -> ChecklistRun:
    runs = ChecklistRun.objects.visible_to(request.user).select_related("store")
    return get_object_or_404(runs, pk=pk)
