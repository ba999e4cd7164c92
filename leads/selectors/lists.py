"""Questions about lists of prospects: what came of them (SOP-2.7)."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.urls import reverse

from dealership.staff.models import User
from leads.models import ImportRun, Lead, ProspectList

PAGE = 30
SEEN = tuple(Lead.Stage)[tuple(Lead.Stage).index(Lead.Stage.VISITED) :]
BOUGHT = (Lead.Stage.ORDERED, Lead.Stage.DELIVERED)


@dataclass(frozen=True)
class Outcome:
    """A list with its figures, each with the rows behind it."""

    prospects: ProspectList
    rows: int
    leads: int
    spoken: int
    visits: int
    orders: int

    def leads_url(self, *stages: str) -> str:
        chosen = "".join(f"&stage={stage}" for stage in stages)
        return f"{reverse('leads:lead-list')}?view=all&list={self.prospects.pk}{chosen}"

    @property
    def all_url(self) -> str:
        return self.leads_url()

    @property
    def spoken_url(self) -> str:
        return self.leads_url(*tuple(Lead.Stage)[1:])

    @property
    def visits_url(self) -> str:
        return self.leads_url(*SEEN)

    @property
    def orders_url(self) -> str:
        return self.leads_url(*BOUGHT)


def lists_of(user: User, *, before: int = 0) -> tuple[list[Outcome], int]:
    """A page of the store's lists, newest first, and the id that the next one begins below."""
    lists = ProspectList.objects.visible_to(user).select_related("source", "created_by")
    if before:
        lists = lists.filter(pk__lt=before)
    found = list(lists.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    return outcomes_of(shown), shown[-1].pk if len(found) > PAGE else 0


def outcomes_of(lists: list[ProspectList]) -> list[Outcome]:
    """What came of each list; two queries for any number of lists."""
    runs = ImportRun.objects.filter(prospect_list__in=lists).values("prospect_list")
    rows = dict(
        runs.annotate(sum=Sum("created") + Sum("matched") - Sum("undone")).values_list(
            "prospect_list", "sum"
        )
    )
    leads = Lead.objects.filter(prospect_list__in=lists).values("prospect_list")
    counted: dict[int, tuple[int, ...]] = {
        pk: tuple(figures)
        for pk, *figures in leads.annotate(
            found=Count("pk"),
            spoken=Count("pk", filter=~Q(stage=Lead.Stage.NEW)),
            seen=Count("pk", filter=Q(stage__in=SEEN)),
            bought=Count("pk", filter=Q(stage__in=BOUGHT)),
        ).values_list("prospect_list", "found", "spoken", "seen", "bought")
    }
    none = (0, 0, 0, 0)
    return [
        Outcome(prospects, max(0, rows.get(prospects.pk) or 0), *counted.get(prospects.pk, none))
        for prospects in lists
    ]
