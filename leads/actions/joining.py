"""Two leads of one person become one: the older wish goes on (SOP-2.2)."""

from typing import Any

from django.utils.translation import gettext as _

from dealership.customers.merging import STAYING, Joining, pointing_to
from dealership.sop.actions.joining import call_off, join_promises, swap
from dealership.sop.models import Deadline
from leads import sop
from leads.actions.agreements import drop_visit
from leads.actions.leads import change_level
from leads.models import Lead, LevelChange
from leads.selectors import follow_up_of, visit_of

# Where it came from: the first source wins (SOP-2.1).
FIRST = ("way", "source", "campaign", "referrer", "prospect_list")
# What the older lead takes over where it has nothing.
MISSING = ("series", "remark", "base_kind")
# The number of these is a counter of the lead itself.
COUNTED = (sop.FOLLOW_UP, sop.RECYCLE, sop.ASSIGN)


def join_leads(joining: Joining, stays: Lead, goes: Lead) -> Lead:
    """
    Let `goes` live on in `stays`, with all that belongs to it.

    The first source, the earlier promise, the fresher judgement and the farther stage count.
    """
    journal = joining.journal
    _join_follow_ups(joining, stays, goes)
    _join_visits(joining, stays, goes)
    for promise in Deadline.objects.open().about(goes).of_step(sop.RECYCLE).with_people():
        call_off(journal, promise, by=joining.by, at=joining.at)
    for promise in Deadline.objects.open().about(goes).of_step(sop.ASSIGN).with_people():
        call_off(journal, promise, by=joining.by, at=joining.at)
    journal.change(stays, **_united(stays, goes))
    _take_judgement(joining, stays, goes)
    journal.change(
        goes, status=Lead.Status.JOINED, joined_into=stays, next_contact_on=None, pooled_at=None,
    )  # fmt: skip
    for model, column in pointing_to(Lead):
        if model._meta.label not in STAYING:
            journal.move(model, column, goes.pk, stays.pk)
    join_promises(journal, goes, stays, but=COUNTED, by=joining.by, at=joining.at)
    if stays.first_contacted_at is not None:
        owed = Deadline.objects.open().about(stays).of_step(sop.FIRST_CONTACT)
        for promise in owed.with_people():
            call_off(journal, promise, by=joining.by, at=joining.at)
    journal.say("leads.joined", opened=f"{stays.opened_at.astimezone(stays.store.tz):%Y-%m-%d}")
    return stays


def _united(stays: Lead, goes: Lead) -> dict[str, Any]:
    first, later = sorted((stays, goes), key=lambda lead: (lead.opened_at, lead.pk))
    values: dict[str, Any] = {"opened_at": first.opened_at}
    values |= {name: getattr(first, name) for name in FIRST}
    if first.source_id is None:
        values |= {name: getattr(later, name) for name in FIRST}
    values |= {name: getattr(stays, name) or getattr(goes, name) for name in MISSING}
    if stays.base_kind != goes.base_kind:
        values["base_kind"] = first.base_kind
    stages = list(Lead.Stage)
    values["stage"] = max(stays.stage, goes.stage, key=lambda one: stages.index(Lead.Stage(one)))
    spoken = [at for lead in (stays, goes) for at in (lead.first_contacted_at,) if at is not None]
    latest = [at for lead in (stays, goes) for at in (lead.last_contacted_at,) if at is not None]
    if spoken:
        values["first_contacted_at"] = min(spoken)
        values["last_contacted_at"] = max([*spoken, *latest])
    return values


def _join_follow_ups(joining: Joining, stays: Lead, goes: Lead) -> None:
    """The day that was agreed first is kept; the other one is owed no more."""
    journal = joining.journal
    mine, theirs = follow_up_of(stays), follow_up_of(goes)
    if theirs is None:
        return
    if mine is not None and mine.due_at <= theirs.due_at:
        call_off(journal, theirs, by=joining.by, at=joining.at)
        return
    day = goes.next_contact_on
    if mine is not None:
        call_off(journal, mine, by=joining.by, at=joining.at)
        swap(journal, theirs, mine)
        journal.change(stays, next_contact_on=day)
        return
    number = stays.follow_ups + 1
    journal.change(theirs, subject_id=stays.pk, period=str(number))
    journal.change(stays, next_contact_on=day, follow_ups=number)


def _join_visits(joining: Joining, stays: Lead, goes: Lead) -> None:
    """Of two visits agreed on the earlier one is expected."""
    visits = [visit for visit in (visit_of(stays), visit_of(goes)) if visit is not None]
    if len(visits) < 2:
        return
    later = max(visits, key=lambda visit: visit.starts_at)
    with joining.journal.following(lambda: [later, *Deadline.objects.about(later)]):
        drop_visit(later.lead, reason=_("Records merged."), by=joining.by, at=joining.at)


def _take_judgement(joining: Joining, stays: Lead, goes: Lead) -> None:
    """Whoever spoke with the customer last knows best how soon they will buy."""
    if stays.status != Lead.Status.OPEN or goes.level_id == stays.level_id:
        return
    judged = LevelChange.objects.exclude(new__code="N").order_by("-at", "-pk")
    mine, theirs = judged.filter(lead=stays).first(), judged.filter(lead=goes).first()
    if theirs is None or (mine is not None and mine.at >= theirs.at):
        return
    with joining.journal.following(
        lambda: [stays, *LevelChange.objects.filter(lead=stays).order_by("pk"), *_watch(stays)]
    ):
        changed = change_level(
            stays, level=goes.level, reason=_("Records merged."), by=joining.by, at=joining.at
        )
    stays.level = changed.level


def _watch(lead: Lead) -> list[Deadline]:
    return list(Deadline.objects.about(lead).of_step(sop.RECYCLE))
