"""Who may be kept twice: the list of the whole store, and the quiet line on a customer's page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from dealership.customers import actions, selectors
from dealership.customers.duplicates import candidates
from dealership.customers.forms import ApartForm
from dealership.customers.models import DuplicatePair
from dealership.customers.views.customers import mine
from dealership.customers.views.merges import both
from dealership.errors import RuleViolation
from dealership.web.http import Request, door, page

PAGE = 30


@door(GET="customers.merge_customers")
def duplicate_list(request: Request) -> HttpResponse:
    context = selectors.pairs_page(request.user, request.GET, size=PAGE)
    return page(request, "customers/duplicate_list.html", context, partial="rows")


@door(GET="customers.merge_customers")
def duplicates_panel(request: Request, pk: int) -> HttpResponse:
    customer = mine(request, pk)
    found = selectors.visible_candidates(request.user, candidates(customer))
    context = {"customer": customer, "candidates": found}
    return page(request, "customers/duplicates_panel.html", context, partial="panel")


@door(POST="customers.merge_customers")
def told_apart(request: Request, pk: int) -> HttpResponse:
    """One tap says that two records are two people."""
    one, form = mine(request, pk), ApartForm(request.POST)
    if not form.is_valid():
        raise RuleViolation(_("Choose the other record."))
    one, another = both(request, one.pk, form.cleaned_data["other"])
    reason = form.cleaned_data["reason"]
    actions.tell_apart(one, another, reason=reason, by=request.user)
    if request.htmx:
        return HttpResponse("")
    messages.success(request, _("They are not offered as one person any more."))
    return redirect("customers:duplicate-list" if form.cleaned_data["listed"] else one)


@door(POST="customers.merge_customers")
def pair_again(request: Request, pk: int) -> HttpResponse:
    pair = get_object_or_404(DuplicatePair.objects.visible_to(request.user), pk=pk)
    actions.look_again(pair)
    return redirect("customers:duplicate-list")
