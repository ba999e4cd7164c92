"""How a file of the private store is shown; the view has asked who may."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from dealership.privacy.actions import content_of
from dealership.privacy.models import StoredFile


def show_file(kept: StoredFile) -> HttpResponse:
    """The file itself, never cached, nothing in it is run."""
    ending = "jpg" if kept.is_picture else "pdf"
    name = f"{kept.title or kept.name.hex[:8]}.{ending}"
    response = HttpResponse(content_of(kept), content_type=kept.media)
    disposition = content_disposition_header(as_attachment=False, filename=name)
    response.headers["Content-Disposition"] = disposition or "inline"
    return response
