"""Campaigns: what runs, what it brings and costs, who comes (SOP-2.9)."""

import io

import segno
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from dealership import clock
from dealership.staff.policy import may
from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions, selectors
from leads.forms.campaigns import CampaignForm, CostForm, SettleForm, SignUpForm
from leads.models import Campaign, CampaignCost, SignUp


def found(request: Request, pk: int, permission: str) -> Campaign:
    rows = Campaign.objects.visible_to(request.user).select_related("store", "source__parent")
    campaign = get_object_or_404(rows, pk=pk)
    authorize(request.user, permission, campaign)
    return campaign


def form_url(request: Request, campaign: Campaign) -> str:
    return request.build_absolute_uri(reverse("campaign-form", args=[campaign.form_key]))


@door(GET="leads.view_campaign")
def campaign_list(request: Request) -> HttpResponse:
    context = selectors.campaigns(request.user, request.GET)
    context["shows_money"] = may(request.user, "leads.view_campaign_figures")
    return page(request, "leads/campaign_list.html", context, partial="rows")


@door(GET="leads.view_campaign")
def campaign_detail(request: Request, pk: int) -> HttpResponse:
    campaign = found(request, pk, "leads.view_campaign")
    context = {
        "campaign": campaign,
        "state": campaign.state_on(clock.day_of(clock.now(), campaign.store.tz)),
        "address": form_url(request, campaign),
        "attendance": selectors.attendance(campaign),
        "cost_form": CostForm(),
        "sign_ups": selectors.sign_ups(request.user, campaign, after=request.GET.get("after", "")),
    }
    if may(request.user, "leads.view_campaign_figures", campaign):
        context |= selectors.campaign_figures(campaign)
    return page(request, "leads/campaign_detail.html", context, partial="sign_ups")


@door(GET="leads.change_campaign", POST="leads.change_campaign")
def campaign_new(request: Request) -> HttpResponse:
    store = request.user.active_store
    form = CampaignForm(typed(request), store=store)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            made = form.run(actions.add_campaign, store, by=request.user, **form.cleaned_data)
            if made:
                return go(request, attempt.finish(made), said=_("The campaign is planned."))
    return page(request, "leads/campaign_new.html", {"form": form}, partial="form", form=form)


@door(GET="leads.change_campaign", POST="leads.change_campaign")
def campaign_edit(request: Request, pk: int) -> HttpResponse:
    campaign = found(request, pk, "leads.change_campaign")
    now = {name: getattr(campaign, name) for name in CampaignForm.base_fields}
    now["source"] = campaign.source_id
    form = CampaignForm(typed(request), store=campaign.store, campaign=campaign, initial=now)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.change_campaign, campaign, **form.cleaned_data)
    ):
        return go(request, campaign)
    context = {"campaign": campaign, "form": form}
    return page(request, "leads/campaign_edit.html", context, partial="form", form=form)


@door(POST="leads.change_campaign")
def campaign_call_off(request: Request, pk: int) -> HttpResponse:
    campaign = found(request, pk, "leads.change_campaign")
    actions.call_off_campaign(campaign, by=request.user)
    return go(request, campaign, said=_("The campaign is called off, its form is closed."))


@door(GET="leads.change_campaign", POST="leads.change_campaign")
def campaign_cost(request: Request, pk: int) -> HttpResponse:
    campaign = found(request, pk, "leads.change_campaign")
    form = CostForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            if form.run(actions.add_cost, campaign, by=request.user, **form.cleaned_data):
                return go(request, attempt.finish(campaign))
    context = {"campaign": campaign, "form": form}
    return page(request, "leads/campaign_cost.html", context, partial="form", form=form)


@door(POST="leads.change_campaign")
def cost_drop(request: Request, pk: int) -> HttpResponse:
    rows = CampaignCost.objects.visible_to(request.user).select_related("campaign")
    cost = get_object_or_404(rows, pk=pk)
    authorize(request.user, "leads.change_campaign", cost.campaign)
    actions.drop_cost(cost)
    return go(request, cost.campaign)


@door(GET="leads.sign_up", POST="leads.sign_up")
def campaign_sign_up(request: Request, pk: int) -> HttpResponse:
    campaign = found(request, pk, "leads.sign_up")
    form = SignUpForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            if form.run(actions.sign_up, campaign, by=request.user, **form.cleaned_data):
                return go(request, attempt.finish(campaign), said=_("Signed up."))
    context = {"campaign": campaign, "form": form}
    return page(request, "leads/campaign_sign_up.html", context, partial="form", form=form)


@door(POST="leads.sign_up")
def sign_up_settle(request: Request, pk: int) -> HttpResponse:
    """One tap: came, stayed away, or neither after all."""
    rows = SignUp.objects.visible_to(request.user).with_people()
    sign_up = get_object_or_404(rows, pk=pk)
    authorize(request.user, "leads.sign_up", sign_up.campaign)
    form = SettleForm(request.POST)
    if form.is_valid():
        actions.settle_sign_up(sign_up, by=request.user, **form.cleaned_data)
    return go(request, sign_up.campaign)


@door(GET="leads.view_campaign")
def campaign_qr(request: Request, pk: int) -> HttpResponse:
    """The form's address as a code to scan: SVG, or `?format=png` for printers."""
    campaign = found(request, pk, "leads.view_campaign")
    code, drawn = segno.make(form_url(request, campaign), error="m"), io.BytesIO()
    kind = "png" if request.GET.get("format") == "png" else "svg"
    code.save(drawn, kind=kind, scale=20 if kind == "png" else 8, light="white")
    mime = {"png": "image/png", "svg": "image/svg+xml"}[kind]
    answer = HttpResponse(drawn.getvalue(), content_type=mime)
    if kind == "png":
        answer.headers["Content-Disposition"] = f'attachment; filename="qr-{campaign.pk}.png"'
    return answer


@door(GET="leads.view_campaign")
def campaign_poster(request: Request, pk: int) -> HttpResponse:
    campaign = found(request, pk, "leads.view_campaign")
    if campaign.cancelled_at is not None:
        raise Http404
    context = {"campaign": campaign, "address": form_url(request, campaign)}
    return page(request, "leads/campaign_poster.html", context)
