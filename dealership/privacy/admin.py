"""Who looked at which masked fact, who exported what, and why: to read, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dealership.privacy.models import Access, Export


class LogAdmin(admin.ModelAdmin):
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Access)
class AccessAdmin(LogAdmin):
    list_display = ("at", "user", "store", "subject_type", "subject_id", "field", "reason")
    list_filter = ("store", "field")


@admin.register(Export)
class ExportAdmin(LogAdmin):
    list_display = ("at", "user", "store", "what", "rows", "format", "reason")
    list_filter = ("store", "what")
