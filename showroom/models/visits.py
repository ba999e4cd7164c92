"""SOP-4, the visit and call register: one row for each way in (来店/来电/消息)."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dealership import clock
from dealership.customers.models import LATE_ENTRY_SECONDS, SEES_WHOLE_STORE, Customer
from dealership.privacy.classes import Class
from dealership.staff.models import Store, User
from dealership.vehicles.models import Series
from leads.models import IntentLevel, Lead, Source

UNDO = timedelta(minutes=1)

PRESENT = Q(way="walk_in", departed_at__isnull=True, voided_at__isnull=True)
COUNTED = Q(voided_at__isnull=True)
# Nobody knows who it was, and nobody has said that they left no number.
INCOMPLETE = COUNTED & Q(customer__isnull=True, left_no_contact=False)


class Thanked(models.TextChoices):
    """How a guest was thanked who could not be texted (SOP-4.4.14)."""

    CALL = "call", _("By phone")
    WECHAT = "wechat", _("By WeChat")
    IN_PERSON = "in_person", _("In person")
    IMPOSSIBLE = "impossible", _("Cannot be reached")


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> Self:
        """
        Consultants see their own, their customers' and those nobody attends yet.

        The other roles see the store's.
        """
        mine = self.filter(store=user.active_store)
        if user.has_role(*SEES_WHOLE_STORE):
            return mine
        return mine.filter(
            Q(consultant=user)
            | Q(entered_by=user)
            | Q(customer__owner=user)
            | (Q(consultant__isnull=True) & PRESENT)
        )

    def in_store(self, store: Store) -> Self:
        return self.filter(store=store)

    def present(self) -> Self:
        """Guests who are in the showroom now."""
        return self.filter(PRESENT)

    def waiting(self) -> Self:
        """Guests whom nobody attends yet."""
        return self.filter(PRESENT, consultant__isnull=True)

    def counted(self) -> Self:
        return self.filter(COUNTED)

    def walk_ins(self) -> Self:
        return self.filter(way="walk_in")

    def incomplete(self) -> Self:
        """待补全: nameless so far."""
        return self.filter(INCOMPLETE)

    def entered_late(self) -> Self:
        """补录: entered more than half an hour after it happened."""
        gap = timedelta(seconds=LATE_ENTRY_SECONDS)
        return self.filter(entered_at__gt=F("arrived_at") + gap, is_history=False)

    def on(self, first: date, last: date, store: Store) -> Self:
        """Arrived on a day from `first` to `last` in the store's zone."""
        return self.filter(
            store=store,
            arrived_at__gte=clock.start_of_day(first, store.tz),
            arrived_at__lt=clock.end_of_day(last, store.tz),
        )

    def with_people(self) -> Self:
        return self.select_related(
            "store",
            "customer",
            "customer__owner",
            "customer__store",
            "consultant",
            "known_consultant",
            "series",
            "level_before",
        )


