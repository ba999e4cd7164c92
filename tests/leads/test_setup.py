"""A new store begins with levels, sources, reasons and rules, and keeps what it changed."""

import pytest
from django.core.management import call_command

from leads.models import IntentLevel, LossReason, OwnershipPolicy, Source
from tests import make


def set_up() -> None:
    call_command("set_up_stores", verbosity=0)


@pytest.mark.sop("2.1")
def test_a_store_is_set_up_whole(capsys):
    store = make.store(name="东风风神襄阳店")
    store.levels.all().delete()
    store.sources.all().delete()

    set_up()

    assert "".join(store.levels.values_list("code", flat=True)) == "NHABCODFS"
    assert Source.objects.get(store=store, code="dongchedi").parent.code == "online"
    assert LossReason.objects.get(store=store, code="rival-bought").asks_rival
    assert OwnershipPolicy.objects.filter(store=store).exists()


def test_setting_up_again_changes_nothing_that_the_store_has_changed(capsys):
    store = make.home()
    set_up()
    IntentLevel.objects.filter(store=store, code="H").update(interval_days=1)
    Source.objects.filter(store=store, code="yiche").update(is_active=False, name="易车网")
    counts = [model.objects.count() for model in (IntentLevel, Source, LossReason)]

    set_up()

    assert [model.objects.count() for model in (IntentLevel, Source, LossReason)] == counts
    assert store.levels.get(code="H").interval_days == 1
    source = store.sources.get(code="yiche")
    assert (source.is_active, source.name) == (False, "易车网")
