"""Speaking to lost and dormant customers again, and taking their leads up anew."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from dealership.web.answers import go
from dealership.web.http import Request, authorize, door, page, typed
from dealership.web.once import once
from leads import actions
from leads.forms.losses import ReactivateForm, RecallForm, RevisitForm
from leads.models import LossRecall
from leads.selectors.losses import talks_of
from leads.views.losses import a_lead, an_application


@door(GET="leads.revisit_lost", POST="leads.revisit_lost")
def loss_revisit(request: Request, pk: int) -> HttpResponse:
    application = an_application(request, pk)
    form = RevisitForm(typed(request), application=application)
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return go(request, attempt.url)
            given = form.cleaned_data
            if form.run(actions.record_revisit, application, by=request.user, **given):
                return go(request, attempt.finish(application.lead), said=_("Recorded."))
    context = {
        "application": application,
        "lead": application.lead,
        "form": form,
        "contacts": talks_of(application.lead),
    }
    return page(request, "leads/loss_revisit.html", context, partial="form", form=form)


@door(GET="leads.recall_lost", POST="leads.recall_lost")
def loss_recall(request: Request, pk: int) -> HttpResponse:
    recall = get_object_or_404(LossRecall.objects.visible_to(request.user).with_people(), pk=pk)
    form = RecallForm(typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.record_recall, recall, by=request.user, **form.cleaned_data)
    ):
        return go(request, "leads:loss-list", said=_("Recorded."))
    context = {"recall": recall, "application": recall.application, "form": form}
    return page(request, "leads/loss_recall.html", context, partial="form", form=form)


@door(GET="leads.reactivate_lead", POST="leads.reactivate_lead")
def lead_reactivate(request: Request, pk: int) -> HttpResponse:
    lead = a_lead(request, pk)
    authorize(request.user, "leads.reactivate_lead", lead)
    form = ReactivateForm(
        typed(request), lead=lead, user=request.user, initial={"consultant": lead.consultant_id}
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(actions.reactivate_lead, lead, by=request.user, **form.cleaned_data)
    ):
        return go(request, lead, said=_("The lead is open again."))
    context = {"lead": lead, "form": form}
    return page(request, "leads/lead_reactivate.html", context, partial="form", form=form)
