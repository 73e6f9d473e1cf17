"""Settings: the one place that reads the environment. `.env.example` names every variable.

With nothing set it is the embedded default: SQLite, tasks in the process, messages to the console.
"""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

from config.keys import FieldKeys, kept_secret
from config.refusals import CONSOLE, MESSENGER, SMS, refuse_unsafe_start, switch

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(ROOT / ".env")

# Everything that is written while the house runs lies here: database, pictures, made-up secrets of the demo.
VAR = Path(env("HOSTEL_VAR", default="") or ROOT / "var")

PRODUCTION = switch("HOSTEL_PRODUCTION", env("HOSTEL_PRODUCTION", default=""))
DEBUG = switch("HOSTEL_DEBUG", env("HOSTEL_DEBUG", default=""))
HTTPS_REDIRECT = switch("HOSTEL_HTTPS_REDIRECT", env("HOSTEL_HTTPS_REDIRECT", default=""), default=True)
DATABASE_URL = env("DATABASE_URL", default="") or f"sqlite:///{VAR / 'hostel.sqlite3'}"
REDIS_URL = env("REDIS_URL", default="")
# How texts reach people, the preferred way first: what one way does not take, the next one may (`accounts/senders.py`).
SMS_URL = env("HOSTEL_SMS_URL", default="")
SMS_KEY = env("HOSTEL_SMS_KEY", default="")
SMS_SIGN = env("HOSTEL_SMS_SIGN", default="") or "苏青驿"
MESSENGER_URL = env("HOSTEL_MESSENGER_URL", default="")
MESSENGER_KEY = env("HOSTEL_MESSENGER_KEY", default="")
MESSENGER_TEMPLATE = env("HOSTEL_MESSENGER_TEMPLATE", default="")
SENDERS = [
    *([MESSENGER] if MESSENGER_URL else []),
    *(env.list("HOSTEL_SMS", default=[]) or [SMS if SMS_URL else CONSOLE]),
]
# Where letters lead to.
ADDRESS = (env("HOSTEL_ADDRESS", default="") or "http://127.0.0.1:8000").rstrip("/")

refuse_unsafe_start(
    production=PRODUCTION,
    debug=DEBUG,
    secret_key=env("HOSTEL_SECRET_KEY", default=""),
    field_keys=env("HOSTEL_FIELD_KEYS", default=""),
    database_url=DATABASE_URL,
    redis_url=REDIS_URL,
    hosts=env.list("HOSTEL_HOSTS", default=[]),
    senders=SENDERS,
    gateways={"HOSTEL_SMS_URL": SMS_URL, "HOSTEL_MESSENGER_URL": MESSENGER_URL},
    address=env("HOSTEL_ADDRESS", default=""),
    web_processes=env.int("WEB_CONCURRENCY", default=1),
)

# Outside production the secrets are drawn once and kept beside the database, so that a demo has real ones too.
SECRET_KEY = env("HOSTEL_SECRET_KEY", default="") or kept_secret(VAR / "secret_key")
FIELD_KEYS = FieldKeys.read(env("HOSTEL_FIELD_KEYS", default="") or kept_secret(VAR / "field_keys", prefix="k1:"))

ALLOWED_HOSTS = env.list("HOSTEL_HOSTS", default=[]) or ["*"]
CSRF_TRUSTED_ORIGINS = env.list("HOSTEL_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "web",  # its sign-in templates stand before the library's own
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "csp",
    "hostel",
    "accounts",
    "eligibility",
    "bookings",
    "desk",
    "figures",
    "api",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "web.second_factor.SecondFactorMiddleware",
    "web.plain_text.PlainTextMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]

# --- database ---------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE: of 800 transactions by 16 writers the default mode lost 740 to "database is locked", this one none.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON",
    }
    # A file, not memory: the threads of a test meet in it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "tests.sqlite3")}
