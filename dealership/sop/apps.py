from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SopConfig(AppConfig):
    name = "dealership.sop"
    verbose_name = _("SOP clock")

    def ready(self) -> None:
        from dealership.sop import checks  # noqa: F401, PLC0415

        autodiscover_modules("sop")
