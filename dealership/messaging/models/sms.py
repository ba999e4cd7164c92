"""The ledger of text messages and the life of each."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealership.customers.models import Customer
from dealership.messaging.purposes import PURPOSES, Purpose, purpose_of
from dealership.privacy.classes import Class
from dealership.staff.roles import Role

if TYPE_CHECKING:
    from datetime import datetime

    from dealership.staff.models import User

# Who sees every message of the store; the others see those to their own customers.
SEES_ALL = frozenset(
    {
        Role.SALES_MANAGER,
        Role.GENERAL_MANAGER,
        Role.GROUP_ADMIN,
        Role.CLERK,
        Role.SERVICE_SPECIALIST,
    }
)


class SmsQuerySet(models.QuerySet["Sms"]):
    def visible_to(self, user: "User") -> Self:
        """Messages of the person's store: all for managers, else to customers they may see."""
        mine = self.filter(store=user.active_store)
        if user.has_role(*SEES_ALL):
            return mine
        return mine.filter(Q(created_by=user) | Q(customer__in=Customer.objects.visible_to(user)))

    def due(self, at: "datetime") -> Self:
        """Rows that a worker should look at now: to send, to ask about, or left by a lost one."""
        return self.filter(next_at__lte=at)

    def unsettled(self) -> Self:
        """Rows whose end is not known yet."""
        return self.filter(state__in=Sms.UNSETTLED)

    def about(self, subject: models.Model) -> Self:
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def spent_on(self, phone: str, *, since: "datetime") -> Self:
        """Messages that reached, or may have reached, the provider for this number."""
        return self.filter(phone=phone, called_at__gte=since, state__in=Sms.LEFT_THE_HOUSE)

    def needing_people(self) -> Self:
        """What the software gave up on: somebody should look."""
        return self.filter(state__in=(Sms.State.DEAD, Sms.State.REFUSED))

    def untold(self) -> Self:
        """Rows whose room has not been told of their end yet."""
        return self.exclude(owes="")

    def with_people(self) -> Self:
        return self.select_related("store", "customer", "created_by")


