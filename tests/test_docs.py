"""The docs say what the code does."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from dealership.sop.checklists import CHECKLISTS
from dealership.sop.steps import STEPS
from dealership.sop.wording import text_of

DOCS = Path(__file__).resolve().parent.parent / "docs"
ROOMS = {"staff", "customers", "vehicles", "messaging", "sop", "privacy"}


def rows_of(page: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    text = (DOCS / page).read_text()
    part = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.sop("1.1")
def test_the_table_of_clocks_is_the_code_s():
    told = {
        (sop, step.strip("`"), who, limit)
        for sop, step, who, limit, *_ in rows_of("sop.md", "Clocks")
    }
    with translation.override("en"):
        declared = {
            (
                step.sop,
                step.code,
                str(step.role.label),
                "by the end of the day agreed" if step.is_dated else text_of(step.limit),
            )
            for step in STEPS.values()
            if not step.code.startswith("test.")
        }

    assert told == declared


def test_the_table_of_checklists_is_the_code_s():
    told = {
        (name.strip("`"), int(lines)) for _sop, name, lines, _by in rows_of("sop.md", "Checklists")
    }
    declared = {
        (checklist.code, len(checklist.items))
        for checklist in CHECKLISTS.values()
        if not checklist.code.startswith("test.")
    }

    assert told == declared


def glossary_code() -> list[str]:
    lines = (DOCS / "glossary.md").read_text().splitlines()
    cells = [
        line.split(" | ")[2] for line in lines if line.startswith("| ") and line.count(" | ") == 3
    ]
    return [name for cell in cells[1:] for name in re.findall(r"`([A-Za-z_.]+(?:\(\))?)`", cell)]


@pytest.mark.parametrize(
    "name", sorted({n for n in glossary_code() if n[0].islower() and "." in n})
)
def test_the_glossary_names_what_exists(name: str):
    room, *rest = name.removesuffix("()").split(".")
    module = import_module(f"dealership.{room}" if room in ROOMS else room)
    if name in STEPS:
        return
    models = {model.__name__: model for model in apps.get_app_config(room).get_models()}
    if rest[0] in models:
        assert all(hasattr(models[rest[0]], part) for part in rest[1:])
        return
    actions = import_module(f"{module.__name__}.actions")
    found = [module, actions, import_module(f"{module.__name__}.models")]
    for extra in ("roles", "steps", "checklists"):
        try:
            found.append(import_module(f"{module.__name__}.{extra}"))
        except ModuleNotFoundError:
            continue
    assert any(hasattr(place, rest[-1]) for place in found), name


def test_the_pages_link_only_to_what_is_there():
    for page in [*DOCS.glob("*.md"), DOCS.parent / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_kind_of_row_has_a_word():
    """A model that people speak of stands in the glossary."""
    text = (DOCS / "glossary.md").read_text()
    spoken = {"Store", "Customer", "Lead", "Visit", "Order", "Delivery", "Deadline", "Sms", "Event"}

    assert all(f".{name}`" in text for name in spoken)
