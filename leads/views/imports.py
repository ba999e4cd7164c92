"""A file on its way into a list: columns, preview, progress, result, way back."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from leads import tasks
from leads.actions import imports as actions
from leads.actions.exports import failed_rows
from leads.forms.lists import ColumnsForm, HeadForm, StartForm
from leads.imports.kinds import kind_of
from leads.models import ImportRow, ImportRun
from leads.selectors import imports as selectors
from leads.selectors.filters import first, is_id


@door(GET="leads.view_list")
def import_detail(request: Request, pk: int) -> HttpResponse:
    run = _find(request, pk)
    kept = run.rows.exclude(kept_reason="").with_people().order_by("number")
    context = {"run": run, "progress": selectors.progress_of(run), "kept": kept[:20]}
    context["failed"] = run.rows.of(ImportRow.Outcome.FAILED).order_by("number")[:20]
    return page(request, "leads/import_detail.html", context, partial="progress")


@door(GET="leads.import_list", POST="leads.import_list")
def import_columns(request: Request, pk: int) -> HttpResponse:
    run = _find(request, pk, "leads.import_list")
    form = ColumnsForm(typed(request), run=run, kind=kind_of(run.kind))
    if request.method == "POST" and form.is_valid():
        done = form.run(actions.map_columns, run, mapping=form.mapping, by=request.user)
        if done:
            return go(request, _step(run, "start"))
    head = HeadForm(run=run, initial={"sheet": run.sheet, "header_row": run.header_row})
    context = {"run": run, "form": form, "head": head, "kind": form.kind}
    context["columns"] = _columns(run, form)
    return page(request, "leads/import_columns.html", context, form=form)


@door(POST="leads.import_list")
def import_check(request: Request, pk: int) -> HttpResponse:
    """Say how the columns fit as they are chosen; nothing is kept."""
    run = _find(request, pk, "leads.import_list")
    form = ColumnsForm(request.POST, run=run, kind=kind_of(run.kind))
    form.is_valid()
    context = {"run": run, "form": form, "kind": form.kind, "columns": _columns(run, form)}
    return page(request, "leads/import_columns.html#columns", context)


@door(POST="leads.import_list")
def import_head(request: Request, pk: int) -> HttpResponse:
    run = _find(request, pk, "leads.import_list")
    now = {"sheet": run.sheet, "header_row": run.header_row}
    form = HeadForm(request.POST, run=run, initial=now)
    if form.is_valid():
        actions.choose_head(run, by=request.user, **form.chosen)
    return go(request, _step(run, "columns"))


@door(GET="leads.import_list", POST="leads.import_list")
def import_start(request: Request, pk: int) -> HttpResponse:
    run = _find(request, pk, "leads.import_list")
    form = StartForm(typed(request), run=run, kind=kind_of(run.kind))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.start_import, run, by=request.user, **form.cleaned_data)
    ):
        tasks.imports.delay_on_commit()
        return go(request, run)
    context = {"run": run, "form": form, "kind": kind_of(run.kind)}
    if run.can_be_mapped and run.mapping:
        context["preview"] = selectors.preview_of(run)
    return page(request, "leads/import_start.html", context, partial="form", form=form)


@door(POST="leads.import_list")
def import_resume(request: Request, pk: int) -> HttpResponse:
    run = actions.start_import(_find(request, pk, "leads.import_list"), by=request.user)
    tasks.imports.delay_on_commit()
    return go(request, run)


@door(POST="leads.import_list")
def import_stop(request: Request, pk: int) -> HttpResponse:
    run = actions.stop_import(_find(request, pk, "leads.import_list"), by=request.user)
    return go(request, run, said=_("It stops after the rows in hand."))


@door(POST="leads.import_list")
def import_revert(request: Request, pk: int) -> HttpResponse:
    run = actions.revert_import(_find(request, pk, "leads.import_list"), by=request.user)
    tasks.imports.delay_on_commit()
    return go(request, run)


@door(POST="leads.import_list")
def import_discard(request: Request, pk: int) -> HttpResponse:
    prospects = actions.discard_import(_find(request, pk, "leads.import_list"), by=request.user)
    return go(request, prospects, said=_("The file was thrown away."))


@door(GET="leads.view_list")
def import_rows(request: Request, pk: int) -> HttpResponse:
    run, after = _find(request, pk), first(request.GET, "after")
    outcome = first(request.GET, "outcome")
    found = selectors.rows_of_run(run, outcome=outcome, after=int(after) if is_id(after) else 0)
    rows = found[: selectors.SHOWN]
    context = {"run": run, "rows": rows, "outcome": outcome}
    context["outcomes"] = selectors.outcome_chips(run, outcome)
    if len(found) > len(rows):
        context["next_url"] = f"?outcome={outcome}&after={rows[-1].number}"
    return page(request, "leads/import_rows.html", context)


@door(GET="leads.import_list")
def import_failed(request: Request, pk: int) -> HttpResponse | FileResponse:
    """The failed rows as a file to correct and upload again."""
    run = _find(request, pk, "leads.import_list")
    made = failed_rows(run, by=request.user)
    return FileResponse(made.file, as_attachment=True, filename=made.name)


def _step(run: ImportRun, step: str) -> str:
    return selectors.step_url(run, step)


def _columns(run: ImportRun, form: ColumnsForm) -> list[tuple[selectors.Column, object]]:
    """Each column with its field of the form, judged as it is chosen now."""
    mapping = form.mapping if form.is_bound else selectors.mapping_of(run)
    columns = selectors.columns_of(run, mapping)
    return [(column, form[f"column{column.number}"]) for column in columns]


def _find(request: Request, pk: int, permission: str = "") -> ImportRun:
    run = get_object_or_404(ImportRun.objects.visible_to(request.user).with_people(), pk=pk)
    if permission:
        authorize(request.user, permission, run)
    return run
