"""The list of leads, how somebody looks at it, and the sheet of one lead."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, door, page, typed
from dealership.web.once import once
from leads import actions, selectors
from leads.forms.listings import ColumnsForm, FilterForm, SavedViewForm
from leads.models import Lead, SavedView
from leads.selectors.filters import read
from leads.selectors.listings import bare, columns_of, saved_view, view_key
from leads.selectors.sheets import sheet

LAST_USED = "leads_query"


@door(GET="leads.view_lead")
def lead_list(request: Request) -> HttpResponse:
    """The list; without filters in the address it shows the ones last used."""
    if not request.GET and (kept := request.session.get(LAST_USED)):
        return redirect(f"{request.path}?{kept}")
    context = selectors.listing(request.user, request.GET)
    if request.session.get(LAST_USED, "") != context["words"]:
        request.session[LAST_USED] = context["words"]
    return page(request, "leads/lead_list.html", context, partial="rows")


@door(GET="leads.view_lead")
def lead_sheet(request: Request, pk: int) -> HttpResponse:
    lead = get_object_or_404(Lead.objects.visible_to(request.user).with_people(), pk=pk)
    return page(request, "leads/lead_sheet.html", sheet(request.user, lead), partial="sheet")


@door(GET="leads.view_lead")
def lead_filters(request: Request) -> HttpResponse:
    """Every filter at once; the form is a link to the list or the board."""
    reading = read(request.user, request.GET)
    is_board = request.GET.get("on") == "board"
    context = {
        "form": FilterForm(reading=reading),
        "reading": reading,
        "by": request.GET.get("by", ""),
        "to": reverse("leads:lead-board" if is_board else "leads:lead-list"),
        "is_board": is_board,
    }
    return page(request, "leads/lead_filters.html", context, partial="form")


@door(GET="leads.view_lead", POST="leads.view_lead")
def lead_columns(request: Request) -> HttpResponse:
    """Which columns the view shows to this person."""
    reading = read(request.user, request.GET)
    saved = list(SavedView.objects.visible_to(request.user))
    shown = saved_view(saved, request.GET)
    now = columns_of(request.user, reading, shown)
    form = ColumnsForm(typed(request), initial={"columns": now})
    if request.method == "POST" and form.is_valid():
        actions.choose_columns(
            view_key(reading, shown), columns=form.cleaned_data["columns"], by=request.user
        )
        return go(request, f"{reverse('leads:lead-list')}?{reading.words()}")
    context = {"form": form, "reading": reading, "words": reading.words()}
    return page(request, "leads/lead_columns.html", context, partial="form", form=form)


@door(GET="leads.view_lead")
def saved_view_list(request: Request) -> HttpResponse:
    context = {
        "own": SavedView.objects.owned_by(request.user).in_order(),
        "shared": SavedView.objects.visible_to(request.user)
        .exclude(owner=request.user)
        .select_related("owner")
        .in_order(),
    }
    return page(request, "leads/saved_view_list.html", context, partial="views")


@door(GET="leads.view_lead", POST="leads.view_lead")
def saved_view_new(request: Request) -> HttpResponse:
    """Keep the filters in the address under a name."""
    reading = read(request.user, request.GET)
    form = SavedViewForm(typed(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            made = form.run(
                actions.save_view,
                request.user.active_store,
                query=bare(reading.words()),
                columns=columns_of(request.user, reading, None),
                by=request.user,
                **form.given,
            )
            if made:
                url = f"{reverse('leads:lead-list')}?{made.query}&saved={made.pk}"
                return go(request, attempt.finish(url), said=_("The view is kept."))
    context = {"form": form, "reading": reading, "words": reading.words()}
    return page(request, "leads/saved_view_new.html", context, partial="form", form=form)


def _own(request: Request, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.owned_by(request.user), pk=pk)


@door(GET="leads.view_lead", POST="leads.view_lead")
def saved_view_edit(request: Request, pk: int) -> HttpResponse:
    view = _own(request, pk)
    now = {"name": view.name, "is_shared": view.is_shared}
    form = SavedViewForm(typed(request), user=request.user, initial=now)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.change_view, view, by=request.user, **form.given)
    ):
        return go(request, reverse("leads:saved-view-list"))
    context = {"form": form, "view": view}
    return page(request, "leads/saved_view_edit.html", context, partial="form", form=form)


@door(POST="leads.view_lead")
def saved_view_refit(request: Request, pk: int) -> HttpResponse:
    """Let the view mean what the list shows now."""
    view, reading = _own(request, pk), read(request.user, request.GET)
    query, columns = bare(reading.words()), columns_of(request.user, reading, view)
    actions.refit_view(view, query=query, columns=columns, by=request.user)
    url = f"{reverse('leads:lead-list')}?{query}&saved={view.pk}"
    return go(request, url, said=_("The view is kept."))


@door(POST="leads.view_lead")
def saved_view_move(request: Request, pk: int) -> HttpResponse:
    view = _own(request, pk)
    actions.move_view(view, up=request.POST.get("to") != "down", by=request.user)
    return redirect("leads:saved-view-list")


@door(POST="leads.view_lead")
def saved_view_drop(request: Request, pk: int) -> HttpResponse:
    actions.drop_view(_own(request, pk), by=request.user)
    return redirect("leads:saved-view-list")
