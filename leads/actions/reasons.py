"""The store's reasons of loss: it adds its own and retires what it no longer uses."""

from django.db import transaction
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.staff.models import Store, User
from leads.models import LossReason

STEP = 10


@transaction.atomic
def add_reason(
    store: Store,
    *,
    group: LossReason | None,
    name: str,
    asks_rival: bool = False,
    stops_contact: bool = False,
    by: User,
) -> LossReason:
    """Add a reason to a group, or a new group."""
    name = _clean(name)
    if group is not None and (group.store_id != store.pk or group.parent_id is not None):
        raise RuleViolation(_("Choose one of the store's groups."), field="group")
    _refuse_twin(store, group, name)
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    last = LossReason.objects.filter(store=store).order_by("-order").first()
    number = LossReason.objects.filter(store=store).count() + 1
    while LossReason.objects.filter(store=store, code=f"own-{number}").exists():
        number += 1
    return LossReason.objects.create(
        store=store,
        parent=group,
        code=f"own-{number}",
        name=name,
        order=min((last.order if last else 0) + STEP, 32000),
        asks_rival=asks_rival and group is not None,
        stops_contact=stops_contact and group is not None,
    )


@transaction.atomic
def change_reason(
    reason: LossReason,
    *,
    name: str,
    asks_rival: bool,
    stops_contact: bool,
    is_active: bool,
    by: User,
) -> LossReason:
    """Rename, retire or restore a reason; what was given up for it keeps it."""
    name = _clean(name)
    _refuse_twin(reason.store, reason.parent, name, but=reason)
    reason.name, reason.is_active = name, is_active
    reason.asks_rival, reason.stops_contact = asks_rival, stops_contact
    reason.save(update_fields=["name", "is_active", "asks_rival", "stops_contact"])
    return reason


def _clean(name: str) -> str:
    name = " ".join(name.split())[:40]
    if not name:
        raise RuleViolation(_("Enter a name."), field="name")
    return name


def _refuse_twin(
    store: Store, group: LossReason | None, name: str, *, but: LossReason | None = None
) -> None:
    twins = LossReason.objects.filter(store=store, parent=group, name=name)
    if but is not None:
        twins = twins.exclude(pk=but.pk)
    if twins.exists():
        raise RuleViolation(_("There is already a reason of this name."), field="name")