else:
    # A new connection a request cost more than half of all bookings; a broken one is noticed before it is used, by
    # looking and not by asking (`config/postgresql/base.py`).
    DATABASES["default"]["ENGINE"] = "config.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("HOSTEL_CONN_MAX_AGE", default=0) or None
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    # Here no statement lasts as long as compiling it does: a search took 200 ms, of which 180 were that. And what is
    # prepared (`hostel/prepared.py`) is written so that one plan is good for all values, and is planned once.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c jit=off -c plan_cache_mode=force_generic_plan"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttles count across processes only where the cache is shared; a single process is all that SQLite serves.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- who --------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "/me/"
STAFF_NEED_SECOND_FACTOR = PRODUCTION
# Sign-in: a phone and a code, one step for the new and the known. `web/login.py` has the pages, `accounts/adapters.py`
# what the library asks of us.
ACCOUNT_ADAPTER = "accounts.adapters.LoginAdapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES = env.int("HOSTEL_PROXIES", default=0)
ACCOUNT_RATE_LIMITS = {
    # A phone gets few codes: nobody can be showered with them, nor guess on. An address many: it may be a campus.
    "request_login_code": "60/m/ip,600/h/ip,3/m/key,10/h/key,30/d/key",
    # The tries at one code, counted outside the session: twenty guesses sent at once are still twenty.
    "confirm_login_code": "120/m/ip,3/10m/key",
}
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "苏青驿"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTO_REFRESH": False, "AUTH_HEADER_PREFIX": "Bearer"}
SMS_FILE = env("HOSTEL_SMS_FILE", default="")

# --- the REST door ----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSON"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.manners.AlwaysJSON",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": "api.manners.OnlyMethods",
    "DEFAULT_SCHEMA_CLASS": "api.schema.DoorSchema",
    # How often one login may say who it is (`api/me.py`).
    "DEFAULT_THROTTLE_RATES": {"identity": "30/hour"},
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "NUM_PROXIES": TRUSTED_PROXIES,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "api.refusals.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "api.refusals.ProblemFormatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "苏青驿 · Suqing hostels",
    "VERSION": "1",
    "DESCRIPTION": (
        "A free first roof for young people who come to look for work.\n\n"
        "JSON, snake_case; days are `YYYY-MM-DD`, moments RFC 3339; a night is named by its evening, the day of "
        "leaving is none. Lists come in pages (`results`, `next`). Every error is `application/problem+json`."
    ),
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "DocumentKind": "accounts.models.Person.Document",
        "RoleKind": "accounts.models.Role.Kind",
        "EvidenceWay": "eligibility.models.Evidence.Way",
        "AlternativeKind": "api.problems.ALTERNATIVES",
        "PolicyState": "api.policies.STATES",
        "Outcome": "api.policies.OUTCOMES",
        "ReviewKind": "eligibility.models.Review.Kind",
        "ReviewReason": "eligibility.reviews.BECAUSE",
        "ReviewDecision": "eligibility.models.Review.Decision",
        "ReviewVerdict": "api.reviews.ANSWERS",
        "EvidenceState": "eligibility.models.Evidence.State",
        "WaitingState": "api.waitlist.STATES",
        "BatchState": "api.batches.STATES",
        "NoteKind": "desk.models.Note.Kind",
        "StayStatus": "bookings.models.Stay.Status",
    },
}

# --- language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]  # each in its own words
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_URL = env("HOSTEL_MEDIA_URL", default="/media/")
MEDIA_ROOT = VAR / "media"
# What is sent stays in memory until it is sealed: the house never writes a proof open to the disk. How much may come,
# `eligibility/proof_files.py` says; of a larger request no file is read.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 22 * 1024 * 1024
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Pages of proofs, sealed (`eligibility/proof_files.py`). No address leads to them, only a view that asks who looks.
    "proofs": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env("HOSTEL_PROOFS", default="") or VAR / "proofs",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "config.storages.NamedByContent"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- safety -----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and HTTPS_REDIRECT
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by the proxy itself, from the inside
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "web.errors.csrf_failure"

# --- tasks ------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- what is written down about the running house ---------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
