"""Where orders stand in the menu and on the customer page."""

from django.utils.translation import gettext_lazy as _

from dealership.customers.panels import Panel, panel
from dealership.web.context import Entry, menu
from leads.belongings import Belonging, declare_belonging

menu(Entry("deals:order-list", "file-certificate", _("Orders"), "deals.view_order", "sale", 40))
panel(Panel("orders", _("Orders"), "file-certificate", "deals:order-panel", "deals.view_order", 40))
declare_belonging(Belonging(_("Open orders"), "deals.selectors.open_orders_of"))
