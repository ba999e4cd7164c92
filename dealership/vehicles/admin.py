"""What the brand builds and asks for it: reference data."""

from django.contrib import admin

from dealership.vehicles.models import Series, Trim


class TrimInline(admin.TabularInline):
    model = Trim
    extra = 1


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "body", "energy", "order", "is_active")
    list_editable = ("order", "is_active")
    inlines = (TrimInline,)
