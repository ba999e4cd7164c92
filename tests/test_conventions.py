"""What every room keeps to, checked in its source: permissions, forms, templates, privacy."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from dealership.privacy.classes import OF_STAFF, Class
from dealership.staff.policy import POLICY

ROOT = Path(settings.BASE_DIR)
ROOMS = ("dealership", "leads", "showroom", "deals", "delivery")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted(
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
)
MOST_LINES = 400
FINDER = "dealership/web/static.py"  # its signature is Django's
INCLUDED = re.compile(r"{% include [\"']([^\"']+)[\"']")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in names:
                yield node


def markup(path: Path) -> str:
    """The template's HTML: comments and tags of Django taken out, so that quotes match."""
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", "", path.read_text(), flags=re.S)
    return re.sub(r"{%.*?%}|{{.*?}}", "x", text, flags=re.S)


def with_includes(path: Path) -> str:
    """The template's source with that of every template it includes."""
    text = path.read_text()
    parts = [ROOT / "templates" / name for name in INCLUDED.findall(text)]
    return text + "".join(with_includes(part) for part in parts if part.exists() and part != path)


class Tags(HTMLParser):
    """Every start tag with the form that it stands in."""

    def __init__(self, text: str):
        super().__init__()
        self.form: dict[str, str | None] | None = None
        self.found: list[tuple[str, dict[str, str | None], dict[str, str | None] | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.form = given
        self.found.append((tag, given, self.form))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None


def works_plainly(tag: str, form: dict[str, str | None] | None, *, is_part: bool) -> bool:
    """A form that posts, a button in one, or (in a part) a field that looks something up."""
    if form is None:
        return is_part and tag not in {"a", "button", "form"}
    return form.get("method") == "post" and bool(form.get("action"))


def test_every_permission_that_a_template_asks_for_is_in_the_table():
    asked = {
        (name_of(path), permission)
        for path in TEMPLATES
        for permission in re.findall(r"{%\s*may\s+[\"']([^\"']+)[\"']", path.read_text())
    }

    assert {entry for entry in asked if entry[1] not in POLICY} == set()


def test_every_permission_that_the_code_asks_for_is_in_the_table():
    asked = {
        (name_of(path), word.value)
        for path in SOURCES
        for call in calls(path, "may", "authorize", "door", "has_perm")
        for word in [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(word, ast.Constant) and isinstance(word.value, str) and "." in word.value
    }

    assert asked
    assert {entry for entry in asked if entry[1] not in POLICY} == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_works_without_script_and_under_the_content_policy(path):
    text, whole, wrong = path.read_text(), with_includes(path), []
    for tag, given, form in Tags(markup(path)).found:
        if "style" in given or any(name.startswith("on") for name in given):
            wrong.append(f"<{tag}> has an inline style or handler")
        if tag == "style" or (tag == "script" and "src" not in given):
            wrong.append(f"inline <{tag}>")
        if "hx-post" in given and not works_plainly(tag, form, is_part=path.name[0] == "_"):
            wrong.append(f"<{tag} hx-post> is no form with method post and action, nor in one")
        if tag == "form" and given.get("method") == "post" and "csrf_token" not in whole:
            wrong.append("a form without csrf_token")
        if any(name in given for name in ("hx-put", "hx-patch", "hx-delete")):
            wrong.append(f"<{tag}> uses a method that forms don't have")
        if any("http" in (given.get(name) or "")[:8] for name in ("src", "href", "hx-get")):
            wrong.append(f"<{tag}> asks another host")
    if re.search(r"\|\s*safe\b|{%\s*autoescape\s+off", text):
        wrong.append("escaping is switched off")

    assert wrong == []


def test_no_html_is_marked_safe_in_python():
    assert [name_of(path) for path in SOURCES if any(calls(path, "mark_safe"))] == []


def test_yes_or_no_is_said_by_name():
    """`roster(user, is_on_duty=True)`, never `roster(user, True)`."""
    wrong = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            wrong += [
                f"{name_of(path)}: {node.name}({argument.arg})"
                for argument in node.args.args
                if name_of(path) != FINDER
                and isinstance(argument.annotation, ast.Name)
                and argument.annotation.id == "bool"
            ]

    assert wrong == []


def test_one_module_reads_the_clock():
    readers = {"dealership/clock.py"}
    simulator = "dealership/messaging/simulator"  # another machine, with its own clock
    forbidden = re.compile(r"timezone\.now\(|datetime\.now\(|utcnow\(|date\.today\(|time\.time\(")

    found = {name_of(path) for path in SOURCES if forbidden.search(path.read_text())}

    assert {name for name in found if not name.startswith(simulator)} - readers == set()


def test_rows_are_written_by_actions_not_by_save_or_signals():
    wrong = []
    for path in SOURCES:
        source = path.read_text()
        if re.search(
            r"django\.(db\.models|core)\.?\w* import .*\b(post|pre)_(save|delete)\b|@receiver",
            source,
        ):
            wrong.append(f"{name_of(path)}: signals")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef) and "models" in (path.stem, path.parent.name):
                wrong += [
                    f"{name_of(path)}: {node.name}.save"
                    for method in node.body
                    if isinstance(method, ast.FunctionDef) and method.name == "save"
                ]

    assert wrong == []


@pytest.mark.parametrize(
    "name", ["utils.py", "helpers.py", "constants.py", "managers.py", "signals.py"]
)
def test_modules_are_named_after_nouns(name):
    assert [name_of(path) for path in SOURCES if path.name == name] == []


def test_no_module_hides_what_its_package_offers():
    """Importing `selectors/history.py` would put the module in the place of `selectors.history`."""
    hidden = []
    for path in SOURCES:
        if path.name != "__init__.py":
            continue
        modules = {module.stem for module in path.parent.glob("*.py")}
        package = ".".join(path.parent.relative_to(ROOT).parts)
        hidden += [
            f"{name_of(path)}: {name}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if (name := alias.asname or alias.name) in modules
            and node.module not in (package, f"{package}.{name}")
        ]

    assert hidden == []


def test_no_module_grows_beyond_a_sitting():
    long = {name_of(path): len(path.read_text().splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


# Words of the house and of providers: codes, names of settings and goods, nothing of a person.
IMPERSONAL = {
    "staff.Store": {"name", "phone", "city", "timezone"},
    "staff.Team": {"name"},
    "staff.User": {"password", "language"},
    "staff.ApiToken": {"digest"},
    "web.Submission": {"key", "door", "digest", "url", "answer"},
    "privacy.Access": {"subject_type", "field"},
    "privacy.Export": {"what", "filters", "columns", "format"},
    "customers.Consent": {"wording"},
    "customers.OwnedCar": {"series_text"},
    "customers.Event": {"kind", "subject_type"},
    "customers.DuplicatePair": {"reasons"},
    "customers.MergedRow": {"model"},
    "customers.Sweep": {"lease"},
    "vehicles.Series": {"name"},
    "vehicles.Trim": {"name", "engine", "features"},
    "vehicles.Colour": {"name", "swatch"},
    "vehicles.Car": {"vin", "interior", "spot", "remark"},
    "vehicles.CarMove": {"what", "data"},
    "privacy.StoredFile": {"media", "sha256"},
    "messaging.Notice": {"kind", "url", "key"},
    "messaging.Sms": {"purpose", "subject_type", "reason", "provider", "provider_id", "lease"},
    "messaging.SmsEvent": {"detail"},
    "messaging.InboundSms": {"provider", "provider_id"},
    "messaging.SmsTemplate": {"purpose", "name", "body", "external_id"},
    "sop.ChecklistRun": {"checklist", "subject_type", "period"},
    "sop.Tick": {"item", "grade"},
    "sop.Deadline": {
        "step", "subject_type", "period", "limit_kind", "lease", "quarantine_reason",
    },
    "sop.Heartbeat": {"name"},
    "sop.StepLimit": {"step"},
    "sop.Holiday": {"name"},
    "leads.Source": {"name"},
    "leads.AssignmentRule": {"name"},
    "leads.HandOverRow": {"subject_type"},
    "leads.IntentLevel": {"code", "name"},
    "leads.SavedView": {"name", "columns"},
    "leads.ViewColumns": {"view", "columns"},
    "leads.Campaign": {"name", "place", "description"},
    "leads.CampaignCost": {"what"},
    "leads.IntakeKey": {"name", "digest"},
    "leads.IntakeEntry": {"external_id", "reason"},
    "leads.ProspectList": {"name", "origin", "basis_note", "columns"},
    "leads.ImportRun": {
        "file", "file_name", "sha256", "encoding", "delimiter", "sheets", "sheet", "mapping",
        "reason", "lease",
    },
    "leads.LossReason": {"name"},
    "deals.Order": {"number"},
    "delivery.LateApplication": {"reference"},
    "delivery.DmsEntry": {"dms_number"},
}  # fmt: skip
TEXT = (models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField)
OURS = [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS]


def personal_of(model: type[models.Model]) -> dict[str, Class]:
    return getattr(model, "personal", {}) or OF_STAFF.get(model._meta.label, {})


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_text_of_a_model_has_a_class_or_is_known_to_be_nobodys(model):
    texts = {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, TEXT) and not field.choices and not isinstance(field, models.SlugField)
    }
    known = set(personal_of(model)) | IMPERSONAL.get(model._meta.label, set())

    assert texts - known == set(), "name them in `personal`, or here if they tell of nobody"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_class_is_given_to_fields_that_exist(model):
    fields = {field.name for field in model._meta.get_fields()}

    assert set(personal_of(model)) - fields == set()
    assert all(isinstance(kind, Class) for kind in personal_of(model).values())


def test_nothing_is_both_personal_and_nobodys():
    assert [
        model._meta.label
        for model in OURS
        if set(personal_of(model)) & IMPERSONAL.get(model._meta.label, set())
    ] == []
    labels = {model._meta.label for model in OURS}
    assert set(IMPERSONAL) - labels == set(), "these models are gone"
