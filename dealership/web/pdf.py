"""
Pages as PDF, A4, from the same templates as on the screen.

WeasyPrint is imported when the first PDF is asked for: it needs Pango, a library of the system
(`libpango-1.0-0`, `libpangoft2-1.0-0`, `libharfbuzz-subset0` on Debian). Where that is missing
the user is told so and can print the page from the browser.
"""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.web.fonts import WEIGHTS, font

SHEET = "templates/paper.css"
# Pango's font map is one for the process.
_ONE_AT_A_TIME = Lock()


def make_pdf(template: str, context: dict[str, Any]) -> bytes:
    """
    Render `template` (which extends `paper.html`) and set it on A4.

    No address but the house's own fonts and pictures given as `data:` is ever fetched.
    RuleViolation (code "no_pdf") on a machine without Pango.
    """
    weasyprint = _weasyprint()
    text = render_to_string(template, {"language": get_language(), **context})
    with _ONE_AT_A_TIME:
        page = weasyprint.HTML(string=text, url_fetcher=_fetcher())
        return bytes(page.write_pdf(stylesheets=[_sheet()], font_config=_fonts()))


def pdf_answer(name: str, content: bytes, *, is_download: bool = False) -> HttpResponse:
    """Hand a PDF out; in the browser's own viewer unless it is a download."""
    response = HttpResponse(content, content_type="application/pdf")
    disposition = content_disposition_header(as_attachment=is_download, filename=name)
    response.headers["Content-Disposition"] = disposition or "inline"
    return response


def _weasyprint() -> Any:
    try:
        import weasyprint  # noqa: PLC0415 – needs libraries of the system
    except OSError:
        raise RuleViolation(
            _("This machine cannot make PDFs: Pango is not installed. Print the page from the "
              "browser instead, or ask whoever runs the machine."),
            code="no_pdf",
        ) from None  # fmt: skip
    return weasyprint


@cache
def _fonts() -> Any:
    """One font configuration for the process: reading the fonts takes its time."""
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    return FontConfiguration()


@cache
def _sheet() -> Any:
    faces = "".join(
        f"@font-face{{font-family:House;font-weight:{weight};src:url(font:{weight})}}"
        for weight in WEIGHTS
        if font(weight).exists()
    )
    text = (Path(settings.BASE_DIR) / SHEET).read_text()
    return _weasyprint().CSS(string=faces + text, url_fetcher=_fetcher(), font_config=_fonts())


@cache
def _fetcher() -> Any:
    """What a sheet may load: our fonts, and data that stands in the page itself."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OwnFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("font:"):
                return URLFetcherResponse(url, font(int(url.removeprefix("font:"))).read_bytes())
            return super().fetch(url, headers)

    return OwnFiles(allowed_protocols={"data"})
