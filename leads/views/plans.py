"""The month's plans, their evaluation, and the visits to prospects."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions
from leads.forms.plans import EvaluationForm, PlannedVisitForm, TargetsForm, VisitResultForm
from leads.models import MonthlyPlan, PlannedVisit
from leads.selectors import plans as questions
from leads.selectors.loss_report import month_before


def a_month(kind: str, month: str) -> date:
    found = questions.month_of(month)
    if found is None or kind not in MonthlyPlan.Kind.values:
        raise Http404
    return found


@door(GET="leads.view_plans")
def plan_now(request: Request, pk: int, kind: str, back: int) -> HttpResponse:
    """Where the clock of a store sends its manager: this month's plan, or last month's."""
    if pk != request.user.active_store.pk:
        raise Http404
    month = month_before(questions.this_month(request.user.active_store), back)
    return redirect(questions.month_url(kind, month))


@door(GET="leads.view_plans")
def plan_list(request: Request) -> HttpResponse:
    month = questions.this_month(request.user.active_store)
    return redirect(questions.month_url(MonthlyPlan.Kind.BASE, month))


@door(GET="leads.view_plans", POST="leads.make_plans")
def plan_month(request: Request, kind: str, month: str) -> HttpResponse:
    """The table; a POST writes the targets, and with `place` puts the plan in place."""
    first, store = a_month(kind, month), request.user.active_store
    form = TargetsForm(request.POST if request.method == "POST" else None, store=store, kind=kind)
    if request.method == "POST" and form.is_valid():
        where = {"kind": kind, "month": first, "by": request.user}
        act = actions.place_plan if "place" in request.POST else None
        if form.run(actions.set_targets, store, targets=form.targets, **where) and (
            act is None or form.run(act, store, **where)
        ):
            said = _("The plan is in place.") if act else _("Saved.")
            return go(request, questions.month_url(kind, first), said=said)
    context = questions.plan_table(request.user, kind, first)
    context |= {"form": form, "evaluation": EvaluationForm()}
    return page(request, "leads/plan_month.html", context, form=form)


@door(POST="leads.make_plans")
def plan_copy(request: Request, kind: str, month: str) -> HttpResponse:
    first = a_month(kind, month)
    actions.copy_targets(request.user.active_store, kind=kind, month=first, by=request.user)
    said = _("Last month's targets are copied.")
    return go(request, questions.month_url(kind, first), said=said)


@door(GET="leads.make_plans", POST="leads.make_plans")
def plan_evaluate(request: Request, kind: str, month: str) -> HttpResponse:
    first = a_month(kind, month)
    form = EvaluationForm(typed(request))
    if request.method == "POST" and form.is_valid():
        where = {"kind": kind, "month": first, "by": request.user}
        store = request.user.active_store
        if form.run(actions.evaluate_plan, store, **where, **form.cleaned_data):
            return go(request, questions.month_url(kind, first), said=_("Signed."))
    context = {"form": form, "kind": MonthlyPlan.Kind(kind), "month": first}
    context["back_url"] = questions.month_url(kind, first)
    return page(request, "leads/plan_evaluate.html", context, partial="form", form=form)


@door(GET="leads.view_plans")
def plan_rows(request: Request, month: str) -> HttpResponse:
    first = a_month(MonthlyPlan.Kind.BASE, month)
    context = questions.spoken_to(request.user, first, request.GET)
    context["back_url"] = questions.month_url(MonthlyPlan.Kind.BASE, first)
    return page(request, "leads/plan_rows.html", context)


@door(GET="leads.view_plans")
def planned_visit_list(request: Request) -> HttpResponse:
    context = questions.visit_listing(request.user, request.GET)
    return page(request, "leads/planned_visit_list.html", context, partial="rows")


@door(GET="leads.plan_visits", POST="leads.plan_visits")
def planned_visit_new(request: Request) -> HttpResponse:
    form = PlannedVisitForm(typed(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            given = {"consultant": request.user, **form.cleaned_data}
            store = request.user.active_store
            if form.run(actions.plan_visit, store, by=request.user, **given):
                said = _("The visit is planned.")
                return go(request, attempt.finish("leads:planned-visit-list"), said=said)
    return page(request, "leads/planned_visit_new.html", {"form": form}, partial="form", form=form)


def a_visit(request: Request, pk: int) -> PlannedVisit:
    rows = PlannedVisit.objects.visible_to(request.user).select_related("consultant", "store")
    visit = get_object_or_404(rows, pk=pk)
    authorize(request.user, "leads.plan_visits", visit)
    return visit


@door(GET="leads.plan_visits", POST="leads.plan_visits")
def planned_visit_done(request: Request, pk: int) -> HttpResponse:
    """A bare POST says that it was made; with the form, what it brought."""
    visit = a_visit(request, pk)
    now = {"result": visit.result, "leads_won": visit.leads_won}
    form = VisitResultForm(typed(request), initial=now)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data if "result" in request.POST else now
        if form.run(actions.record_planned_visit, visit, by=request.user, **given):
            return go(request, "leads:planned-visit-list", said=_("Recorded."))
    context = {"form": form, "visit": visit}
    return page(request, "leads/planned_visit_done.html", context, partial="form", form=form)


@door(POST="leads.plan_visits")
def planned_visit_drop(request: Request, pk: int) -> HttpResponse:
    visit = a_visit(request, pk)
    actions.drop_planned_visit(visit, by=request.user)
    return go(request, "leads:planned-visit-list", said=_("Taken out of the plan."))
