"""Who has a lead and why, who gets it next, and the store's rules about it (SOP-2.2)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership import clock
from dealership.web.answers import go, read_anew
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions
from leads.forms.ownership import (
    ConditionsForm,
    GiveForm,
    PolicyForm,
    PoolForm,
    PostponeForm,
    RuleForm,
)
from leads.models import AssignmentRule, Lead
from leads.selectors.ownership import decisions_on, policy_of, recycling_of, weigh


def _lead(request: Request, pk: int) -> Lead:
    return get_object_or_404(Lead.objects.visible_to(request.user).with_people(), pk=pk)


@door(GET="leads.view_lead")
def lead_owner(request: Request, pk: int) -> HttpResponse:
    lead = _lead(request, pk)
    context = {"lead": lead, "decisions": decisions_on(lead), "recycling": recycling_of(lead)}
    return page(request, "leads/lead_owner.html", context, partial="sheet")


@door(GET="leads.assign_lead", POST="leads.assign_lead")
def lead_assign(request: Request, pk: int) -> HttpResponse:
    lead = _lead(request, pk)
    authorize(request.user, "leads.assign_lead", lead)
    form = GiveForm(typed(request), store=lead.store)
    if request.method == "POST" and "by_rules" in request.POST:
        actions.distribute_lead(lead, by=request.user)
        return read_anew(request, lead)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.give_lead, lead, by=request.user, **form.cleaned_data)
    ):
        return read_anew(request, lead)
    context = {"lead": lead, "form": form, "decisions": decisions_on(lead)}
    return page(request, "leads/lead_assign.html", context, partial="form", form=form)


@door(GET="leads.pool_lead", POST="leads.pool_lead")
def lead_pool(request: Request, pk: int) -> HttpResponse:
    lead = _lead(request, pk)
    authorize(request.user, "leads.pool_lead", lead)
    form = PoolForm(typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.put_into_pool, lead, by=request.user, **form.cleaned_data)
    ):
        return go(request, "leads:pool", said=_("%(name)s is in the pool.") % {"name": lead})
    context = {"lead": lead, "form": form}
    return page(request, "leads/lead_pool.html", context, partial="form", form=form)


@door(GET="leads.assign_lead", POST="leads.assign_lead")
def lead_postpone(request: Request, pk: int) -> HttpResponse:
    lead = _lead(request, pk)
    authorize(request.user, "leads.assign_lead", lead)
    form = PostponeForm(typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.postpone_recycling, lead, by=request.user, **form.cleaned_data)
    ):
        return read_anew(request, lead)
    context = {"lead": lead, "form": form, "recycling": recycling_of(lead)}
    return page(request, "leads/lead_postpone.html", context, partial="form", form=form)


@door(GET="leads.set_ownership", POST="leads.set_ownership")
def ownership(request: Request) -> HttpResponse:
    store = request.user.active_store
    form = PolicyForm(typed(request), initial=PolicyForm.now(policy_of(store)))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.set_policy, store, by=request.user, **form.cleaned_data)
    ):
        return go(request, "leads:ownership", said=_("This counts from now on."))
    rules = AssignmentRule.objects.visible_to(request.user).with_conditions()
    context = {"form": form, "rules": list(rules)}
    return page(request, "leads/ownership.html", context, form=form)


@door(GET="leads.set_ownership", POST="leads.set_ownership")
def rule_new(request: Request) -> HttpResponse:
    store = request.user.active_store
    form = RuleForm(typed(request), store=store)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            if form.run(actions.make_rule, store=store, by=request.user, **form.cleaned_data):
                return go(request, attempt.finish("leads:ownership"))
    return page(request, "leads/rule_edit.html", {"form": form}, partial="form", form=form)


@door(GET="leads.set_ownership", POST="leads.set_ownership")
def rule_edit(request: Request, pk: int) -> HttpResponse:
    rule = get_object_or_404(AssignmentRule.objects.visible_to(request.user), pk=pk)
    form = RuleForm(typed(request), store=rule.store, initial=RuleForm.now(rule))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.change_rule, rule, by=request.user, **form.cleaned_data)
    ):
        return go(request, "leads:ownership")
    context = {"form": form, "rule": rule}
    return page(request, "leads/rule_edit.html", context, partial="form", form=form)


@door(POST="leads.set_ownership")
def rule_move(request: Request, pk: int) -> HttpResponse:
    rule = get_object_or_404(AssignmentRule.objects.visible_to(request.user), pk=pk)
    actions.move_rule(rule, is_up="up" in request.POST, by=request.user)
    return go(request, "leads:ownership")


@door(GET="leads.set_ownership")
def rule_try(request: Request) -> HttpResponse:
    """Who would get such a lead now? Nothing is given and nobody's turn is taken."""
    form = ConditionsForm(request.GET, store=request.user.active_store)
    found = weigh(form.facts, at=clock.now()) if form.is_valid() else None
    context = {"form": form, "found": found}
    return page(request, "leads/rule_try.html", context, partial="form")
