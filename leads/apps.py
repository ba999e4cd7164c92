from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = _("Lead development")

    def ready(self) -> None:
        # What files may hold: each room declares its own kinds of import.
        autodiscover_modules("imports")
