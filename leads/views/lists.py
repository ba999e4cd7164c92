"""Lists of prospects: where they come from and what came of them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, door, page, typed
from dealership.web.once import once
from leads.actions.imports import upload
from leads.actions.lists import add_list
from leads.forms.lists import ListForm, UploadForm
from leads.models import ImportRun, ProspectList
from leads.selectors.filters import first, is_id
from leads.selectors.lists import lists_of, outcomes_of


@door(GET="leads.view_list")
def list_list(request: Request) -> HttpResponse:
    before = first(request.GET, "before")
    outcomes, more = lists_of(request.user, before=int(before) if is_id(before) else 0)
    context = {"outcomes": outcomes, "next_url": f"?before={more}" if more else ""}
    return page(request, "leads/list_list.html", context, partial="rows")


@door(GET="leads.import_list", POST="leads.import_list")
def list_new(request: Request) -> HttpResponse:
    store = request.user.active_store
    form = ListForm(typed(request), store=store)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            made = form.run(add_list, store, by=request.user, **form.cleaned_data)
            if made:
                return go(request, attempt.finish(made), said=_("Now upload the file."))
    return page(request, "leads/list_new.html", {"form": form}, partial="form", form=form)


@door(GET="leads.view_list")
def list_detail(request: Request, pk: int) -> HttpResponse:
    prospects = _find(request, pk)
    (outcome,) = outcomes_of([prospects])
    runs = ImportRun.objects.filter(prospect_list=prospects).with_people().order_by("-pk")
    context = {"list": prospects, "outcome": outcome, "runs": runs[:50], "form": UploadForm()}
    return page(request, "leads/list_detail.html", context)


@door(GET="leads.import_list", POST="leads.import_list")
def import_new(request: Request, pk: int) -> HttpResponse:
    prospects = _find(request, pk)
    form = UploadForm(typed(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            run = form.run(upload, prospects, by=request.user, **form.cleaned_data)
            if run:
                return go(request, attempt.finish(reverse("leads:import-columns", args=[run.pk])))
    context = {"list": prospects, "form": form}
    return page(request, "leads/import_new.html", context, partial="form", form=form)


def _find(request: Request, pk: int) -> ProspectList:
    lists = ProspectList.objects.visible_to(request.user)
    return get_object_or_404(lists.select_related("store", "source", "created_by"), pk=pk)
