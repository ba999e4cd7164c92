from datetime import date

from django.db import migrations

SINCE = date(2020, 1, 1)


def keep_prices(apps, schema_editor):
    """What a trim cost so far is in force since ever."""
    Trim = apps.get_model("vehicles", "Trim")
    GuidePrice = apps.get_model("vehicles", "GuidePrice")
    for place, trim in enumerate(Trim.objects.order_by("series", "guide_price_amount", "pk")):
        if trim.guide_price_amount > 0:
            GuidePrice.objects.create(
                trim=trim, amount=trim.guide_price_amount, valid_from=SINCE
            )
        Trim.objects.filter(pk=trim.pk).update(order=min(place, 999))


def put_back(apps, schema_editor):
    """The latest price is the price."""
    Trim = apps.get_model("vehicles", "Trim")
    GuidePrice = apps.get_model("vehicles", "GuidePrice")
    for price in GuidePrice.objects.order_by("valid_from"):
        Trim.objects.filter(pk=price.trim_id).update(guide_price_amount=price.amount)


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0002_cars_colours_prices")]
    operations = [migrations.RunPython(keep_prices, put_back)]
