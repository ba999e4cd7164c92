"""SOP-2.9: campaigns, what they cost, and who answers them."""

import secrets
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import give_consent, note
from dealership.customers.models import Consent
from dealership.errors import RuleViolation
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series
from leads.actions.capture import capture_lead, taker_of
from leads.models import Campaign, CampaignCost, IntakeEntry, Lead, SignUp, Source
from leads.selectors.campaigns import places_left
from leads.wordings import CURRENT

FIELDS = (
    "name", "channel", "source", "starts_on", "ends_on", "place", "description", "budget_amount",
    "capacity", "is_form_open",
)  # fmt: skip


@transaction.atomic
def add_campaign(
    store: Store,
    *,
    name: str,
    channel: str,
    source: Source,
    starts_on: date,
    ends_on: date,
    place: str = "",
    description: str = "",
    budget_amount: Decimal | int = 0,
    capacity: int | None = None,
    is_form_open: bool = True,
    by: User | None,
    at: datetime | None = None,
) -> Campaign:
    """Plan a campaign; its public form gets an address that nobody can guess."""
    campaign = Campaign(
        store=store,
        form_key=secrets.token_urlsafe(9),
        created_at=at or clock.now(),
        created_by=by,
    )
    return _write(
        campaign, name=name, channel=channel, source=source, starts_on=starts_on, ends_on=ends_on,
        place=place, description=description, budget_amount=budget_amount, capacity=capacity,
        is_form_open=is_form_open,
    )  # fmt: skip


@transaction.atomic
def change_campaign(campaign: Campaign, **values: Any) -> Campaign:
    """Change what is planned; leads and sign-ups stay. One that was called off stays so."""
    campaign = locked_campaign(campaign)
    if campaign.cancelled_at is not None:
        raise RuleViolation(_("This campaign was called off."), code="cancelled")
    return _write(campaign, **({field: getattr(campaign, field) for field in FIELDS} | values))


def _write(campaign: Campaign, **values: Any) -> Campaign:
    if values["ends_on"] < values["starts_on"]:
        raise RuleViolation(_("The end lies before the beginning."), field="ends_on")
    if values["source"].store_id != campaign.store_id:
        raise RuleViolation(_("This source belongs to another store."), field="source")
    values["name"] = " ".join(values["name"].split())
    if not values["name"]:
        raise RuleViolation(_("Enter a name."), field="name")
    for field in FIELDS:
        setattr(campaign, field, values[field])
    campaign.save()
    return campaign


@transaction.atomic
def call_off_campaign(
    campaign: Campaign, *, by: User | None, at: datetime | None = None
) -> Campaign:
    """Call a campaign off: its form closes, what it has brought stays."""
    campaign = locked_campaign(campaign)
    if campaign.cancelled_at is None:
        campaign.cancelled_at = at or clock.now()
        campaign.save(update_fields=["cancelled_at"])
    return campaign


@transaction.atomic
def add_cost(
    campaign: Campaign,
    *,
    what: str,
    amount: Decimal,
    on: date,
    by: User | None,
    at: datetime | None = None,
) -> CampaignCost:
    """Note what was paid for a campaign."""
    if amount <= 0:
        raise RuleViolation(_("Enter an amount above 0."), field="amount")
    return CampaignCost.objects.create(
        campaign=campaign,
        what=what.strip()[:60],
        amount=amount,
        on=on,
        entered_at=at or clock.now(),
        entered_by=by,
    )


@transaction.atomic
def drop_cost(cost: CampaignCost) -> None:
    """Take a cost back that was entered in error."""
    cost.delete()


