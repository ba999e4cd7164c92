"""SOP-2.1: the managed list of where prospects come from, in two levels."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dealership import names
from dealership.errors import RuleViolation
from dealership.staff.models import Store
from leads.models import Source, SourceQuerySet

STEP = 10
LAST = 32_000
MAX_NAME = 40
LONGEST_CODE = 40


@transaction.atomic
def add_source(store: Store, *, name: str, group: Source | None = None) -> Source:
    """Add a source, alone or as part of a group; its code is made from the name."""
    Store.objects.select_for_update().get(pk=store.pk)
    name = _clean_name(name, _beside(store, group))
    _refuse_group(store, group)
    return Source.objects.create(
        store=store,
        parent=group,
        code=_code(store, name),
        name=name,
        order=_after_last(_beside(store, group)),
    )


@transaction.atomic
def change_source(source: Source, *, name: str, group: Source | None) -> Source:
    """
    Call a source otherwise, or put it into another group; there are two levels.

    Old leads follow: they keep the source, not its name or place.
    """
    source = _locked(source)
    beside = _beside(source.store, group).exclude(pk=source.pk)
    source.name = _clean_name(name, beside)
    if source.parent_id != (group.pk if group else None):
        _refuse_group(source.store, group)
        if group is not None and (group.pk == source.pk or source.parts.exists()):
            raise RuleViolation(
                _("“%(name)s” has parts of its own: it stays a group.") % {"name": source.name},
                field="group",
            )
        source.parent, source.order = group, _after_last(beside)
    source.save(update_fields=["name", "parent", "order"])
    return source


@transaction.atomic
def shift_source(source: Source, *, is_earlier: bool) -> Source:
    """Let a source change places with its neighbour in the list."""
    source = _locked(source)
    row = list(_siblings(source).filter(is_active=source.is_active).order_by("order", "pk"))
    place = row.index(source)
    other = place - 1 if is_earlier else place + 1
    if 0 <= other < len(row):
        row[place], row[other] = row[other], row[place]
    for number, each in enumerate(row, 1):
        if each.order != number * STEP:
            Source.objects.filter(pk=each.pk).update(order=number * STEP)
    source.refresh_from_db(fields=["order"])
    return source


@transaction.atomic
def retire_source(source: Source) -> Source:
    """Offer a source no more; old leads keep it. A group goes after its parts."""
    source = _locked(source)
    if source.parts.filter(is_active=True).exists():
        raise RuleViolation(
            _("“%(name)s” has parts in use. Retire or move them first.") % {"name": source.name},
            code="has_parts",
        )
    source.is_active = False
    source.save(update_fields=["is_active"])
    return source


@transaction.atomic
def revive_source(source: Source) -> Source:
    """Offer a retired source again."""
    source = _locked(source)
    if source.parent is not None and not source.parent.is_active:
        raise RuleViolation(
            _("Its group “%(name)s” is retired. Bring the group back first.")
            % {"name": source.parent.name},
            code="group_retired",
        )
    _clean_name(source.name, _siblings(source).exclude(pk=source.pk))
    source.is_active = True
    source.save(update_fields=["is_active"])
    return source


def _locked(source: Source) -> Source:
    Store.objects.select_for_update().get(pk=source.store_id)
    return Source.objects.with_groups().select_related("store").get(pk=source.pk)


def _beside(store: Store, group: Source | None) -> SourceQuerySet:
    """Every source of the same level and group."""
    return Source.objects.filter(store=store, parent=group)


def _after_last(beside: SourceQuerySet) -> int:
    last = beside.order_by("order").values_list("order", flat=True).last()
    return min((last or 0) + STEP, LAST)


def _siblings(source: Source) -> SourceQuerySet:
    return _beside(source.store, source.parent)


def _clean_name(name: str, beside: SourceQuerySet) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleViolation(_("Enter a name."), field="name")
    if len(name) > MAX_NAME:
        raise RuleViolation(_("A name has at most 40 characters."), field="name")
    if beside.filter(is_active=True, name__iexact=name).exists():
        raise RuleViolation(
            _("“%(name)s” is in use already.") % {"name": name}, code="known", field="name"
        )
    return name


def _refuse_group(store: Store, group: Source | None) -> None:
    if group is None:
        return
    if group.store_id != store.pk or group.parent_id is not None or not group.is_active:
        raise RuleViolation(
            _("Choose a group in use of this store; a part has no parts."), field="group"
        )


def _code(store: Store, name: str) -> str:
    """A word for the API that nobody has to think of: `dongchedi`, `dongchedi-2`."""
    stem = slugify(names.pinyin(name))[:LONGEST_CODE] or "source"
    taken = set(Source.objects.filter(store=store).values_list("code", flat=True))
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(code for code in candidates if code not in taken)
