"""Production: HTTPS, compressed static files, and a refusal to start on a weak set-up."""

from dealership.settings.base import *
from dealership.settings.base import LOGGING, env
from dealership.settings.refusals import refuse

DEBUG = env.bool("DEBUG", default=False)
# Demo rows and known passwords in the database stop the start as well: web/checks.py.
REFUSES_DEMO = True
ALLOW_SMS_SIMULATOR = env.bool("ALLOW_SMS_SIMULATOR", default=False)

SECURE_SSL_REDIRECT = True
# The proxy talks plain HTTP to us and asks for the house's health from inside.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
# What holds for the names below ours, or for a browser's built-in list, is not ours to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "woff", "woff2", "png", "jpg", "webp", "gz", "zip"]

LOGGING["handlers"]["stdout"]["formatter"] = "json"

refuse(globals())
