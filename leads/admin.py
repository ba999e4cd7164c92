"""Each store's sources and intent levels: reference data."""

from django.contrib import admin

from leads.models import IntentLevel, Source


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ("name", "store", "code", "order", "is_active")
    list_filter = ("store",)
    list_editable = ("order", "is_active")


@admin.register(IntentLevel)
class IntentLevelAdmin(admin.ModelAdmin):
    list_display = (
        "code", "store", "name", "horizon_days", "interval_days", "order", "is_active",
    )  # fmt: skip
    list_filter = ("store",)
    list_editable = ("horizon_days", "interval_days", "order", "is_active")
