"""What the brand builds and asks for it: reference data."""

from django.contrib import admin

from dealership.vehicles.models import Colour, GuidePrice, Series, Trim


class TrimInline(admin.TabularInline):
    model = Trim
    extra = 0
    fields = ("name", "order", "is_active", "seats", "gearbox", "engine", "power_kw")
    show_change_link = True


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "body", "energy", "order", "is_active")
    list_editable = ("order", "is_active")
    inlines = (TrimInline,)


class GuidePriceInline(admin.TabularInline):
    model = GuidePrice
    extra = 1


@admin.register(Trim)
class TrimAdmin(admin.ModelAdmin):
    list_display = ("series", "name", "gearbox", "engine", "order", "is_active")
    list_filter = ("series",)
    inlines = (GuidePriceInline,)


@admin.register(Colour)
class ColourAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "swatch", "order", "is_active")
    list_editable = ("order", "is_active")
