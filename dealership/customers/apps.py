from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "dealership.customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        autodiscover_modules("timeline", "menu", "reconcilers")
