"""Stores, teams, people, their roles and the duty roster."""

from functools import cached_property
from typing import Any, ClassVar, Self, cast
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from dealership.names import sort_key
from dealership.staff.roles import MANAGERS, Role

SESSION_SALT = "dealership.staff.session"


def valid_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is no time zone."), params={"name": name})


class Store(models.Model):
    """A showroom of the group (专营店)."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=30, blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=40, default="Asia/Shanghai", validators=[valid_zone]
    )
    opens_at = models.TimeField(_("opens at"), default="08:30")
    closes_at = models.TimeField(_("closes at"), default="18:00")
    quiet_from = models.TimeField(_("no messages from"), default="21:00")
    quiet_until = models.TimeField(_("no messages until"), default="08:00")
    is_demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Team(models.Model):
    """A sales team inside a store (小组)."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("store", "name"), name="team_name_once_per_store")
        ]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def of_store(self, store: Store, *roles: Role) -> Self:
        """People of `store`, in one of `roles` if any are given; closed accounts too."""
        member = Membership.objects.filter(store=store)
        if roles:
            member = member.filter(role__in=roles)
        return self.filter(pk__in=member.values("user"))

    def in_store(self, store: Store, *roles: Role) -> Self:
        """Active people who work in `store`, in one of `roles` if any are given."""
        return self.active().of_store(store, *roles)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.name_key = sort_key(user.name or username)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str, **fields: Any) -> "User":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in (员工)."""

    username = models.CharField(
        _("user name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(_("sort key"), max_length=120, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    default_store = models.ForeignKey(
        Store, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("store")
    )
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)
    signed_out_at = models.DateTimeField(
        _("signed out everywhere at"), null=True, blank=True, editable=False
    )

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name_key", "pk")

    def __str__(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What ties a session to the person: it ends with the password, or when access closes."""
        signed = f"{self.password}{self.signed_out_at or ''}"
        return salted_hmac(SESSION_SALT, signed, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def held(self) -> list["Membership"]:
        """The person's roles with their stores; read once for each request."""
        return list(self.memberships.select_related("store").order_by("store__code"))

    @cached_property
    def roles_by_store(self) -> dict[int, frozenset[Role]]:
        """The person's roles, by store."""
        found: dict[int, set[Role]] = {}
        for member in self.held:
            found.setdefault(member.store_id, set()).add(Role(member.role))
        return {store_id: frozenset(roles) for store_id, roles in found.items()}

    @property
    def active_store(self) -> Store:
        """
        The store that the person works in now; the middleware sets it for each request.

        It is None for somebody without any role alone, whom no door lets in.
        """
        if not hasattr(self, "_active_store"):
            mine = self.stores()
            chosen = [store for store in mine if store.pk == self.default_store_id]
            self._active_store: Store | None = next(iter(chosen or mine), None)
        return cast("Store", self._active_store)

    @active_store.setter
    def active_store(self, store: Store) -> None:
        self._active_store = store

    @property
    def is_group_admin(self) -> bool:
        return any(Role.GROUP_ADMIN in roles for roles in self.roles_by_store.values())

    @cached_property
    def all_stores(self) -> list[Store]:
        return list(Store.objects.order_by("code"))

    def stores(self) -> list[Store]:
        """The stores that the person may work in: a group administrator's are all."""
        if self.is_group_admin:
            return self.all_stores
        return list({member.store_id: member.store for member in self.held}.values())

    def roles_in(self, store: Store | int | None) -> frozenset[Role]:
        if not self.is_active or store is None:
            return frozenset()
        store_id = store if isinstance(store, int) else store.pk
        roles = self.roles_by_store.get(store_id, frozenset())
        return roles | {Role.GROUP_ADMIN} if self.is_group_admin else roles

    @property
    def roles(self) -> frozenset[Role]:
        return self.roles_in(self.active_store)

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds one of `roles` in the active store."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_manager(self) -> bool:
        return not self.roles.isdisjoint(MANAGERS)

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in sorted(self.roles, key=list(Role).index)]


class Membership(models.Model):
    """A role that a person holds in a store."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    store = models.ForeignKey(Store, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="members")

    class Meta:
        verbose_name = _("role in a store")
        verbose_name_plural = _("roles in stores")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("user", "store", "role"), name="role_once_per_store")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.store} · {self.get_role_display()}"


class DutyQuerySet(models.QuerySet["Duty"]):
    def on(self, store: Store, day: Any) -> Self:
        return self.filter(store=store, day=day)

    def checked_in(self) -> Self:
        return self.filter(checked_in_at__isnull=False)


class Duty(models.Model):
    """A person's day on the roster (排班); checking in puts them into the floor's queue."""

    user = models.ForeignKey(User, models.CASCADE, related_name="duties")
    store = models.ForeignKey(Store, models.CASCADE, related_name="duties")
    day = models.DateField(_("day"))
    starts_at = models.TimeField(_("from"), default="08:30")
    ends_at = models.TimeField(_("until"), default="18:00")
    checked_in_at = models.DateTimeField(_("checked in at"), null=True, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duty roster")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("user", "store", "day"), name="duty_once_per_day"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("store", "day"), name="duty_by_store_and_day")]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self) -> Self:
        return self.filter(revoked_at__isnull=True, user__is_active=True)


class ApiToken(models.Model):
    """A person's key to the API: it may do what the person may; only a digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name