@transaction.atomic
def sign_up(
    campaign: Campaign,
    *,
    phone: str,
    name: str = "",
    salutation: str = "",
    series: Series | None = None,
    party_size: int = 1,
    remark: str = "",
    by: User | None,
    at: datetime | None = None,
) -> SignUp:
    """
    Note that somebody answers the campaign: once each, their lead once (SOP-2.9).

    Who signs up again may come with more or fewer; the places hold for all who come.
    """
    at = at or clock.now()
    campaign = locked_campaign(campaign)
    if campaign.cancelled_at is not None:
        raise RuleViolation(_("This campaign was called off."), code="cancelled")
    lead = capture_lead(
        store=campaign.store,
        name=name,
        phone=phone,
        salutation=salutation,
        way=campaign.way,
        campaign=campaign,
        series=series,
        remark=remark,
        consultant=taker_of(campaign.store, phone=phone, by=by) if by else None,
        by=by,
        at=at,
    )
    known = SignUp.objects.filter(campaign=campaign, customer=lead.customer).first()
    _refuse_full(campaign, party_size, known)
    if known is not None:
        known.party_size, known.lead = party_size, lead
        known.save(update_fields=["party_size", "lead"])
        return known
    made = SignUp.objects.create(
        campaign=campaign, customer=lead.customer, lead=lead, party_size=party_size, at=at, by=by
    )
    _note("campaign.answered", made, by=by, at=at)
    return made


def _refuse_full(campaign: Campaign, party_size: int, known: SignUp | None) -> None:
    if campaign.capacity is None:
        return
    left = places_left(campaign, besides=known)
    if left is not None and party_size > left:
        raise RuleViolation(
            _("All places are taken.")
            if left <= 0
            else _("%(count)s places are left.") % {"count": left},
            code="full",
            field="party_size",
        )


@transaction.atomic
def answer_form(
    campaign: Campaign,
    *,
    name: str,
    phone: str,
    series: Series | None = None,
    party_size: int = 1,
    agrees_marketing: bool = False,
    at: datetime | None = None,
) -> SignUp | None:
    """
    Take what a stranger has typed into the campaign's form (SOP-2.9).

    They agree to be called, in the wording of today; to advertising only by a box of its own.
    Whoever asked before not to be contacted is shown to the managers and gets no call: anybody
    could have typed their number. The form's answer tells nothing of it.
    """
    at = at or clock.now()
    try:
        with transaction.atomic():
            made = sign_up(
                campaign, phone=phone, name=name, series=series, party_size=party_size,
                by=None, at=at,
            )  # fmt: skip
    except RuleViolation as refusal:
        if refusal.code != "refused":
            raise
        _keep(campaign, refusal, name=name, phone=phone, series=series, size=party_size, at=at)
        return None
    purposes = [Consent.Purpose.SERVICE]
    if agrees_marketing:
        purposes.append(Consent.Purpose.MARKETING)
    for purpose in purposes:
        give_consent(
            made.customer, purpose, method=Consent.Method.ONLINE, wording=CURRENT, by=None, at=at
        )
    return made


def _keep(
    campaign: Campaign,
    refusal: RuleViolation,
    *,
    name: str,
    phone: str,
    series: Series | None,
    size: int,
    at: datetime,
) -> None:
    IntakeEntry.objects.create(
        store=campaign.store,
        campaign=campaign,
        received_at=at,
        payload={
            "name": name, "phone": phone, "series": series.code if series else "",
            "party_size": size, "consent_text": CURRENT,
        },
        state=IntakeEntry.State.REFUSED,
        reason=str(refusal)[:300],
    )  # fmt: skip


@transaction.atomic
def settle_sign_up(
    sign_up: SignUp, *, state: str, by: User | None, at: datetime | None = None
) -> SignUp:
    """Note whether somebody came to the event; a wrong tap is put right by another."""
    at = at or clock.now()
    sign_up = SignUp.objects.select_for_update(of=("self",)).with_people().get(pk=sign_up.pk)
    if sign_up.state == state:
        return sign_up
    sign_up.state = SignUp.State(state)
    sign_up.settled_at = None if state == SignUp.State.REGISTERED else at
    sign_up.save(update_fields=["state", "settled_at"])
    if sign_up.settled_at is not None:
        _note(f"campaign.{sign_up.state}", sign_up, by=by, at=at)
    return sign_up


def _note(kind: str, sign_up: SignUp, *, by: User | None, at: datetime) -> None:
    lead: Lead | None = sign_up.lead
    note(
        kind, store=sign_up.campaign.store, customer=sign_up.customer, lead=lead, by=by, at=at,
        subject=sign_up.campaign, campaign=sign_up.campaign.name, party=sign_up.party_size,
    )  # fmt: skip


def locked_campaign(campaign: Campaign) -> Campaign:
    """Lock the campaign and read it anew: places are given one after the other."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    return Campaign.objects.select_related("store", "source").get(pk=campaign.pk)
