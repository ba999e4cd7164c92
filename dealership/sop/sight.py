"""What the software itself sees of a checklist, laid over the lines that people fill in."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import override

from dealership import clock
from dealership.sop.checklists import Seen
from dealership.sop.models import ChecklistRun, Tick
from dealership.sop.models.checklists import Group, Line, grouped


def seen_of(run: ChecklistRun) -> dict[str, Seen]:
    """Item → what is seen of it now; nothing of a closed checklist, which is frozen."""
    if not run.is_open:
        return {}
    found = {item.code: import_string(item.sees)(run) for item in run.declared.items if item.sees}
    return {code: seen for code, seen in found.items() if seen is not None}


def said(seen: Seen) -> dict[str, str]:
    """The words of a tick, in the language of the house: they are kept."""
    with override(settings.LANGUAGE_CODE):
        text = str(seen.text)
    return {"fault": "" if seen.is_fine else text[:200], "remark": text if seen.is_fine else ""}


def lines_of(run: ChecklistRun, at: datetime | None = None) -> list[Line]:
    """Every item with its tick; what the software sees as if it had been ticked just now."""
    at = at or clock.now()
    seen = seen_of(run)
    return [
        replace(line, tick=Tick(run=run, item=line.item.code, at=at, is_automatic=True,
                                fault="" if sight.is_fine else str(sight.text),
                                remark=str(sight.text) if sight.is_fine else ""))
        if (sight := seen.get(line.item.code))
        else line
        for line in run.lines()
    ]  # fmt: skip


def groups_of(run: ChecklistRun, at: datetime | None = None) -> list[Group]:
    """`lines_of` under the heads of their groups."""
    return grouped(lines_of(run, at))
