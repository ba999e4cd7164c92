"""Forms of sign-in, tokens and roster."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from dealership.web.forms import Form, Refusable

MAX_PASSWORD = 128


class SignInForm(AuthenticationForm):
    """User name and password; one sentence for every failure, so that names can't be guessed."""

    error_messages = {
        "invalid_login": _("User name or password is wrong."),
        "inactive": _("User name or password is wrong."),
    }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(MaxLengthValidator(MAX_PASSWORD))

    def clean(self) -> dict[str, Any]:
        if self.errors:
            raise self.get_invalid_login_error()
        return super().clean()


class PasswordForm(Refusable, PasswordChangeForm):
    """The old password and twice the new one; over-long ones are refused before they are hashed."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.validators.append(MaxLengthValidator(MAX_PASSWORD))


class TokenForm(Form):
    name = forms.CharField(label=_("What is the token for?"), max_length=60)


class DutyForm(Form):
    user = forms.IntegerField()
    day = forms.DateField()
    on_duty = forms.BooleanField(required=False)
