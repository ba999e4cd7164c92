"""Two records of one person: side by side, merged, and apart again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealership.customers import actions, selectors
from dealership.customers.comparison import side_by_side, story_of
from dealership.customers.duplicates import candidates
from dealership.customers.forms import MergeForm
from dealership.customers.models import Customer, Merge
from dealership.customers.views.customers import mine
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.keyset import page_after
from dealership.web.once import once

PAGE = 30


def both(request: Request, pk: int, other_pk: int) -> tuple[Customer, Customer]:
    """The two records, each of which the person may merge."""
    keep, other = mine(request, pk), mine(request, other_pk)
    for customer in (keep, other):
        authorize(request.user, "customers.merge_customers", customer)
    return keep, other


@door(GET="customers.merge_customers")
def merge_choose(request: Request, pk: int) -> HttpResponse:
    """Search for the other record; the likely ones stand there at once."""
    customer = mine(request, pk)
    authorize(request.user, "customers.merge_customers", customer)
    q = request.GET.get("q", "").strip()
    found = [one for one in selectors.find(request.user, q, limit=8) if one != customer]
    context = {"customer": customer, "q": q, "found": found}
    if not q:
        context["candidates"] = selectors.visible_candidates(request.user, candidates(customer))
    return page(request, "customers/merge_choose.html", context, partial="found")


@door(GET="customers.merge_customers", POST="customers.merge_customers")
def merge(request: Request, pk: int, other_pk: int) -> HttpResponse:
    keep, other = both(request, pk, other_pk)
    form = MergeForm(typed(request), keep=keep, other=other)
    context: dict[str, Any] = {"customer": keep, "other": other, "form": form}
    if request.method == "POST" and form.is_valid():
        choices = {"by": request.user, **form.choices}
        if request.POST.get("step") == "merge":
            with once(request) as submission:
                if submission.done:
                    return go(request, submission.url)
                if done := form.run(actions.merge_customers, keep, other, **choices):
                    return go(request, submission.finish(done))
        elif tried := form.run(actions.preview_merge, keep, other, **choices):
            context["preview"] = story_of(tried, tried.preview)
    context["lines"] = side_by_side(request.user, keep, other)
    return page(request, "customers/merge.html", context, partial="form", form=form)


@door(GET="customers.merge_customers")
def merge_detail(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Merge.objects.visible_to(request.user).with_people(), pk=pk)
    context = {"merge": found, **story_of(found, list(found.rows.all()))}
    return page(request, "customers/merge_detail.html", context)


@door(POST="customers.merge_customers")
def merge_undo(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Merge.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "customers.merge_customers", found.keep)
    undone = actions.undo_merge(found, by=request.user)
    text = _("The two records are apart again.")
    if undone.kept_since:
        changed = ngettext(
            "%(count)s row had changed since and stays as it is.",
            "%(count)s rows had changed since and stay as they are.",
            undone.kept_since,
        )
        text = f"{text} {changed % {'count': undone.kept_since}}"
    messages.success(request, text)
    return redirect(undone)


@door(GET="customers.view_merges")
def merge_list(request: Request) -> HttpResponse:
    rows = Merge.objects.visible_to(request.user).with_people()
    found, more = page_after(rows, "pk", request.GET.get("after", ""), size=PAGE)
    context = {"rows": found, "more": more, "after": request.GET.get("after", "")}
    return page(request, "customers/merge_list.html", context, partial="rows")
