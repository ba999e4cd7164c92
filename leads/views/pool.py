"""The pool: look, claim, give out (SOP-2.2)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dealership.staff.policy import may
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page
from leads import actions
from leads.forms.ownership import GiveManyForm
from leads.models import Lead
from leads.selectors import pool as pools


@door(GET="leads.view_pool")
def pool(request: Request) -> HttpResponse:
    context = pools.pool(request.user, request.GET)
    if may(request.user, "leads.assign_lead"):
        context["form"] = GiveManyForm(store=request.user.active_store)
    return page(request, "leads/pool.html", context)


@door(POST="leads.claim_lead")
def pool_claim(request: Request, pk: int) -> HttpResponse:
    lead = get_object_or_404(Lead, pk=pk, store=request.user.active_store)
    authorize(request.user, "leads.claim_lead", lead)
    lead = actions.claim(lead, by=request.user)
    said = _("%(customer)s is your customer now.") % {"customer": lead.customer}
    return go(request, "dashboards:today", said=said)


@door(POST="leads.assign_lead")
def pool_give(request: Request) -> HttpResponse:
    store = request.user.active_store
    form = GiveManyForm(request.POST, store=store)
    ids = [int(pk) for pk in request.POST.getlist("leads") if pk.isdecimal() and len(pk) < 19]
    form.offer(ids)
    if form.is_valid():
        leads = list(Lead.objects.pooled(store).filter(pk__in=ids))
        consultant = form.cleaned_data["consultant"]
        given = form.run(actions.give_from_pool, leads, consultant=consultant, by=request.user)
        if given is not None:
            said = ngettext(
                "%(count)s customer given to %(name)s.",
                "%(count)s customers given to %(name)s.",
                given,
            ) % {"count": given, "name": consultant.name}
            return go(request, "leads:pool", said=said)
    context = pools.pool(request.user, request.GET) | {"form": form, "chosen": ids}
    return page(request, "leads/pool.html", context, form=form)
