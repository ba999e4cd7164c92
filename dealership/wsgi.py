"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings.prod")

application = get_wsgi_application()

from dealership.web.checks import refuse_demo  # noqa: E402 (needs the applications)

refuse_demo()
