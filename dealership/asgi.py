"""ASGI entry point, for hosts that prefer it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings.prod")

application = get_asgi_application()

from dealership.web.checks import refuse_demo  # noqa: E402 (needs the applications)

refuse_demo()
