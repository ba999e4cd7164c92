"""Values that every environment shares; each comes from the environment or has a safe default."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from dealership.databases import configure
from dealership.schedule import BEAT_SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "dealership.web",
    "dealership.staff",
    "dealership.privacy",
    "dealership.customers",
    "dealership.vehicles",
    "dealership.messaging",
    "dealership.sop",
    "leads",
    "showroom",
    "deals",
    "delivery",
    "dealership.dashboards",
    "rules.apps.AutodiscoverRulesConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dealership.web.middleware.KeepTypedWork",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "dealership.staff.middleware.CurrentStore",
    "dealership.web.middleware.Answers",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "dealership.urls"
WSGI_APPLICATION = "dealership.wsgi.application"
ASGI_APPLICATION = "dealership.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "dealership.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "dealership.web.templatetags.showroom_tags",
                "dealership.customers.templatetags.customer_tags",
            ],
        },
    },
]

DATABASE_URL = env("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
DATABASES = {"default": configure(env.db_url_config(DATABASE_URL))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="")
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "showroom",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "staff:login"
LOGIN_REDIRECT_URL = "dashboards:home"
LOGOUT_REDIRECT_URL = "staff:login"
SESSION_COOKIE_AGE = env.int("SESSION_AGE_SECONDS", default=12 * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# In the database alone: a session that is ended there is ended everywhere, Redis or not.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dealership.web.errors.csrf_refused"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "staff/locked_out.html"
AXES_RESET_ON_SUCCESS = True
# How many reverse proxies stand before the web: the address of a client is read past them.
AXES_IPWARE_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0) or None
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if AXES_IPWARE_PROXY_COUNT else ["REMOTE_ADDR"]
)

# Floods are let in by so much: leads a minute from a portal's key, wrong keys a minute and
# answers to a campaign's form in ten minutes from one address (a whole hall may share one).
INTAKE_PER_MINUTE = env.int("INTAKE_PER_MINUTE", default=60)
INTAKE_GUESSES_PER_MINUTE = 20
FORM_ANSWERS_PER_ADDRESS = env.int("FORM_ANSWERS_PER_ADDRESS", default=60)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "dealership" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "dealership.web.static.PackageFinder",
]
PRIVATE_DIR = Path(env("PRIVATE_DIR", default=str(VAR_DIR / "private")))
# Seals pictures and documents in the private store; empty: derived from SECRET_KEY. Whoever loses
# the key loses the files.
FILES_KEY = env("FILES_KEY", default="")
# Made by `manage.py make_fonts` out of the browser's packages.
FONTS_DIR = Path(env("FONTS_DIR", default=str(BASE_DIR / "var" / "fonts")))
# Files of lists that come in, and of leads that go out. The proxy takes a little more.
IMPORT_MAX_MB = env.int("IMPORT_MAX_MB", default=24)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=200_000)
EXPORT_MAX_ROWS = env.int("EXPORT_MAX_ROWS", default=5_000)

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that a call without a sign-in is answered 401 and told how.
        "dealership.staff.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "dealership.web.schema.HouseSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "dealership.web.api.explain",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Showroom CRM API",
    "DESCRIPTION": (
        "The same actions and rows as the pages. Sign in with a personal token (`Authorization: "
        "Bearer sr_…`, made on your account page) or with the browser's session. People who work "
        "in several stores choose one with the header `X-Store: code`. Lists come in pages: follow "
        "`next`. A creating call with an `Idempotency-Key` counts once. 409 is a rule of the "
        "house: `detail` says in your language what to do."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

BROKER_PORT = env.int("BROKER_PORT", default=6399)
CELERY_BROKER_URL = REDIS_URL or f"redis://127.0.0.1:{BROKER_PORT}/0"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task: sooner, a running task would be given to a second worker.
    "visibility_timeout": 600,
    "unacked_restore_throttle": 1,
    # An absent broker must not hold up the page that rings it: one try, and a short one. The rows
    # are found by the next tick all the same.
    "max_retries": 0,
    "socket_timeout": 3,
    "socket_connect_timeout": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
# No file of its own to break: what is due is in the rows.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# Keys the digests by which ID numbers are recognised; empty: derived from SECRET_KEY. Another key
# recognises nobody any more.
IDENTITY_HASH_KEY = env("IDENTITY_HASH_KEY", default="")

SMS_GATEWAY = env("SMS_GATEWAY", default="simulator")
SMS_SIMULATOR_URL = env("SMS_SIMULATOR_URL", default="http://127.0.0.1:8090")
SMS_SIGNATURE = env("SMS_SIGNATURE", default="东风风神")
# Shared with the simulator and the providers' push URLs; empty: derived from SECRET_KEY.
SMS_KEY = env("SMS_KEY", default="")
# A worker's claim on a message; the simulator turns away calls signed longer ago than its window.
SMS_LEASE_SECONDS = env.int("SMS_LEASE_SECONDS", default=60)
SMS_SIMULATOR_WINDOW = env.int("SMS_SIMULATOR_WINDOW", default=60)
SMS_PER_PHONE_HOUR = env.int("SMS_PER_PHONE_HOUR", default=5)
SMS_PER_PHONE_DAY = env.int("SMS_PER_PHONE_DAY", default=10)
SMS_NOTICES_KEEP_QUIET_HOURS = env.bool("SMS_NOTICES_KEEP_QUIET_HOURS", default=True)
SMS_NOTICES_NEED_CONSENT = env.bool("SMS_NOTICES_NEED_CONSENT", default=True)
SMS_ALIYUN_KEY_ID = env("SMS_ALIYUN_KEY_ID", default="")
SMS_ALIYUN_KEY_SECRET = env("SMS_ALIYUN_KEY_SECRET", default="")
SMS_ALIYUN_ENDPOINT = env("SMS_ALIYUN_ENDPOINT", default="dysmsapi.aliyuncs.com")

LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "dealership.logs.JsonLines"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "plain",
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Its greeting at each start; failed sign-ins are rows, not log lines.
        "axes": {"level": "WARNING"},
        # A line for each step of each PDF.
        "weasyprint": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
