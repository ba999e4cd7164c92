"""The text messages of follow-up, shown as the customer will read them."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from dealership.messaging.selectors import can_text
from dealership.web.answers import read_anew
from dealership.web.http import Request, door, page, typed
from dealership.web.once import once
from leads import actions, selectors
from leads.actions.messages import missed_call_text, reminder_text
from leads.forms.contacts import NoticeForm
from leads.sms import MISSED_CALL, VISIT_REMINDER
from leads.views.contacts import find

SENDS = {
    MISSED_CALL.code: actions.text_missed_call,
    VISIT_REMINDER.code: actions.text_reminder,
}


@door(GET="leads.contact_lead", POST="leads.contact_lead")
def contact_message(request: Request, pk: int) -> HttpResponse:
    lead = find(request, pk, "leads.contact_lead")
    visit = selectors.visit_of(lead)
    form = NoticeForm(typed(request))
    if request.method == "POST" and form.is_valid():
        with once(request) as attempt:
            if attempt.done:
                return read_anew(request, attempt.url)
            if form.run(SENDS[form.cleaned_data["purpose"]], lead, by=request.user):
                messages.success(request, _("The SMS is on its way."))
                return read_anew(request, attempt.finish(lead))
    texts = [(MISSED_CALL, missed_call_text(lead))]
    if visit is not None:
        texts.insert(0, (VISIT_REMINDER, reminder_text(visit)))
    context = {
        "lead": lead,
        "form": form,
        "visit": visit,
        "texts": texts,
        "obstacle": can_text(lead.customer, MISSED_CALL),
    }
    return page(request, "leads/contact_message.html", context, partial="form", form=form)
