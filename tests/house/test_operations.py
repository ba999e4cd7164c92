"""The set-up for production: documented, without default passwords, not as root."""

import re

import pytest
import yaml
from django.conf import settings

ROOT = settings.BASE_DIR
CODE = (
    "dealership",
    "leads",
    "showroom",
    "deals",
    "delivery",
    "tests/suite.py",
    "tests/conftest.py",
    "tests/browser.py",
)
READ = re.compile(
    r"""(?:\benv(?:\.\w+)?\(|environ(?:\.get\(|\.setdefault\(|\[))\s*["'](\w+)["'](?!\] =)"""
)
IN_COMPOSE = re.compile(r"(?<!\$)\$\{(\w+)(:[-?][^}]*)?\}")


def read_by_code() -> set[str]:
    files = [
        path
        for place in CODE
        for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    ]
    return {name for path in files for name in READ.findall(path.read_text())}


def documented() -> set[str]:
    text = (ROOT / "docs" / "operations.md").read_text()
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_each_variable_is_documented_and_each_documented_one_is_read():
    asked_by_compose = {name for name, _ in compose_variables()}

    assert documented() == read_by_code() | asked_by_compose


def compose_variables() -> list[tuple[str, str]]:
    return IN_COMPOSE.findall((ROOT / "docker-compose.yml").read_text())


def test_compose_sets_only_what_the_house_reads(compose):
    assert set(compose["services"]["web"]["environment"]) <= read_by_code()


@pytest.mark.parametrize("secret", ["SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"])
def test_compose_has_no_default_for_a_secret(secret):
    uses = [rule for name, rule in compose_variables() if name == secret]

    assert any(rule.startswith(":?") for rule in uses)
    assert not any(rule.startswith(":-") and len(rule) > 2 for rule in uses)


def test_every_service_has_a_health_check_and_starts_again(compose):
    services = compose["services"]
    lasting = {name: service for name, service in services.items() if name != "migrate"}

    assert {"web", "worker", "beat", "db", "redis", "proxy"} <= set(lasting)
    for name, service in lasting.items():
        assert service.get("healthcheck"), name
        assert service["restart"] == "unless-stopped", name


def test_only_the_proxy_is_reached_from_outside(compose):
    open_to_all = [name for name, service in compose["services"].items() if service.get("ports")]

    assert open_to_all == ["proxy"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert all(compose["services"][name]["networks"] == ["inside"] for name in ("db", "redis"))


def test_the_house_waits_for_its_migration(compose):
    for name in ("web", "worker", "beat"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully", name


def test_private_files_lie_in_a_volume(compose):
    assert "private" in compose["volumes"]
    assert compose["services"]["web"]["volumes"] == ["private:/srv/private"]


def test_the_image_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]

    assert users[-1] not in {"root", "0"}
    assert lines.index(f"USER {users[-1]}") < next(
        number for number, line in enumerate(lines) if line.startswith("CMD")
    )


def test_the_image_carries_neither_secrets_nor_data():
    ignored = (ROOT / ".dockerignore").read_text().split()
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert {".env", "var", ".git"} <= set(ignored)
    assert not re.search(r"^(ENV|ARG).*(SECRET|PASSWORD)", dockerfile, re.MULTILINE)


def test_requirements_are_pinned_and_name_no_host():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [
            line
            for line in (ROOT / name).read_text().splitlines()
            if line and not line.startswith(("#", "-r "))
        ]
        assert all(re.fullmatch(r"[\w.\[\]-]+==[\w.]+", line) for line in lines), name


def test_the_browsers_lock_names_no_host():
    assert "http" not in re.sub(r'"url": "[^"]*"', "", (ROOT / "package-lock.json").read_text())
