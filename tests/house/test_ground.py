"""The ground under all rooms: database, driver, schedule, static files, doorbell, translations."""

import importlib.metadata
import json
import threading
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from celery import current_app
from celery.schedules import crontab
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection, connections, transaction
from kombu.exceptions import OperationalError

from dealership.celery import Doorbell
from dealership.databases import configure
from dealership.schedule import BEAT_SCHEDULE
from dealership.web import static


def test_psycopg_3_is_not_installed():
    """Django would silently prefer it to the driver that was chosen."""
    installed = {found.metadata["Name"].lower() for found in importlib.metadata.distributions()}

    assert "psycopg" not in installed
    assert "psycopg2-binary" in installed


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_sqlite_writes_ahead_and_waits():
    with connection.cursor() as cursor:
        pragmas = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "busy_timeout", "foreign_keys")
        }

    assert pragmas == {"journal_mode": "wal", "busy_timeout": 20_000, "foreign_keys": 1}


def test_sqlite_survives_a_power_cut_outside_tests():
    database = configure({"ENGINE": "django.db.backends.sqlite3", "NAME": "x"})

    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgresql_keeps_its_connections():
    database = configure({"ENGINE": "django.db.backends.postgresql", "NAME": "x"})

    assert database["CONN_MAX_AGE"] == 60
    assert database["CONN_HEALTH_CHECKS"] is True


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_sqlite_transaction_takes_the_write_lock_at_once():
    """A second writer waits for the first; a deferred lock would fail in the middle."""
    order: list[str] = []
    first_is_in, let_go = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            first_is_in.set()
            let_go.wait(10)
            order.append("first")
        connections.close_all()

    def second() -> None:
        first_is_in.wait(10)
        with transaction.atomic():
            order.append("second")
        connections.close_all()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    first_is_in.wait(10)
    threads[1].join(0.3)
    let_go.set()
    for thread in threads:
        thread.join(10)

    assert order == ["first", "second"]


@pytest.mark.parametrize("name", BEAT_SCHEDULE)
def test_each_scheduled_task_exists(name):
    current_app.loader.import_default_modules()

    assert BEAT_SCHEDULE[name]["task"] in current_app.tasks


@pytest.mark.parametrize("name", BEAT_SCHEDULE)
def test_a_wake_up_call_that_nobody_took_is_thrown_away(name):
    """Hours without a worker must not leave thousands of them behind."""
    entry = BEAT_SCHEDULE[name]
    schedule = entry["schedule"]
    if isinstance(schedule, crontab):
        minutes = sorted(schedule.minute)
        apart = min(after - before for before, after in pairwise([*minutes, minutes[0] + 60]))
        schedule = timedelta(minutes=apart)

    assert entry["options"]["expires"] <= max(schedule.total_seconds(), 60)


def test_an_absent_broker_does_not_break_the_page_that_rings_it(monkeypatch, caplog):
    def refuse(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("celery.app.task.Task.apply_async", refuse)

    @current_app.task(name="house.ring")
    def task() -> None: ...

    assert isinstance(task, Doorbell)
    assert task.delay() is None
    assert "did not take house.ring" in caplog.text


@pytest.mark.parametrize("path", static.FILES)
def test_each_browser_file_is_served(path):
    assert Path(finders.find(path)).is_file()


def test_nothing_else_of_a_package_is_served():
    assert finders.find("vendor/tabler/package.json") is None
    assert finders.find("@tabler/core/package.json") is None


def test_a_missing_browser_file_is_named(monkeypatch):
    monkeypatch.setitem(static.FILES, "vendor/x.js", "no/such/file.js")

    [error] = static.PackageFinder().check()

    assert "no/such/file.js" in error.msg


def test_translations_are_compiled():
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            assert compiled.exists(), "run `make setup`"
            assert compiled.stat().st_mtime >= source.stat().st_mtime, "run `make setup`"


def test_what_production_collects_names_no_missing_file(settings, tmp_path):
    """The manifest storage follows each `url()`, import and source map; a wrong one stops it."""
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    hashed = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert "vendor/tabler/tabler.min.css" in hashed
