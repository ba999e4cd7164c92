"""Losses: the application, the manager's decision, the list and the report."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions
from leads.forms.losses import DecisionForm, LossForm, LossReasonForm
from leads.models import Lead, LossApplication, LossReason
from leads.selectors import losses as questions
from leads.selectors.loss_report import loss_report as report_of


def a_lead(request: Request, pk: int) -> Lead:
    return get_object_or_404(Lead.objects.visible_to(request.user).with_people(), pk=pk)


def an_application(request: Request, pk: int) -> LossApplication:
    rows = LossApplication.objects.visible_to(request.user).with_people()
    return get_object_or_404(questions.with_facts(rows), pk=pk)


@door(GET="leads.apply_for_loss", POST="leads.apply_for_loss")
def loss_new(request: Request, pk: int) -> HttpResponse:
    lead = a_lead(request, pk)
    form = LossForm(typed(request), lead=lead)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            given = form.cleaned_data
            if form.run(actions.apply_for_loss, lead, by=request.user, **given):
                said = _("The manager has been asked.")
                return go(request, attempt.finish(lead), said=said)
    context = {
        "lead": lead,
        "form": form,
        "pending": questions.pending_loss(lead),
        "rivals": questions.rivals_of(lead.store),
    }
    return page(request, "leads/loss_new.html", context, partial="form", form=form)


@door(GET="leads.view_losses")
def loss_list(request: Request) -> HttpResponse:
    context = questions.loss_listing(request.user, request.GET)
    context |= {"form": DecisionForm(), "recalls": questions.recalls_waiting(request.user)}
    return page(request, "leads/loss_list.html", context, partial="rows")


@door(GET="leads.view_losses", POST="leads.decide_loss")
def loss_decide(request: Request, pk: int) -> HttpResponse:
    application = an_application(request, pk)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        authorize(request.user, "leads.decide_loss", application)
        if form.is_valid() and form.run(
            actions.decide_loss, application, by=request.user, **form.cleaned_data
        ):
            approved = form.cleaned_data["approved"]
            said = _("Approved.") if approved else _("Sent back to the consultant.")
            return go(request, "leads:loss-list", said=said)
    context = {"form": form, "row": questions.with_deadlines([application])[0]}
    return page(request, "leads/loss_decide.html", context, partial="form", form=form)


@door(POST="leads.withdraw_loss")
def loss_withdraw(request: Request, pk: int) -> HttpResponse:
    application = an_application(request, pk)
    authorize(request.user, "leads.withdraw_loss", application)
    actions.withdraw_application(application, by=request.user)
    return go(request, application.lead, said=_("The application is withdrawn."))


@door(GET="leads.view_loss_report")
def loss_report(request: Request) -> HttpResponse:
    context = report_of(request.user, request.GET)
    return page(request, "leads/loss_report.html", context)


@door(GET="leads.manage_loss_reasons")
def loss_reason_list(request: Request) -> HttpResponse:
    context = {"groups": questions.reasons_of(request.user.active_store)}
    return page(request, "leads/loss_reason_list.html", context)


@door(POST="leads.manage_loss_reasons")
def loss_reason_usual(request: Request) -> HttpResponse:
    actions.set_up_loss_reasons(request.user.active_store)
    return go(request, "leads:loss-reason-list", said=_("The usual reasons are in place."))


@door(GET="leads.manage_loss_reasons", POST="leads.manage_loss_reasons")
def loss_reason_new(request: Request) -> HttpResponse:
    store = request.user.active_store
    form = LossReasonForm(
        typed(request), store=store, is_new=True, is_group=False,
        initial={"group": request.GET.get("group")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            if form.run(actions.add_reason, store, by=request.user, **form.cleaned_data):
                return go(request, attempt.finish("leads:loss-reason-list"), said=_("Added."))
    return page(request, "leads/loss_reason_new.html", {"form": form}, partial="form", form=form)


@door(GET="leads.manage_loss_reasons", POST="leads.manage_loss_reasons")
def loss_reason_edit(request: Request, pk: int) -> HttpResponse:
    rows = LossReason.objects.visible_to(request.user).select_related("parent", "store")
    reason = get_object_or_404(rows, pk=pk)
    now = {
        name: getattr(reason, name) for name in ("name", "asks_rival", "stops_contact", "is_active")
    }
    is_group = reason.parent_id is None
    form = LossReasonForm(
        typed(request), store=reason.store, is_new=False, is_group=is_group, initial=now
    )
    if request.method == "POST" and form.is_valid():
        given = now | form.cleaned_data
        if form.run(actions.change_reason, reason, by=request.user, **given):
            return go(request, "leads:loss-reason-list", said=_("Saved."))
    context = {"form": form, "reason": reason}
    return page(request, "leads/loss_reason_edit.html", context, partial="form", form=form)
