"""Questions about losses: what awaits a decision with its facts, and which ones stand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dealership import clock
from dealership.sop.models import Deadline
from dealership.staff.models import Store, User
from leads import sop
from leads.models import (
    Contact,
    Lead,
    LevelChange,
    LossApplication,
    LossReason,
    LossRecall,
)

PAGE = 20
RIVALS_OFFERED = 30
State = LossApplication.State


def standing_loss(lead: Lead) -> LossApplication | None:
    """The application by which the lead is lost or dormant now."""
    if lead.status not in (Lead.Status.LOST, Lead.Status.DORMANT):
        return None
    rows = LossApplication.objects.approved().with_people().filter(lead=lead)
    return rows.order_by("-decided_at", "-pk").first()


def pending_loss(lead: Lead) -> LossApplication | None:
    return LossApplication.objects.pending().with_people().filter(lead=lead).first()


def losses_of(lead: Lead) -> list[LossApplication]:
    """Every application about the lead, newest first."""
    return list(LossApplication.objects.with_people().filter(lead=lead).order_by("-pk"))


def rivals_of(store: Store) -> list[str]:
    """The brands that customers of the store bought most often, to choose from while typing."""
    rows = LossApplication.objects.filter(store=store).exclude(rival="").order_by()
    found = rows.values_list("rival").annotate(times=Count("pk")).order_by("-times", "rival")
    return [rival for rival, _times in found[:RIVALS_OFFERED]]


def reasons_of(store: Store) -> list[LossReason]:
    """The store's reasons as groups, each with its parts, and how often each was given."""
    parts = LossReason.objects.annotate(times=Count("applications")).order_by("order", "pk")
    groups = LossReason.objects.filter(store=store, parent=None)
    return list(groups.prefetch_related(Prefetch("parts", queryset=parts)))


def with_facts(rows: "QuerySet[LossApplication]") -> "QuerySet[LossApplication]":
    """With what a manager wants to know: how often it was tried, what was said last, the levels."""
    talks = Contact.objects.filter(lead=OuterRef("lead"))
    reached = talks.filter(outcome__in=Contact.SPOKEN)
    said = reached.exclude(feedback="").order_by("-at").values("feedback")[:1]

    def counted(found: "QuerySet[Contact]") -> Subquery:
        return Subquery(found.order_by().values("lead").annotate(times=Count("pk")).values("times"))

    history = LevelChange.objects.select_related("new").order_by("at", "pk")
    return rows.annotate(
        tries=counted(talks), talks=counted(reached), last_said=Subquery(said)
    ).prefetch_related(
        "lead__customer__phones", Prefetch("lead__level_changes", queryset=history), "recall"
    )  # fmt: skip


