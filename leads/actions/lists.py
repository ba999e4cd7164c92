"""SOP-2.7: lists of prospects, each with where it comes from and why the store may keep it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dealership import clock
from dealership.errors import RuleViolation
from dealership.staff.models import Store, User
from leads.models import ProspectList, Source


@transaction.atomic
def add_list(
    store: Store,
    *,
    name: str,
    kind: str,
    source: Source,
    origin: str,
    basis: str,
    basis_note: str,
    by: User | None,
    at: datetime | None = None,
) -> ProspectList:
    """
    Open a list: who gave it, on which legal basis it is kept, and what proves that.

    Without all three it is refused (PIPL art. 13): what is bought or scraped has no basis here.
    """
    said = {"name": name, "origin": origin, "basis_note": basis_note}
    said = {field: " ".join(text.split()) for field, text in said.items()}
    for field, sentence in (
        ("name", _("Give the list a name.")),
        ("origin", _("Say who gave you the list.")),
        ("basis_note", _("Say what proves the legal basis: a contract, a form, a page.")),
    ):
        if not said[field]:
            raise RuleViolation(sentence, field=field)
    if basis not in ProspectList.Basis.values:
        raise RuleViolation(
            _("Without a legal basis a list of people must not be kept."), field="basis"
        )
    if source.store_id != store.pk:
        raise RuleViolation(_("This source belongs to another store."), field="source")
    return ProspectList.objects.create(
        store=store,
        name=said["name"][:60],
        kind=kind,
        source=source,
        origin=said["origin"][:200],
        basis=basis,
        basis_note=said["basis_note"][:300],
        created_at=at or clock.now(),
        created_by=by,
    )
