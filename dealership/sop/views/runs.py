"""A checklist at work, on any device: the generic page of all checklists."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dealership import clock
from dealership.privacy.actions import keep_picture
from dealership.privacy.answers import show_file
from dealership.sop.actions import pass_rest, sign_run, tick_item, untick_item
from dealership.sop.errors import UnknownChecklist
from dealership.sop.forms import SignForm, TickForm
from dealership.sop.models import ChecklistRun, Tick
from dealership.sop.sight import groups_of
from dealership.staff.policy import may
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page
from dealership.web.middleware import way_back


@door(GET="sop.use_checklist")
def checklist_run(request: Request, pk: int) -> HttpResponse:
    run = _find(request, pk, to_change=False)
    return _show(request, run, SignForm())


@door(POST="sop.use_checklist")
def checklist_tick(request: Request, pk: int, item: str) -> HttpResponse:
    run = _find(request, pk)
    form = TickForm(request.POST, request.FILES)
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
        return
    if upload := values.pop("photo"):
        values["photo"] = keep_picture(upload, store=run.store, by=request.user)
    tick_item(run, item, by=request.user, **values)


@door(POST="sop.use_checklist")
def checklist_pass(request: Request, pk: int) -> HttpResponse:
    run = _find(request, pk)
    pass_rest(run, by=request.user)
    return redirect(run if request.htmx else way_back(request) or run)


@door(POST="sop.use_checklist")
def checklist_sign(request: Request, pk: int) -> HttpResponse:
    run = _find(request, pk)
    form = SignForm(request.POST)
    if form.is_valid() and form.run(sign_run, run, by=request.user, **form.cleaned_data):
        return go(request, page_of(run), said=_("Signed."))
    return _show(request, run, form)


@door(GET="sop.use_checklist")
def checklist_photo(request: Request, pk: int, item: str) -> HttpResponse:
    run = _find(request, pk, to_change=False)
    tick = get_object_or_404(Tick.objects.select_related("photo"), run=run, item=item)
    if tick.photo is None:
        raise Http404
    return show_file(tick.photo)


def page_of(run: ChecklistRun) -> str:
    """The room's own page of this checklist, or the generic one."""
    if run.declared.page:
        return reverse(run.declared.page, args=[run.subject_id])
    return run.get_absolute_url()


def _show(request: Request, run: ChecklistRun, form: SignForm) -> HttpResponse:
    now, groups = clock.now(), groups_of(run)
    lines = [line for group in groups for line in group.lines]
    context = {
        "run": run,
        "checklist": run.declared,
        "groups": groups,
        "own_ticks": [line for line in lines if run.is_open and line.can_undo(request.user, now)],
        "open_lines": sum(not line.is_done for line in lines),
        "faults": sum(line.state == "fault" for line in lines),
        "form": form,
    }
    return page(request, "sop/checklist_run.html", context, partial="lines", form=form)


def _find(request: Request, pk: int, *, to_change: bool = True) -> ChecklistRun:
    """The run, if the person may see it (else 404) and, to change it, fill it in (else 403)."""
    runs = ChecklistRun.objects.visible_to(request.user).select_related("store", "closed_by")
    run = get_object_or_404(runs, pk=pk)
    declared, subject = run.declared, run.subject
    if not may(request.user, declared.view_permission, subject):
        raise Http404
    if to_change:
        authorize(request.user, declared.permission, subject)
    return run
