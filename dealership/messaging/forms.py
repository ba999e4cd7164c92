"""What managers type about texts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dealership.messaging.texts import MAX_LENGTH
from dealership.web.forms import Form
from dealership.web.widgets import MessageText


class TemplateForm(Form):
    """A store's own wording for one purpose."""

    body = forms.CharField(label=_("Text"), max_length=MAX_LENGTH, widget=MessageText)
    name = forms.CharField(label=_("Template name"), max_length=60, required=False)
    external_id = forms.CharField(
        label=_("Template number at the gateway"),
        max_length=40,
        required=False,
        help_text=_("Aliyun: the code of the approved template, such as SMS_154950909."),
    )
