from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "dealership.messaging"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from dealership.messaging import checks  # noqa: F401, PLC0415

        autodiscover_modules("sms")
