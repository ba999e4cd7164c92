"""Reference data; deadlines are written by actions only."""

from django.contrib import admin

from dealership.sop.models import Holiday, StepLimit


@admin.register(StepLimit)
class StepLimitAdmin(admin.ModelAdmin):
    list_display = ("step", "store", "amount", "valid_from")
    list_filter = ("store", "step")


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    list_display = ("day", "name", "store", "is_open", "is_workday")
    list_filter = ("store",)