def loss_listing(user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of applications: what awaits a decision first, or the rows behind a figure."""
    tab = query.get("state", "")
    tab = tab if tab in TABS else State.PENDING.value
    rows, kept = narrow_losses(LossApplication.objects.visible_to(user), query, user.active_store)
    rows = TABS[tab](rows)
    waits = tab == State.PENDING  # whoever has waited longest comes first
    after = query.get("after", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(**{"pk__gt" if waits else "pk__lt": int(after)})
    rows = with_facts(rows.with_people()).order_by("pk" if waits else "-pk")
    found = list(rows[: PAGE + 1])
    shown, kept = found[:PAGE], kept | {"state": tab}
    more = {**kept, "after": str(shown[-1].pk)} if len(found) > PAGE else None
    return {
        "rows": with_deadlines(shown),
        "tab": tab,
        "tabs": _tabs(user, tab),
        "kept": kept,
        "narrowed_to": narrowed_to(user.active_store, kept),
        "next_url": f"?{urlencode(more)}" if more else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
        "now": clock.now(),
    }


TABS: dict[str, Any] = {
    State.PENDING.value: lambda rows: rows.filter(state=State.PENDING),
    State.APPROVED.value: lambda rows: rows.filter(state=State.APPROVED),
    "dormant": lambda rows: rows.filter(
        state=State.APPROVED, kind="dormant", lead__status=Lead.Status.DORMANT
    ),
    State.RETURNED.value: lambda rows: rows.filter(state=State.RETURNED),
    "all": lambda rows: rows,
}


def _tabs(user: User, now: str) -> list[dict[str, Any]]:
    pending = LossApplication.objects.visible_to(user).pending().count()
    labels = {
        State.PENDING.value: State.PENDING.label,
        State.APPROVED.value: State.APPROVED.label,
        "dormant": _("Dormant"),
        State.RETURNED.value: State.RETURNED.label,
        "all": pgettext("applications", "All"),
    }
    return [
        {
            "label": label,
            "url": f"?state={code}",
            "active": code == now,
            "count": pending if code == State.PENDING else None,
        }
        for code, label in labels.items()
    ]


def with_deadlines(found: list[LossApplication]) -> list[dict[str, Any]]:
    """Each application with the promise that is open about it: the decision, or the next talk."""
    owed = Deadline.objects.open().filter(
        subject_type=LossApplication._meta.label_lower,
        subject_id__in=[row.pk for row in found],
        step__in=[sop.LOSS_REVIEW.code, sop.REVISIT.code],
    )
    by_row = {deadline.subject_id: deadline for deadline in owed.with_people()}
    return [
        {"application": row, "deadline": by_row.get(row.pk), "days": days_of(row)} for row in found
    ]


def days_of(application: LossApplication) -> int:
    """How many days the lead had been open when it was given up."""
    return (application.applied_at - application.lead.opened_at).days


def narrow_losses(rows: Any, query: Mapping[str, str], store: Store) -> tuple[Any, dict[str, str]]:
    """Narrow applications to what the URL names; what makes no sense is left out."""
    kept: dict[str, str] = {}
    for name, column in (("consultant", "applied_by"), ("reason", "reason")):
        value = query.get(name, "")
        if value.isdecimal() and len(value) < 19:
            meant = Q(**{column: int(value)})
            if name == "reason":
                meant |= Q(reason__parent=int(value))
            rows, kept[name] = rows.filter(meant), value
    if rival := query.get("rival", "").replace("\0", "")[:40]:
        rows, kept["rival"] = rows.filter(rival=rival), rival
    if (kind := query.get("kind", "")) in LossApplication.Kind.values:
        rows, kept["kind"] = rows.filter(kind=kind), kind
    first, last = a_day(query.get("from", "")), a_day(query.get("to", ""))
    if first and last and first <= last:
        start, end = clock.start_of_day(first, store.tz), clock.end_of_day(last, store.tz)
        rows = rows.filter(decided_at__gte=start, decided_at__lt=end)
        kept |= {"from": f"{first}", "to": f"{last}"}
    return rows, kept


def a_day(text: str) -> date | None:
    """The day that a URL names, within what a calendar can count."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 1970 <= day.year <= 9000 else None


def narrowed_to(store: Store, kept: Mapping[str, str]) -> list[dict[str, str]]:
    """Each filter in force in words, with the address without it."""
    named: list[tuple[tuple[str, ...], str]] = []
    if reason := kept.get("reason"):
        found = LossReason.objects.filter(store=store, pk=reason).first()
        named.append((("reason",), found.name if found else "?"))
    if rival := kept.get("rival"):
        named.append((("rival",), rival))
    if person := kept.get("consultant"):
        user = User.objects.of_store(store).filter(pk=person).first()
        named.append((("consultant",), user.name if user else "?"))
    if kind := kept.get("kind"):
        named.append((("kind",), str(LossApplication.Kind(kind).label)))
    if "from" in kept:
        named.append((("from", "to"), f"{kept['from']} – {kept['to']}"))
    return [
        {
            "label": label,
            "url": f"?{urlencode({key: kept[key] for key in kept if key not in names})}",
        }
        for names, label in named
    ]


def recalls_waiting(user: User) -> list[LossRecall]:
    """The sample calls that the person has to make, or may take up, oldest first."""
    rows = LossRecall.objects.visible_to(user).with_people().filter(outcome="")
    rows = rows.filter(Q(caller=user) | Q(caller=None))
    return list(rows.order_by("pk")[:50])


def talks_of(lead: Lead) -> list[Contact]:
    """What was said in the last talks with the customer."""
    return list(Contact.objects.with_people().filter(lead=lead).order_by("-at", "-pk")[:3])
