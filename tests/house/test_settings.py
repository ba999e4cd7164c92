"""What production refuses, sentence by sentence, and that each entrance refuses it."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dealership.logs import JsonLines
from dealership.settings.refusals import refusals, refuse
from dealership.staff.models import Store
from dealership.web.checks import no_demo_in_production, refuse_demo

STRONG = "k3J9x7Qm2Lw8Zr5Tn1Vb6Yc4Hd0Fs-Pg_AeUiOoXzKqMjWlRtBnDvCyHu"
GOOD = {
    "DEBUG": False,
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": ["crm.example.com"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "REDIS_URL": "redis://redis:6379/0",
    "SMS_GATEWAY": "aliyun",
    "ALLOW_SMS_SIMULATOR": False,
}
WEAK = {
    "debug": ({"DEBUG": True}, "DEBUG is on"),
    "no key": ({"SECRET_KEY": ""}, "SECRET_KEY is empty"),
    "default key": ({"SECRET_KEY": "development-only-" + STRONG}, "known default"),
    "short key": ({"SECRET_KEY": STRONG[:49]}, "SECRET_KEY is weak"),
    "dull key": ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is weak"),
    "any host": ({"ALLOWED_HOSTS": ["crm.example.com", "*"]}, "holds \\*"),
    "no host": ({"ALLOWED_HOSTS": []}, "ALLOWED_HOSTS is empty"),
    "empty host": ({"ALLOWED_HOSTS": [""]}, "ALLOWED_HOSTS is empty"),
    "sqlite": (
        {"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}},
        "no PostgreSQL",
    ),
    "no redis": ({"REDIS_URL": ""}, "REDIS_URL is empty"),
    "simulator": ({"SMS_GATEWAY": "simulator"}, "no customer would get a message"),
}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "dealership.settings.prod",
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "crm.example.com",
    "DATABASE_URL": "postgres://showroom:x@127.0.0.1:1/showroom",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SMS_GATEWAY": "aliyun",
}


def test_a_good_set_up_has_nothing_to_refuse():
    assert list(refusals(GOOD)) == []


@pytest.mark.parametrize(("weakness", "sentence"), WEAK.values(), ids=WEAK.keys())
def test_a_weak_set_up_is_refused_with_its_reason(weakness, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        refuse(GOOD | weakness)


def test_all_reasons_are_said_at_once():
    everything = {key: value for weakness, _ in WEAK.values() for key, value in weakness.items()}

    assert len(list(refusals(GOOD | everything))) == 6


def test_the_simulator_may_be_wanted():
    assert list(refusals(GOOD | {"SMS_GATEWAY": "simulator", "ALLOW_SMS_SIMULATOR": True})) == []


def run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME"}}
    return subprocess.run(
        [sys.executable, *command],
        env=clean | PRODUCTION | env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "entrance",
    [
        ("-m", "gunicorn", "-c", "python:dealership.serving", "dealership.wsgi"),
        ("-m", "celery", "-A", "dealership", "worker"),
        ("-m", "celery", "-A", "dealership", "beat"),
        ("manage.py", "migrate"),
    ],
    ids=["web", "worker", "beat", "migrate"],
)
def test_no_entrance_starts_on_a_weak_key(entrance):
    refused = run(*entrance, SECRET_KEY="secret", PORT="0")

    assert refused.returncode != 0
    assert "SECRET_KEY is a known default" in refused.stdout + refused.stderr


def test_production_is_tight():
    asked = """
import json
from django.conf import settings
names = "DEBUG SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE"
print(json.dumps({name: getattr(settings, name) for name in names.split()}))
"""
    answer = run("-c", asked)

    assert json.loads(answer.stdout) == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }


def test_djangos_own_check_of_a_deployment_finds_nothing():
    answer = run("manage.py", "check", "--deploy", "--tag", "security", "--fail-level", "WARNING")

    assert answer.returncode == 0, answer.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("refuses", [True, False])
def test_a_demo_store_stops_production(settings, refuses):
    settings.REFUSES_DEMO = refuses
    Store.objects.create(code="demo", name="演示店", is_demo=True)

    found = no_demo_in_production(None, databases=["default"])

    assert [error.id for error in found] == (["web.E002"] if refuses else [])


@pytest.mark.django_db
def test_a_well_known_password_stops_production(settings, django_user_model):
    settings.REFUSES_DEMO = True
    django_user_model.objects.create_superuser("root", "admin123", name="管理员")

    with pytest.raises(ImproperlyConfigured, match="changepassword root"):
        refuse_demo()


@pytest.mark.django_db
def test_a_password_of_ones_own_does_not(settings, django_user_model):
    settings.REFUSES_DEMO = True
    django_user_model.objects.create_superuser("root", STRONG, name="管理员")

    refuse_demo()


def test_a_log_line_is_one_json_object():
    record = logging.makeLogRecord({"name": "leads", "levelname": "INFO", "msg": "第一行\n%s"})
    record.args = ("two",)

    line = JsonLines().format(record)

    assert "\n" not in line
    assert json.loads(line)["message"] == "第一行\ntwo"
