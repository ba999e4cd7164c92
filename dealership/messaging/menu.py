"""Where messages stand in the menu, and what they raise above every page."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.refusals import on_refusal
from dealership.web.context import UNREAD, Entry, menu

menu(
    Entry("messaging:sms-list", "message", _("Text messages"), "messaging.view_sms", "after", 60),
    Entry(
        "messaging:template-list",
        "template",
        _("Wording of texts"),
        "messaging.change_templates",
        "settings",
        40,
    ),
)
UNREAD.append("dealership.messaging.selectors.unread_notices")
on_refusal("dealership.messaging.actions.stop_texts")
