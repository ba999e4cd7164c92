"""Stores, teams and people: set up by administrators; daily work has its own pages."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dealership.names import sort_key
from dealership.staff.models import Membership, Store, Team, User

admin.site.unregister(Group)


class NewPersonForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name")


class PersonForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = PersonForm
    add_form = NewPersonForm
    inlines = (MembershipInline,)
    list_display = ("name", "username", "default_store", "is_active", "last_login")
    list_filter = ("is_active", "memberships__store", "memberships__role")
    search_fields = ("username", "name", "name_key")
    ordering = ("name_key",)
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("person"), {"fields": ("name", "phone", "email", "language", "default_store")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (None, {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        obj.name_key = sort_key(obj.name or obj.username)
        super().save_model(request, obj, form, change)


class TeamInline(admin.TabularInline):
    model = Team
    extra = 1


@admin.register(Store)
class StoreAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "city", "timezone", "opens_at", "closes_at", "is_demo")
    inlines = (TeamInline,)
