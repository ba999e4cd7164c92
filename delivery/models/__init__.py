"""SOP-9: the car handed over, the calls that follow, and its entry into the brand's DMS."""

from delivery.models.calls import Callback, CallbackAttempt
from delivery.models.deliveries import Delivery
from delivery.models.dms import DmsEntry, LateApplication

__all__ = ["Callback", "CallbackAttempt", "Delivery", "DmsEntry", "LateApplication"]
