"""The one page of the house that strangers see: a campaign's form (SOP-2.9)."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from dealership import clock
from dealership.web.http import Request, page, public
from dealership.web.rates import address_of, is_within
from leads import actions, selectors
from leads.forms.campaigns import AnswerForm
from leads.models import Campaign
from leads.wordings import CURRENT, WORDINGS

WINDOW = 600
WHY = "Customers scan the code of a campaign and have no account; it tells nothing of anybody."


def _found(form_key: str) -> Campaign:
    rows = Campaign.objects.select_related("store", "source")
    campaign = get_object_or_404(rows, form_key=form_key)
    timezone.activate(campaign.store.tz)
    return campaign


@public(WHY)
def campaign_form(request: Request, form_key: str) -> HttpResponse:
    """Show the form, or take what was typed: the same answer whoever the number belongs to."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    campaign = _found(form_key)
    if closed := selectors.closed_because(campaign):
        context = {"campaign": campaign, "closed": closed}
        return page(request, "leads/public_closed.html", context, status=410)
    form = AnswerForm(request.POST if request.method == "POST" else None, campaign=campaign)
    if request.method == "POST":
        bucket = f"form:{campaign.pk}:{address_of(request)}"
        if not is_within(bucket, limit=settings.FORM_ANSWERS_PER_ADDRESS, seconds=WINDOW):
            form.is_valid()
            form.add_error(
                None, _("Very many people are signing up here now. Send it again in some minutes.")
            )
            return _show(request, campaign, form, status=429)
        if form.is_valid():
            made = form.run(_take, campaign, **form.cleaned_data)
            if made:
                return redirect("campaign-thanks", form_key)
    return _show(request, campaign, form)


def _take(campaign: Campaign, **data: Any) -> bool:
    actions.answer_form(campaign, at=clock.now(), **data)
    return True


def _show(
    request: Request, campaign: Campaign, form: AnswerForm, status: int | None = None
) -> HttpResponse:
    said = {"store": campaign.store.name, "phone": campaign.store.phone}
    wording = WORDINGS[CURRENT]
    context = {
        "campaign": campaign,
        "form": form,
        "contact": wording.contact % said,
        "marketing": wording.marketing % said,
        "notice": wording.notice % said,
    }
    return page(request, "leads/public_form.html", context, form=form, status=status)


@public(WHY)
def campaign_thanks(request: Request, form_key: str) -> HttpResponse:
    return page(request, "leads/public_thanks.html", {"campaign": _found(form_key)})
