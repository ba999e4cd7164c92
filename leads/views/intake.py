"""Keys for portals, and what they and the forms sent that nobody could take (SOP-2.2)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from leads import actions, selectors
from leads.forms.campaigns import KeyForm
from leads.models import IntakeEntry, IntakeKey


@door(GET="leads.change_intake")
def intake_list(request: Request) -> HttpResponse:
    shown = request.GET.get("shown", "")
    context = selectors.intake_page(request.user, shown=shown, after=request.GET.get("after", ""))
    return page(request, "leads/intake_list.html", context, partial="rows")


@door(GET="leads.change_intake", POST="leads.change_intake")
def intake_keys(request: Request) -> HttpResponse:
    """The key itself is shown on the answer to its making, and never again."""
    store = request.user.active_store
    form, secret = KeyForm(typed(request), store=store), ""
    if request.method == "POST" and form.is_valid():
        secret = form.run(actions.create_key, store, by=request.user, **form.cleaned_data) or ""
        form = KeyForm(store=store) if secret else form
    context = {"form": form, "secret": secret, "keys": selectors.intake_keys(request.user)}
    return page(request, "leads/intake_keys.html", context, form=form)


@door(POST="leads.change_intake")
def intake_revoke(request: Request, pk: int) -> HttpResponse:
    key = get_object_or_404(IntakeKey.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "leads.change_intake", key)
    actions.revoke_key(key)
    return go(request, "leads:intake-keys", said=_("The key is dead."))


def _entry(request: Request, pk: int) -> IntakeEntry:
    entry = get_object_or_404(IntakeEntry.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "leads.change_intake", entry)
    return entry


@door(POST="leads.change_intake")
def intake_retry(request: Request, pk: int) -> HttpResponse:
    entry = actions.retry_entry(_entry(request, pk), by=request.user)
    said = _("Taken.") if entry.lead else _("Still not possible: %(why)s") % {"why": entry.reason}
    return go(request, "leads:intake-list", said=said)


@door(POST="leads.change_intake")
def intake_settle(request: Request, pk: int) -> HttpResponse:
    actions.settle_entry(_entry(request, pk), by=request.user)
    return go(request, "leads:intake-list")
