"""The look: readable in both themes, one set of parts, nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation

from dealership.web.phrases import SPANS, SPOKEN
from dealership.web.stages import STAGES
from dealership.web.static import FILES

ROOT = Path(settings.BASE_DIR)
CSS = ROOT / "static" / "css"
JS = ROOT / "static" / "js"
TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
SURFACES = ("canvas", "surface", "raised", "sunken", "hover")
SIGNALS = ("soon", "late", "done", "future")


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme out of tokens.css."""
    text = (CSS / "tokens.css").read_text()
    block = text.split(f'[data-bs-theme="{theme}"] {{', 1)[1].split("\n  }", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_on_every_surface(theme):
    colours = tokens(theme)
    inks = ("ink", "ink-2", "ink-3", "brand-text", "soon", "late", "done")
    pairs = [(ink, surface) for ink in inks for surface in SURFACES]
    pairs += [(signal, f"{signal}-tint") for signal in SIGNALS]
    pairs += [(f"stage-{code}", f"stage-{code}-tint") for code in STAGES]
    pairs += [(f"stage-{code}", "surface") for code in STAGES]
    pairs += [("brand-ink", "brand"), ("brand-ink", "brand-strong"), ("brand-text", "brand-tint")]
    pairs += [("count-ink", "count"), ("surface", "brand-text")]

    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shapes_and_edges_of_fields_can_be_seen(theme):
    colours = tokens(theme)
    shapes = [f"{signal}-solid" for signal in SIGNALS] + ["line-field"]

    weak = {shape: contrast(colours[shape], colours["surface"]) for shape in shapes}

    assert {shape: ratio for shape, ratio in weak.items() if ratio < 3} == {}


def test_both_themes_name_the_same_colours():
    assert tokens("light").keys() == tokens("dark").keys()


def test_colours_are_written_in_the_tokens_alone():
    others = [path for path in CSS.rglob("*.css") if path.name != "tokens.css"]
    painted = {
        path.name: found
        for path in others
        if (found := re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text()))
    }

    assert painted == {}


def test_every_token_that_is_used_exists():
    text = "".join(path.read_text() for path in CSS.rglob("*.css"))
    known = set(re.findall(r"(--[\w-]+):", text))

    assert set(re.findall(r"var\((--[\w-]+)", text)) - known == set()


@pytest.mark.parametrize("path", sorted(CSS.rglob("*.css")), ids=lambda path: path.name)
def test_a_stylesheet_fills_one_layer(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    if path.name == "main.css":
        assert "@layer vendor, tokens, base, components, stages;" in text
        assert set(re.findall(r'url\("\.\./([^"]+)"\)', text)) <= set(FILES)
        return

    assert re.fullmatch(r"\s*@layer (tokens|base|components|stages) \{.*\}\s*", text, flags=re.S)
    assert "!important" not in text
    assert "url(http" not in text


def test_the_vendor_never_outranks_us():
    """Rules of ours stand in layers above the vendor's, so that no rule needs to shout."""
    head = (TEMPLATES / "_head.html").read_text()

    linked = re.findall(r"{% static 'css/(\w+)\.css' %}", head)

    assert linked[0] == "main"
    assert "vendor/" not in head


def test_every_module_is_loaded_and_every_behaviour_named_in_a_page_exists():
    # A page may bring a module of its own; all of them register what they do.
    scripts = {path.name: path.read_text() for path in JS.rglob("*.js")}
    pages = "".join(path.read_text() for path in PAGES)
    known = set(re.findall(r'behaviour\(\s*"([\w-]+)"', "".join(scripts.values())))
    markup = pages + "".join(path.read_text() for path in ROOT.glob("**/widgets.py"))
    bound = re.findall(r'data-behaviour"?[=:] ?"([\w -]+)"', markup)
    # These are found by the modules without being started.
    found_otherwise = {"deadline"}

    named = set(re.findall(r'(?:from|import) "\./([\w-]+\.js)"', "".join(scripts.values())))
    named |= set(re.findall(r"{% static 'js/([\w-]+\.js)' %}", pages))

    assert {name for value in bound for name in value.split()} - known - found_otherwise == set()
    assert set(scripts) - named == set()


def test_what_the_browser_says_is_translated():
    scripts = "".join(path.read_text() for path in JS.rglob("*.js"))
    said = set(re.findall(r'\bsay\("(\w+)"', scripts))

    assert said - set(SPANS | SPOKEN) == set()


def test_icons_exist():
    names = set(re.findall(r"\.ti-([\w-]+):before", icon_font()))
    markup = "".join(path.read_text() for path in PAGES)
    used = set(re.findall(r"""{% icon ["']([\w-]+)["'] %}""", markup))
    used |= {stage.icon for stage in STAGES.values()}

    assert used - names == set()


def icon_font() -> str:
    return (ROOT / "node_modules" / FILES["vendor/icons/tabler-icons.min.css"]).read_text()


def test_every_part_is_documented():
    guide = (ROOT / "docs" / "design.md").read_text()
    tags = {"countdown", "fuse", "stage_tag", "stage_dot"}  # written as tags
    widgets = {"chips", "stepper", "phone_input"}  # written as widgets
    inner = {"story_line", "run_line", "_chip"}
    parts = {path.stem for path in (TEMPLATES / "components").glob("*.html")} - widgets - inner

    missing = {part for part in parts if f"components/{part}.html" not in guide} - tags

    assert missing == set()
    assert all(f"{{% {tag} " in guide for tag in tags)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_page_has_no_inline_script_style_or_foreign_address(path):
    text = path.read_text()

    assert not re.search(r"\sstyle=|\son\w+=\"", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "//cdn" not in text
    assert not re.search(r"(src|href)=\"https?:", text)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "500"])
def test_an_error_page_says_what_to_do_without_a_database(name, language, rf):
    request = None if name == "500" else rf.get("/somewhere/")
    with translation.override(language):
        html = render_to_string(f"{name}.html", {}, request=request)

    assert '<html lang="' in html
    assert 'href="/"' in html


def test_a_broken_page_needs_no_context_at_all():
    """Django renders 500.html without request, user or shell."""
    html = get_template("500.html").template.render(Context())

    assert "css/base.css" in html


def test_the_sign_in_page_is_whole(client):
    html = client.get("/login/").text

    assert 'autocomplete="current-password"' in html
    assert 'name="language"' in html


def test_the_shell_offers_the_rooms_and_the_ways_out(client, li_na):
    client.force_login(li_na)

    html = client.get("/me/").text

    assert 'id="search-box"' in html
    assert 'class="dock"' in html
    assert 'hx-headers=\'{"X-CSRFToken": "' in html
    for name in ("language", "theme", "logout"):
        assert name in html
    assert html.count('<main id="main"') == 1


def test_after_signing_in_again_a_part_leads_back_to_its_page(client):
    """A poll that finds the session ended must not send people to the poll's own address."""
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/today/"}

    response = client.get("/messages/notices/poll/", headers=asked)

    assert response.headers["HX-Redirect"] == "/login/?next=/today/"
