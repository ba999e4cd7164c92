"""Tests: fast hashing, no broker; on the database that DATABASE_URL names, or SQLite."""

import os
import tempfile
from pathlib import Path

from dealership.settings.base import *
from dealership.settings.base import CACHES, DATABASES

SECRET_KEY = "test-only-key"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://"
AXES_ENABLED = False
# Nothing is collected: files are served from where they are found.
STATIC_ROOT = None  # type: ignore[assignment]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Each process its own rows and keys: several runs may share a machine.
RUN = f"showroom-tests-{os.getpid()}"
PRIVATE_DIR = Path(tempfile.gettempdir()) / RUN / "private"
CACHES["default"]["KEY_PREFIX"] = RUN
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in real life: an in-memory database has other locks and no WAL.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"{RUN}.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )
