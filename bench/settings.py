"""Production-like settings for the bench: no DEBUG, plus the trivial view to compare with."""

from dealership.settings.base import *  # noqa: F403
from dealership.settings.base import TEMPLATES

SECRET_KEY = "bench-only"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]  # noqa: F405
AXES_ENABLED = False
LOGGING_CONFIG = None
