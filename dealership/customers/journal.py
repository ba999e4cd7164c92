"""The journal of a merge: each row that changes, as it was and as it is, and the way back."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from dealership.customers.models import Merge, MergedRow
from dealership.errors import RuleViolation

What = MergedRow.What
Values = dict[str, Any]


def frozen(row: models.Model, names: list[str] | None = None) -> Values:
    """The row's values as JSON keeps them, exact to the microsecond."""
    fields = [
        field
        for field in row._meta.concrete_fields
        if names is None or field.name in names or field.attname in names
    ]
    return {
        field.attname: None if field.value_from_object(row) is None else field.value_to_string(row)
        for field in fields
    }


def thawed(model: type[models.Model], values: Values) -> Values:
    columns: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    return {name: columns[name].to_python(value) for name, value in values.items()}


class Journal:
    """
    Changes rows and remembers how; nothing of a merge is written past it.

    It writes through the base manager: a timeline is append-only and a merge adds nothing to
    it and takes nothing away, it says whose it is.
    """

    def __init__(self) -> None:
        self.rows: list[MergedRow] = []
        self.said: list[list[Any]] = []

    def say(self, code: str, **data: Any) -> None:
        """Remember a decision as a declared sentence (`merging.declare_sentence`)."""
        if [code, data] not in self.said:
            self.said.append([code, data])

    def move(self, model: type[models.Model], field: str, old: Any, new: Any, **where: Any) -> None:
        """Point every row that names `old` in `field` to `new`; refused where two contradict."""
        found = model._base_manager.filter(**{field: old}, **where)
        pks = list(found.order_by("pk").values_list("pk", flat=True))
        if not pks:
            return
        try:
            with transaction.atomic():
                model._base_manager.filter(pk__in=pks).update(**{field: new})
        except IntegrityError:
            raise RuleViolation(
                _(
                    "Both records have “%(rows)s” that exclude each other. Settle these first, "
                    "then merge."
                )
                % {"rows": model._meta.verbose_name_plural},
                code="conflict",
            ) from None
        for pk in pks:
            self._write(What.MOVED, model, pk, {field: old}, {field: new})

    def move_what_fits(
        self, model: type[models.Model], field: str, old: Any, new: Any, **where: Any
    ) -> None:
        """The same for rows that may as well stay: what contradicts is left where it is."""
        found = model._base_manager.filter(**{field: old}, **where)
        for pk in found.order_by("pk").values_list("pk", flat=True):
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=pk).update(**{field: new})
            except IntegrityError:
                continue
            self._write(What.MOVED, model, pk, {field: old}, {field: new})

    def change(self, row: models.Model, **values: Any) -> None:
        """Give fields of a row other values, all at once."""
        with self.watching(row):
            for name, value in values.items():
                setattr(row, name, value)
            row.save_base(update_fields=list(values), raw=True)

    @contextmanager
    def watching(self, *rows: models.Model) -> Iterator[None]:
        """Remember what becomes of rows that an action of theirs changes inside the block."""
        with self.following(lambda: rows):
            yield

    @contextmanager
    def following(self, rows: Callable[[], Iterable[models.Model]]) -> Iterator[None]:
        """The same for whatever rows there are, also those that the block makes."""
        before = {(type(row), row.pk): _fresh(row) for row in rows()}
        yield
        now = {(type(row), row.pk) for row in rows()}
        for model, pk in [*before, *sorted(now - before.keys(), key=str)]:
            row = model._base_manager.get(pk=pk)
            new, old = frozen(row), before.get((model, pk))
            if old is None:
                self.add(row)
            elif changed := [name for name in old if old[name] != new[name]]:
                was, became = ({name: side[name] for name in changed} for side in (old, new))
                self._write(What.CHANGED, model, pk, was, became)

    def add(self, row: models.Model) -> None:
        """Remember a row that the merge has made."""
        self._write(What.ADDED, type(row), row.pk, {}, _fresh(row))

    def remove(self, row: models.Model) -> None:
        """Take away a row of which the other record has the same."""
        self._write(What.REMOVED, type(row), row.pk, frozen(row), {})
        type(row)._base_manager.filter(pk=row.pk).delete()

    def store(self, merge: Merge) -> None:
        for row in self.rows:
            row.merge = merge
        MergedRow.objects.bulk_create(self.rows, batch_size=500)
        merge.said = self.said
        merge.save(update_fields=["said"])

    def _write(
        self, what: What, model: type[models.Model], pk: int, old: Values, new: Values
    ) -> None:
        label = model._meta.label_lower
        self.rows.append(MergedRow(what=what, model=label, row=pk, old=old, new=new))


def _fresh(row: models.Model) -> Values:
    return frozen(type(row)._base_manager.get(pk=row.pk))


def summary(rows: list[MergedRow]) -> list[tuple[str, int]]:
    """What moved, in the words of the models: [("visits", 3), …], most first."""
    moved = {(row.model, row.row) for row in rows if row.what == What.MOVED}
    counted = Counter(model for model, _row in moved)
    return [
        (str(apps.get_model(label)._meta.verbose_name_plural), count)
        for label, count in counted.most_common()
    ]


def take_back(merge: Merge) -> int:
    """
    Undo the steps of a merge, last one first; return how many rows had changed since.

    Those stay as they are: what somebody did after the merge counts.
    """
    kept = 0
    steps = merge.rows.order_by("-pk")
    for (what, label, old, new), group in groupby(steps, key=_alike):
        model, pks = apps.get_model(label), [step.row for step in group]
        before, after = json.loads(old), json.loads(new)
        try:
            with transaction.atomic():
                kept += len(pks) - _restore(what, model, pks, before, after)
        except IntegrityError:
            raise RuleViolation(
                _("“%(rows)s” have been entered since that forbid taking the merge back.")
                % {"rows": model._meta.verbose_name_plural},
                code="conflict",
            ) from None
    return kept


def _alike(step: MergedRow) -> tuple[str, str, str, str]:
    """Steps with the same values are undone in one go."""
    return step.what, step.model, json.dumps(step.old), json.dumps(step.new)


def _restore(what: str, model: type[models.Model], pks: list[int], old: Values, new: Values) -> int:
    rows = model._base_manager.filter(pk__in=pks)
    if what == What.REMOVED:
        model._base_manager.bulk_create([model(**thawed(model, old))])
        return 1
    rows = rows.filter(**thawed(model, new))
    if what != What.ADDED:
        return rows.update(**thawed(model, old))
    try:
        with transaction.atomic():
            return min(1, rows.delete()[0])
    except ProtectedError:
        return 0
