"""Leads leave the house: the form that asks why, and the log that managers read."""

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from dealership.web.http import Request, door, page, typed
from leads.actions.exports import export_leads
from leads.forms.lists import ExportForm
from leads.selectors.exports import exports_of
from leads.selectors.filters import first, is_id, read


@door(GET="leads.export_leads", POST="leads.export_leads")
def lead_export(request: Request) -> HttpResponse | FileResponse:
    """The list's own filters stand in the URL: what is seen there is what goes out."""
    reading = read(request.user, request.GET)
    form = ExportForm(typed(request))
    words = " · ".join(active.label for active in reading.active if active.name != "q")
    if request.method == "POST" and form.is_valid():
        filters = f"{reading.view.label}: {words}" if words else str(reading.view.label)
        made = form.run(
            export_leads, reading.rows, filters=filters, by=request.user, **form.cleaned_data
        )
        if made:
            return FileResponse(made.file, as_attachment=True, filename=made.name)
    context = {"form": form, "reading": reading, "count": reading.rows.count(), "words": words}
    context["title"] = _("Export leads")
    return page(request, "leads/lead_export.html", context, form=form)


@door(GET="leads.view_exports")
def export_list(request: Request) -> HttpResponse:
    before = first(request.GET, "before")
    rows, more = exports_of(request.user, before=int(before) if is_id(before) else 0)
    context = {"rows": rows, "next_url": f"?before={more}" if more else ""}
    return page(request, "leads/export_list.html", context)
