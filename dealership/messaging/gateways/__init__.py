"""The way out to the carriers: one interface, chosen by `SMS_GATEWAY`."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from dealership.messaging.gateways.base import Answer, Gateway, Outcome

__all__ = ["Answer", "Gateway", "Outcome", "current_gateway"]

NAMES = {
    "simulator": "dealership.messaging.gateways.simulator.SimulatorGateway",
    "aliyun": "dealership.messaging.gateways.aliyun.AliyunGateway",
}


def current_gateway() -> Gateway:
    """Return the gateway that the settings name, by short name or dotted path."""
    return _gateway(settings.SMS_GATEWAY)


@cache
def _gateway(name: str) -> Gateway:
    found: Gateway = import_string(NAMES.get(name, name))()
    return found
