"""SOP-2.2: who gets a lead, by which rule, and how long they may keep it without a contact."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.privacy.classes import Class
from dealership.staff.models import Store, Team, User
from dealership.vehicles.models import Series
from leads.models.campaigns import Campaign
from leads.models.leads import Lead
from leads.models.lists import ProspectList
from leads.models.sources import Source, Way


class OwnershipPolicy(models.Model):
    """What a store says about owning customers (归属规则): caps, cool-down, recycling."""

    store = models.OneToOneField(Store, models.CASCADE, related_name="ownership_policy")
    overdue_limit = models.PositiveSmallIntegerField(
        _("overdue follow-ups at which nobody is given more"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(999)],
    )
    holding_cap = models.PositiveSmallIntegerField(
        _("open leads that one person holds at most"),
        default=300,
        validators=[MinValueValidator(1), MaxValueValidator(9999)],
    )
    claims_per_day = models.PositiveSmallIntegerField(
        _("claims from the pool in a day"),
        default=5,
        validators=[MaxValueValidator(99)],
    )
    cool_down_days = models.PositiveSmallIntegerField(
        _("days until the previous owner may claim again"),
        default=7,
        validators=[MaxValueValidator(365)],
    )
    warning_days = models.PositiveSmallIntegerField(
        _("days of warning before the pool takes a lead"),
        default=2,
        validators=[MaxValueValidator(60)],
    )
    is_recycling = models.BooleanField(_("leads without contact go to the pool"), default=True)

    class Meta:
        verbose_name = _("ownership policy")
        verbose_name_plural = _("ownership policies")

    def __str__(self) -> str:
        return str(self.store)


class AssignmentRuleQuerySet(models.QuerySet["AssignmentRule"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(store=user.active_store)

    def with_conditions(self) -> Self:
        return self.select_related(
            "source__parent", "series", "campaign", "prospect_list", "team"
        ).prefetch_related("people")


class AssignmentRule(models.Model):
    """Who gets the leads of one kind (分配规则): the first rule that fits a lead decides."""

    class Candidates(models.TextChoices):
        DUTY = "duty", _("Everybody on duty")
        TEAM = "team", _("A team")
        NAMED = "named", _("Named people")

    class Strategy(models.TextChoices):
        ROTATION = "rotation", _("In turn")
        LEAST_LOAD = "least_load", _("Whoever holds fewest")

    store = models.ForeignKey(Store, models.CASCADE, related_name="assignment_rules")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name = models.CharField(_("name"), max_length=40)
    is_active = models.BooleanField(_("in use"), default=True)

    # What it is for: an empty condition fits every lead.
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source")
    )
    way = models.CharField(_("how it came"), max_length=10, choices=Way, blank=True)
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("series")
    )
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=pgettext_lazy("marketing", "campaign"),
    )  # fmt: skip
    prospect_list = models.ForeignKey(
        ProspectList, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("list"),
    )  # fmt: skip

    # Whom it gives to: of these, whoever is on duty and can take more.
    candidates = models.CharField(
        _("who may get it"), max_length=6, choices=Candidates, default=Candidates.DUTY
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("people")
    )
    strategy = models.CharField(
        _("how it is spread"), max_length=10, choices=Strategy, default=Strategy.ROTATION
    )

    objects = AssignmentRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ("order", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(candidates="team") | Q(team__isnull=False),
                name="rule_for_a_team_names_it",
            )
        ]
        indexes: ClassVar = [models.Index(fields=("store", "order"), name="rule_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def conditions(self) -> list[str]:
        """What must be true of a lead, in words; nothing for every lead."""
        rows = (self.series, self.campaign, self.prospect_list)
        source = self.source.full_name if self.source else ""
        way = str(self.get_way_display()) if self.way else ""
        return [word for word in (source, way, *(str(row or "") for row in rows)) if word]


class RotationPlace(models.Model):
    """
    Somebody's place in a rotation (轮转): whoever had their last turn longest ago is next.

    A turn is taken by a conditional UPDATE of this row, so that nobody gives it twice. Without
    a rule it is the rotation of the whole store.
    """

    store = models.ForeignKey(Store, models.CASCADE, related_name="+")
    rule = models.ForeignKey(
        AssignmentRule, models.CASCADE, null=True, blank=True, related_name="places"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    last_turn = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("place in a rotation")
        verbose_name_plural = _("places in rotations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("rule", "user"), condition=Q(rule__isnull=False), name="one_place_in_a_rule"
            ),
            models.UniqueConstraint(
                fields=("store", "user"), condition=Q(rule__isnull=True), name="one_place_in_store"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.last_turn}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def claims(self) -> Self:
        return self.filter(how=Assignment.How.CLAIM)

    def with_people(self) -> Self:
        return self.select_related("consultant", "by", "rule")


class Assignment(models.Model):
    """One decision about who gets a lead (分配记录): by which rule, and who was passed over."""

    class How(models.TextChoices):
        RULE = "rule", _("By the rules")
        MANAGER = "manager", _("By a manager")
        CLAIM = "claim", _("Claimed from the pool")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="assignments", db_index=False)
    how = models.CharField(_("how"), max_length=8, choices=How)
    rule = models.ForeignKey(
        AssignmentRule, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    # Who was passed over: [{"name": …, "reason": a code of PASSED_OVER, "count": …}].
    skipped = models.JSONField(default=list)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = AssignmentQuerySet.as_manager()

    personal: ClassVar = {"skipped": Class.STAFF, "reason": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes: ClassVar = [
            models.Index(fields=("lead", "-at"), name="assignment_of_lead"),
            models.Index(fields=("consultant", "-at"), name="assignment_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_how_display()} → {self.consultant or '–'}"

    @property
    def passed_over(self) -> list[tuple[str, str]]:
        """Who did not get the lead, and why, in the reader's language."""
        return [(entry["name"], why_not(entry)) for entry in self.skipped]


PASSED_OVER = {
    "off_duty": _("not on duty that day"),
    "overdue": _("%(count)s follow-ups are overdue"),
    "full": _("already holds %(count)s open leads"),
    "not_next": _("somebody else was next in turn"),
    "left": _("no consultant of this store any more"),
    "more": _("already holds %(count)s open leads, somebody else fewer"),
}


def why_not(entry: dict[str, Any]) -> str:
    """The sentence for one who was passed over."""
    sentence = PASSED_OVER.get(entry["reason"])
    return str(sentence) % {"count": entry.get("count", 0)} if sentence else _now("unknown")


class Postponement(models.Model):
    """A manager's leave to keep a lead longer without a contact (延期回收), once at a time."""

    deadline = models.OneToOneField("sop.Deadline", models.CASCADE, related_name="+")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="postponements")
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    personal: ClassVar = {"reason": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("postponement")
        verbose_name_plural = _("postponements")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="postponement_has_reason")
        ]

    def __str__(self) -> str:
        return f"{self.lead} {self.until}"
