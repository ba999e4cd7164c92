"""Notices, the ledger of texts with the life of each, replies, and the wording."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from dealership.messaging import actions, selectors
from dealership.messaging.forms import TemplateForm
from dealership.messaging.models import Notice, Sms
from dealership.messaging.purposes import PURPOSES, Purpose
from dealership.staff.models import Store
from dealership.web.http import Request, authorize, door, page, typed


@door(GET="messaging.view_notices")
def notices(request: Request) -> HttpResponse:
    listed = selectors.notices(request.user, before=request.GET.get("before", ""))
    return page(request, "messaging/notices.html", {"page": listed}, partial="rows")


@door(GET="messaging.view_notices")
def notices_poll(request: Request) -> HttpResponse:
    news = selectors.news(request.user, after=request.GET.get("after", ""))
    return page(request, "_bell.html", vars(news))


@door(POST="messaging.view_notices")
def notice_read(request: Request, pk: int) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    actions.read_notice(notice)
    if notice.url and url_has_allowed_host_and_scheme(notice.url, None):
        return redirect(notice.url)
    return redirect("messaging:notices")


@door(POST="messaging.view_notices")
def notices_read_all(request: Request) -> HttpResponse:
    actions.read_all(request.user)
    return redirect("messaging:notices")


@door(GET="messaging.view_sms")
def sms_list(request: Request) -> HttpResponse:
    chosen = request.GET.get("state", "")
    before = request.GET.get("before", "")
    context = {
        "page": selectors.texts(request.user, state=chosen, before=before),
        "states": Sms.State.choices,
        "chosen": chosen,
    }
    return page(request, "messaging/sms_list.html", context, partial="rows")


@door(GET="messaging.view_sms")
def sms_detail(request: Request, pk: int) -> HttpResponse:
    sms = get_object_or_404(Sms.objects.visible_to(request.user).with_people(), pk=pk)
    authorize(request.user, "messaging.view_sms", sms)
    context = {"sms": sms, "life": selectors.life_of(sms)}
    return page(request, "messaging/sms_detail.html", context)


@door(GET="messaging.view_sms")
def reply_list(request: Request) -> HttpResponse:
    listed = selectors.replies(request.user, before=request.GET.get("before", ""))
    return page(request, "messaging/reply_list.html", {"page": listed}, partial="rows")


@door(GET="messaging.change_templates")
def template_list(request: Request) -> HttpResponse:
    context = {"wordings": selectors.wordings(my_store(request))}
    return page(request, "messaging/template_list.html", context)


@door(GET="messaging.change_templates", POST="messaging.change_templates")
def template_edit(request: Request, code: str) -> HttpResponse:
    purpose, store = declared(code), my_store(request)
    wording = selectors.wording_of(purpose, store)
    form = TemplateForm(typed(request), initial=wording.initial)
    if request.method == "POST" and form.is_valid():
        said = {"store": store, "by": request.user, **form.cleaned_data}
        if form.run(actions.change_template, purpose, **said):
            messages.success(request, _("Saved. New messages use this text."))
            return redirect("messaging:template-list")
    context = {"form": form, "wording": wording}
    context["preview"] = selectors.preview(purpose, str(form["body"].value() or ""))
    return page(request, "messaging/template_edit.html", context, partial="form", form=form)


@door(POST="messaging.change_templates")
def template_preview(request: Request, code: str) -> HttpResponse:
    preview = selectors.preview(declared(code), request.POST.get("body", ""))
    return page(request, "messaging/_preview.html", {"preview": preview})


@door(POST="messaging.change_templates")
def template_drop(request: Request, code: str) -> HttpResponse:
    actions.drop_template(declared(code), store=my_store(request), by=request.user)
    messages.success(request, _("The declared text is used again."))
    return redirect("messaging:template-list")


def my_store(request: Request) -> Store:
    """The store that the person works in; without one there is no wording to see."""
    if request.user.active_store is None:
        raise Http404
    return request.user.active_store


def declared(code: str) -> Purpose:
    if code not in PURPOSES:
        raise Http404
    return PURPOSES[code]