class Sms(models.Model):
    """
    One text message to a customer (短信): the intent, written with the business change, and what
    became of it.

    `out_id` is the key under which the provider is asked about it; `next_at` says when a worker
    should look at the row again and is empty once nothing more is to be done.
    """

    class State(models.TextChoices):
        INTENT = "intent", pgettext_lazy("text message", "Waiting")
        CALLING = "calling", pgettext_lazy("text message", "Being sent")
        ACCEPTED = "accepted", pgettext_lazy("text message", "Accepted")
        DELIVERED = "delivered", pgettext_lazy("text message", "Delivered")
        REFUSED = "refused", pgettext_lazy("text message", "Refused")
        UNKNOWN = "unknown", pgettext_lazy("text message", "Unknown")
        DEAD = "dead", pgettext_lazy("text message", "Not sent in time")
        CANCELLED = "cancelled", pgettext_lazy("text message", "Cancelled")

    UNSETTLED: ClassVar = (State.INTENT, State.CALLING, State.UNKNOWN)
    LEFT_THE_HOUSE: ClassVar = (State.CALLING, State.UNKNOWN, State.ACCEPTED, State.DELIVERED)
    # Which state may follow which. DEAD is given up, not disproved: a late receipt still counts.
    NEXT: ClassVar[dict[str, frozenset[str]]] = {
        State.INTENT: frozenset({State.CALLING, State.CANCELLED, State.DEAD, State.REFUSED,
                                 State.ACCEPTED, State.DELIVERED}),
        State.CALLING: frozenset({State.ACCEPTED, State.DELIVERED, State.REFUSED, State.UNKNOWN,
                                  State.INTENT, State.DEAD}),
        State.UNKNOWN: frozenset({State.ACCEPTED, State.DELIVERED, State.REFUSED, State.INTENT,
                                  State.DEAD}),
        State.ACCEPTED: frozenset({State.DELIVERED, State.REFUSED}),
        State.DELIVERED: frozenset(),
        State.REFUSED: frozenset({State.INTENT}),
        State.DEAD: frozenset({State.ACCEPTED, State.DELIVERED, State.INTENT}),
        State.CANCELLED: frozenset({State.INTENT, State.ACCEPTED, State.DELIVERED}),
    }  # fmt: skip

    TONES: ClassVar[dict[str, str]] = {
        State.INTENT: "open", State.CALLING: "open", State.UNKNOWN: "soon",
        State.ACCEPTED: "done", State.DELIVERED: "done", State.REFUSED: "late",
        State.DEAD: "late", State.CANCELLED: "cancelled",
    }  # fmt: skip

    class Owed(models.TextChoices):
        NOTHING = "", "–"
        ACCEPTED = "accepted", _("tell that it was accepted")
        FAILED = "failed", _("tell that it failed")

    store = models.ForeignKey("staff.Store", models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="texts", verbose_name=_("customer")
    )
    phone = models.CharField(_("phone"), max_length=20)
    body = models.CharField(_("text"), max_length=500)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.INTENT)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    out_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.CharField(_("gateway"), max_length=20, blank=True)
    provider_id = models.CharField(_("receipt number"), max_length=64, blank=True, db_index=True)
    latency_ms = models.PositiveIntegerField(null=True)

    send_after = models.DateTimeField(_("send after"))
    send_by = models.DateTimeField(_("send by"))
    next_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("calls"), default=0)
    queries = models.PositiveSmallIntegerField(_("questions"), default=0)
    absences = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(_("workers lost"), default=0)
    owes = models.CharField(max_length=10, choices=Owed, blank=True)
    tellings = models.PositiveSmallIntegerField(default=0)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    called_at = models.DateTimeField(_("called at"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = SmsQuerySet.as_manager()
    personal: ClassVar = {"phone": Class.CONTACT, "body": Class.BEHAVIOUR}

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("purpose", "subject_type", "subject_id"),
                name="one_sms_per_purpose_and_subject",
            ),
            models.CheckConstraint(
                name="unsettled_sms_is_on_the_worklist",
                condition=~Q(state__in=("intent", "calling", "unknown")) | Q(next_at__isnull=False),
            ),
            models.CheckConstraint(
                name="calling_sms_has_a_lease",
                condition=~Q(state="calling") | (~Q(lease="") & Q(leased_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="accepted_sms_has_its_time",
                condition=~Q(state__in=("accepted", "delivered")) | Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="failed_sms_has_a_reason",
                condition=~Q(state__in=("refused", "dead", "cancelled")) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="sms_send_by_follows_send_after",
                condition=Q(send_by__gte=models.F("send_after")),
            ),
        ]
        indexes: ClassVar = [
            # The worklist of deliver(): as long as what is due, whatever the table holds.
            models.Index(fields=("next_at",), name="sms_due", condition=Q(next_at__isnull=False)),
            models.Index(
                fields=("closed_at",),
                name="sms_given_up",
                condition=Q(state__in=("refused", "dead")),
            ),
            models.Index(fields=("id",), name="sms_untold", condition=~Q(owes="")),
            models.Index(fields=("store", "-id"), name="sms_by_store"),
            models.Index(fields=("store", "state", "-id"), name="sms_by_state"),
            models.Index(fields=("phone", "-called_at"), name="sms_by_phone"),
            models.Index(fields=("customer", "-id"), name="sms_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_id} {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("messaging:sms-detail", args=[self.pk])

    @property
    def declared(self) -> Purpose:
        return purpose_of(self.purpose)

    @property
    def title(self) -> Any:
        """The purpose in words; a code that is no longer declared shows as it is."""
        return PURPOSES[self.purpose].title if self.purpose in PURPOSES else self.purpose

    @property
    def tone(self) -> str:
        """The house's word for how it looks: see `state_word`."""
        return self.TONES[self.state]

    @property
    def surely_unsent(self) -> bool:
        """Whether no provider can have taken it: then, and only then, it may be sent anew."""
        if self.state == self.State.CANCELLED:
            return True
        if self.state == self.State.REFUSED:
            return self.accepted_at is None
        return self.state == self.State.DEAD and self.called_at is None

    @property
    def may_have_left(self) -> bool:
        """Whether a provider has it, had it or may have it: nobody writes a second one."""
        return self.state != self.State.INTENT and not self.surely_unsent

    @property
    def has_failed(self) -> bool:
        return self.state in (self.State.REFUSED, self.State.DEAD)


class SmsEvent(models.Model):
    """One step in the life of a message: append-only."""

    sms = models.ForeignKey(Sms, models.CASCADE, related_name="events")
    state = models.CharField(_("state"), max_length=12, choices=Sms.State)
    at = models.DateTimeField(_("at"))
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("step of a message")
        verbose_name_plural = _("steps of messages")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.sms_id} {self.state}"

    @property
    def tone(self) -> str:
        return Sms.TONES[self.state]


class PhoneLine(models.Model):
    """
    A number that was ever texted: the row that two workers queue up for.

    Whoever wants to send to the number updates this row first, so that the messages of the hour
    are counted one worker after the other.
    """

    phone = models.CharField(_("phone"), max_length=20, primary_key=True)
    touched_at = models.DateTimeField(null=True)

    personal: ClassVar = {"phone": Class.CONTACT}

    class Meta:
        verbose_name = _("phone line")
        verbose_name_plural = _("phone lines")

    def __str__(self) -> str:
        return self.phone