class Visit(models.Model):
    """
    One way in of one party: a walk-in, a call or a message (来店(电)客户登记表).

    A party that arrives together is one row, whatever its size. A nameless guest counts, and
    is completed later.
    """

    class Way(models.TextChoices):
        WALK_IN = "walk_in", _("Walk-in")
        CALL = "call", _("Phone call")
        MESSAGE = "message", pgettext_lazy("way in", "Message")

    class Purpose(models.TextChoices):
        SEE_CAR = "see_car", _("See cars")
        PICK_UP = "pick_up", _("Pick up a car")
        AFTER_SALES = "after_sales", _("After-sales")
        OTHER = "other", _("Other")

    class Transport(models.TextChoices):
        OWN_CAR = "own_car", _("Own car")
        TAXI = "taxi", _("Taxi")
        PUBLIC = "public", _("Bus or metro")
        CYCLE = "cycle", _("Two wheels")
        ON_FOOT = "on_foot", _("On foot")

    class Channel(models.TextChoices):
        SMS = "sms", _("SMS")
        DIRECT_MAIL = "direct_mail", _("Direct mail")
        WECHAT = "wechat", _("WeChat")

    class Direction(models.TextChoices):
        INBOUND = "in", _("From the customer")
        OUTBOUND = "out", _("To the customer")

    class Invitation(models.TextChoices):
        ACCEPTED = "accepted", _("Will come")
        OPEN = "open", _("Will think about it")
        DECLINED = "declined", _("Will not come")
        NOT_MADE = "not_made", _("Not invited")

    store = models.ForeignKey(Store, models.PROTECT, related_name="visits")
    way = models.CharField(_("way in"), max_length=8, choices=Way, default=Way.WALK_IN)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="visits", db_index=False
    )
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="visits")
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=pgettext_lazy("of a visit", "consultant"),
        db_index=False,
    )
    known_consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("the consultant they know"),
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    arrived_at = models.DateTimeField(_("arrived at"))
    taken_at = models.DateTimeField(_("attended since"), null=True, blank=True)
    departed_at = models.DateTimeField(_("left at"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"))

    party_size = models.PositiveSmallIntegerField(
        _("party"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, blank=True)
    is_first = models.BooleanField(_("first visit"), null=True)
    is_same_day_return = models.BooleanField(_("back on the same day"), default=False)
    has_contact = models.BooleanField(_("left a phone number"), default=False)
    left_no_contact = models.BooleanField(_("left no number"), default=False)
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    plate = models.CharField(_("plate"), max_length=10, blank=True)
    transport = models.CharField(_("came by"), max_length=8, choices=Transport, blank=True)
    guest_name = models.CharField(_("name"), max_length=60, blank=True)
    salutation = models.CharField(
        _("salutation"), max_length=2, choices=Customer.Salutation, blank=True
    )
    remark = models.CharField(_("what was said"), max_length=2000, blank=True)

    rings = models.PositiveSmallIntegerField(
        _("rings"), null=True, blank=True, validators=[MaxValueValidator(30)]
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, blank=True)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, blank=True)
    invitation = models.CharField(_("invitation"), max_length=10, choices=Invitation, blank=True)

    level_before = models.ForeignKey(
        IntentLevel, models.PROTECT, null=True, blank=True, related_name="+"
    )
    level_after = models.ForeignKey(
        IntentLevel, models.PROTECT, null=True, blank=True, related_name="+"
    )
    next_contact_on = models.DateField(_("next contact on"), null=True, blank=True)
    thank_text = models.CharField(_("thank-you text"), max_length=500, blank=True)

    departures = models.PositiveSmallIntegerField(default=0)
    departure_entered_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(_("register completed at"), null=True, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    void_reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    # Out of an earlier register: it happened, and nothing of it is owed.
    is_history = models.BooleanField(_("from an earlier register"), default=False, editable=False)

    objects = VisitQuerySet.as_manager()

    personal: ClassVar = {
        "guest_name": Class.IDENTITY,
        "salutation": Class.IDENTITY,
        "plate": Class.IDENTITY,
        "remark": Class.BEHAVIOUR,
        "purpose": Class.BEHAVIOUR,
        "transport": Class.BEHAVIOUR,
        "invitation": Class.BEHAVIOUR,
        "next_contact_on": Class.BEHAVIOUR,
        "thank_text": Class.BEHAVIOUR,
        "void_reason": Class.BEHAVIOUR,
    }

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(departed_at__isnull=True) | Q(departed_at__gte=F("arrived_at")),
                name="visit_leaves_after_arriving",
            ),
            models.CheckConstraint(
                condition=Q(departed_at__isnull=True) | Q(way="walk_in"),
                name="only_walk_ins_depart",
            ),
            models.CheckConstraint(
                condition=Q(party_size__gte=1, party_size__lte=50), name="party_of_1_to_50"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="voided_visit_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(rings__isnull=True) | Q(way="call"), name="only_calls_ring"
            ),
            models.CheckConstraint(
                condition=Q(way="message", channel__in=("sms", "direct_mail", "wechat"))
                | (~Q(way="message") & Q(channel="", direction="")),
                name="only_messages_have_a_channel",
            ),
            models.CheckConstraint(
                condition=Q(entered_at__gte=F("arrived_at")), name="no_visit_from_the_future"
            ),
            models.UniqueConstraint(
                fields=("customer",), condition=PRESENT, name="customer_is_here_once"
            ),
        ]
        indexes: ClassVar = [
            # Floor: who is in.
            models.Index(fields=("store", "arrived_at"), name="visit_present", condition=PRESENT),
            # Register and counters: a range of days of one store.
            models.Index(fields=("store", "-arrived_at", "-id"), name="visit_register"),
            # First or again, and the customer's history.
            models.Index(fields=("customer", "-arrived_at"), name="visit_of_customer"),
            models.Index(fields=("consultant", "-arrived_at"), name="visit_of_consultant"),
            # 待补全.
            models.Index(
                fields=("store", "-arrived_at"),
                name="visit_incomplete",
                condition=Q(voided_at__isnull=True, customer__isnull=True, left_no_contact=False),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        return reverse("showroom:visit-detail", args=[self.pk])

    @property
    def display_name(self) -> str:
        """How the floor speaks of the guest: 王先生, or that no name is known yet."""
        if self.customer is not None:
            return self.customer.display_name
        if self.guest_name and self.salutation and len(self.guest_name) == 1:
            title = self.get_salutation_display()
            return gettext("%(title)s %(surname)s") % {
                "title": title,
                "surname": self.guest_name,
            }
        return self.guest_name or gettext("Nameless guest")

    @property
    def is_walk_in(self) -> bool:
        return self.way == self.Way.WALK_IN

    @property
    def is_present(self) -> bool:
        return self.is_walk_in and self.departed_at is None and self.voided_at is None

    @property
    def is_waiting(self) -> bool:
        return self.is_present and self.consultant_id is None

    @property
    def is_voided(self) -> bool:
        return self.voided_at is not None

    @property
    def is_incomplete(self) -> bool:
        return self.customer_id is None and not self.left_no_contact and not self.is_voided

    @property
    def is_stand_in(self) -> bool:
        """Attended by somebody else than the consultant whom the customer knows (SOP-4.6)."""
        return bool(
            self.known_consultant_id
            and self.consultant_id
            and self.known_consultant_id != self.consultant_id
        )

    @property
    def is_late_entry(self) -> bool:
        """补录: entered more than half an hour after it happened."""
        if self.is_history:
            return False
        return (self.entered_at - self.arrived_at).total_seconds() > LATE_ENTRY_SECONDS

    @property
    def minutes_here(self) -> int:
        until = self.departed_at or clock.now()
        return max(0, int((until - self.arrived_at).total_seconds() // 60))

    @property
    def period(self) -> str:
        """Which departure the clocks belong to: an undone one leaves its own behind."""
        return "" if self.departures <= 1 else str(self.departures)

    def can_undo_departure(self, at: datetime | None = None) -> bool:
        if self.departed_at is None or self.departure_entered_at is None or self.is_voided:
            return False
        return (at or clock.now()) - self.departure_entered_at <= UNDO
