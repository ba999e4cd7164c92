"""What the house does with messages."""

from dealership.messaging.actions.delivery import deliver
from dealership.messaging.actions.incoming import receive_inbound, receive_receipt
from dealership.messaging.actions.notices import notify, notify_roles, read_all, read_notice
from dealership.messaging.actions.outgoing import cancel_sms, queue_sms, stop_texts
from dealership.messaging.actions.wording import change_template, drop_template, render

__all__ = [
    "cancel_sms",
    "change_template",
    "deliver",
    "drop_template",
    "notify",
    "notify_roles",
    "queue_sms",
    "read_all",
    "read_notice",
    "receive_inbound",
    "receive_receipt",
    "render",
    "stop_texts",
]
