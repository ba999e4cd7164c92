"""SOP-2.2: leads that portals send by key: each once, none lost."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.customers.actions import give_consent
from dealership.customers.models import Consent
from dealership.errors import RuleViolation
from dealership.staff.models import Store, User
from leads.actions.campaigns import sign_up
from leads.actions.capture import capture_lead
from leads.models import IntakeEntry, IntakeKey, Lead, Source, Way
from leads.selectors.campaigns import campaign_named, series_named

PREFIX = "lk_"
MOST_KEYS = 20
DONE = (IntakeEntry.State.TAKEN, IntakeEntry.State.DUPLICATE, IntakeEntry.State.SETTLED)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_key(
    store: Store, *, name: str, source: Source, by: User | None, at: datetime | None = None
) -> str:
    """Make a key for somebody who sends leads, and return it, the only time that it is shown."""
    if source.store_id != store.pk:
        raise RuleViolation(_("This source belongs to another store."), field="source")
    if IntakeKey.objects.valid().filter(store=store).count() >= MOST_KEYS:
        raise RuleViolation(_("There are twenty keys. Revoke one that is no longer used."))
    secret = PREFIX + secrets.token_urlsafe(32)
    IntakeKey.objects.create(
        store=store,
        name=" ".join(name.split())[:60],
        source=source,
        digest=digest(secret),
        created_at=at or clock.now(),
        created_by=by,
    )
    return secret


def revoke_key(key: IntakeKey, *, at: datetime | None = None) -> None:
    """End a key at once; what it has sent stays."""
    IntakeKey.objects.valid().filter(pk=key.pk).update(revoked_at=at or clock.now())


@transaction.atomic
def take_in(
    key: IntakeKey, *, external_id: str, payload: Mapping[str, Any], at: datetime | None = None
) -> tuple[IntakeEntry, bool]:
    """
    Take a lead that a portal sends; the same id again is the same lead (False: not new).

    One that the house cannot take is kept with the reason, for somebody to look at.
    """
    at = at or clock.now()
    entry, is_new = _receive(key, external_id, payload, at=at)
    if entry.state in DONE:
        return entry, False
    return _take(entry, at=at), is_new


@transaction.atomic
def refuse_in(
    key: IntakeKey,
    *,
    external_id: str,
    payload: Mapping[str, Any],
    reason: str,
    at: datetime | None = None,
) -> IntakeEntry:
    """Keep what came in a shape that cannot be read, so that somebody sees it."""
    entry, _is_new = _receive(key, external_id, payload, at=at or clock.now())
    if entry.state not in DONE:
        entry.state, entry.reason = IntakeEntry.State.REFUSED, reason[:300] or "–"
        entry.save(update_fields=["state", "reason"])
    return entry


def _receive(
    key: IntakeKey, external_id: str, payload: Mapping[str, Any], *, at: datetime
) -> tuple[IntakeEntry, bool]:
    """Write down what was sent; a second try of something refused replaces the first."""
    made = IntakeEntry(
        store_id=key.store_id,
        key=key,
        external_id=external_id,
        received_at=at,
        payload=dict(payload),
        state=IntakeEntry.State.REFUSED,
        reason="–",
    )
    try:
        with transaction.atomic():
            made.save()
        return made, True
    except IntegrityError:
        entries = IntakeEntry.objects.select_for_update(of=("self",))
        found = entries.get(key=key, external_id=external_id)
    if found.state not in DONE:
        found.payload = dict(payload)
        found.save(update_fields=["payload"])
    return found, False


def _take(entry: IntakeEntry, *, at: datetime) -> IntakeEntry:
    """Make a lead of what was sent; a rule of the house that forbids it is the reason why not."""
    try:
        with transaction.atomic():
            lead = _lead_of(entry, at=at)
    except RuleViolation as refusal:
        entry.state, entry.reason = IntakeEntry.State.REFUSED, str(refusal)[:300]
        entry.save(update_fields=["state", "reason"])
        return entry
    entry.lead, entry.reason = lead, ""
    entry.state = IntakeEntry.State.DUPLICATE if lead.was_open else IntakeEntry.State.TAKEN
    entry.save(update_fields=["lead", "reason", "state"])
    if sent := str(entry.payload.get("consent_text", "")):
        give_consent(
            lead.customer, Consent.Purpose.SERVICE, method=Consent.Method.ONLINE, wording=sent,
            by=None, at=at,
        )  # fmt: skip
    return entry


def _lead_of(entry: IntakeEntry, *, at: datetime) -> Lead:
    sent, store = entry.payload, entry.store
    wanted = str(sent.get("series", ""))
    series = series_named(wanted)
    unread = "" if series else wanted
    remark = " · ".join(filter(None, (unread, sent.get("city", ""), sent.get("message", ""))))
    who: dict[str, Any] = {"name": sent.get("name", ""), "phone": sent.get("phone", "")}
    if entry.key is None and entry.campaign is not None:
        size = sent.get("party_size", 1)
        made = sign_up(entry.campaign, **who, series=series, party_size=size, by=None, at=at)
        assert made.lead is not None
        return made.lead
    assert entry.key is not None
    return capture_lead(
        store=store,
        **who,
        way=Way.ONLINE,
        source=entry.key.source,
        campaign=campaign_named(store, str(sent.get("campaign", ""))),
        series=series,
        remark=remark,
        by=None,
        at=at,
    )


@transaction.atomic
def retry_entry(entry: IntakeEntry, *, by: User | None, at: datetime | None = None) -> IntakeEntry:
    """Try once more to take what was refused: the stop was lifted, the series is known now."""
    entry = _locked(entry)
    if entry.state != IntakeEntry.State.REFUSED:
        raise RuleViolation(_("This has been dealt with meanwhile."), code="settled")
    if not entry.payload.get("phone"):
        raise RuleViolation(_("No number was kept: there is nobody to call."), code="empty")
    return _take(entry, at=at or clock.now())


@transaction.atomic
def settle_entry(entry: IntakeEntry, *, by: User | None, at: datetime | None = None) -> IntakeEntry:
    """Note that somebody has dealt with what could not be taken."""
    entry = _locked(entry)
    if entry.state == IntakeEntry.State.REFUSED:
        entry.state = IntakeEntry.State.SETTLED
        entry.settled_at, entry.settled_by = at or clock.now(), by
        entry.save(update_fields=["state", "settled_at", "settled_by"])
    return entry


def _locked(entry: IntakeEntry) -> IntakeEntry:
    IntakeEntry.objects.select_for_update().get(pk=entry.pk)
    return IntakeEntry.objects.with_people().select_related("store", "key__source").get(pk=entry.pk)
