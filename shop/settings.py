"""Every setting of the shop, typed and read from the environment by name.

A missing or malformed value stops the start and says which one, what was read and what is
expected. docs/operations.md lists the names.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corsheaders.defaults import default_headers
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from shop.environment import Environment, origin_of
from shop.logs import LogFormat, logging_of
from shop.signing_in import (  # noqa: F401  (settings of django-allauth)
    ACCOUNT_CHANGE_EMAIL,
    ACCOUNT_EMAIL_NOTIFICATIONS,
    ACCOUNT_EMAIL_SUBJECT_PREFIX,
    ACCOUNT_EMAIL_VERIFICATION,
    ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED,
    ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND,
    ACCOUNT_LOGIN_BY_CODE_ENABLED,
    ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND,
    ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
    ACCOUNT_LOGIN_METHODS,
    ACCOUNT_LOGIN_ON_PASSWORD_RESET,
    ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED,
    ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT,
    ACCOUNT_PREVENT_ENUMERATION,
    ACCOUNT_RATE_LIMITS,
    ACCOUNT_REAUTHENTICATION_REQUIRED,
    ACCOUNT_SIGNUP_FIELDS,
    ACCOUNT_USER_MODEL_USERNAME_FIELD,
    HEADLESS_CLIENTS,
    MFA_PASSKEY_LOGIN_ENABLED,
    MFA_PASSKEY_SIGNUP_ENABLED,
    MFA_SUPPORTED_TYPES,
    MFA_TOTP_TOLERANCE,
    MFA_WEBAUTHN_USER_VERIFICATION,
    SIGN_IN_HEADERS,
    pages_of,
)
from shop.skin import UNFOLD  # noqa: F401  (a setting of django-unfold)

BASE_DIR = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 50
DEVELOPMENT_SECRET = "for-development-only-" + "0" * 40

environment = Environment(os.environ)

PRODUCTION = (
    environment.one_of("SHOP_MODE", "development", among=("development", "production"))
    == "production"
)
DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.text("SECRET_KEY", DEVELOPMENT_SECRET)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "" if PRODUCTION else "*")
CORS_ALLOWED_ORIGINS = environment.words("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [*default_headers, *SIGN_IN_HEADERS]
CORS_EXPOSE_HEADERS = ["X-Request-Id", "Retry-After"]
CORS_PREFLIGHT_MAX_AGE = 24 * 60 * 60
PUBLIC_URL = environment.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
STOREFRONT_URL = environment.text("STOREFRONT_URL", PUBLIC_URL).rstrip("/")
CSRF_TRUSTED_ORIGINS = [*CORS_ALLOWED_ORIGINS, PUBLIC_URL]


def refuse_unsafe_production() -> None:
    """Raises: ImproperlyConfigured, for what may never face the public."""
    if DEBUG:
        raise environment.refused("DEBUG", "false when SHOP_MODE is production")
    if SECRET_KEY == DEVELOPMENT_SECRET or len(SECRET_KEY) < SHORTEST_SECRET:
        raise environment.refused(
            "SECRET_KEY", "a random secret of 50 characters or more in production", secret=True
        )
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise environment.refused("ALLOWED_HOSTS", "the host names of the shop, by commas")
    if "*" in CORS_ALLOWED_ORIGINS or not all("://" in each for each in CORS_ALLOWED_ORIGINS):
        raise environment.refused(
            "CORS_ALLOWED_ORIGINS", "origins such as https://shop.example, by commas, never *"
        )


if PRODUCTION:
    refuse_unsafe_production()

DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / "var")))
DATABASES = {"default": environment.database("DATABASE_URL", f"sqlite:///{DATA_DIR}/shop.sqlite3")}
CACHES = {"default": environment.cache("CACHE_URL")}
CACHE_IS_SHARED = bool(environment.text("CACHE_URL", ""))
RATE_LIMIT_PER_MINUTE = environment.number("RATE_LIMIT_PER_MINUTE", 20_000 if PRODUCTION else 0)
KEPT_ANSWERS_MB = environment.number("KEPT_ANSWERS_MB", 32)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

OUR_APPS = [
    "clinic",
    "accounts",
    "pets",
    "catalog",
    "advice",
    "orders",
    "conversations",
    "recommendations",
    "shop",
]
OUR_PACKAGES = ["kernel", *OUR_APPS]
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "shop.admin_config.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "django_ox",
    *OUR_APPS,
]
MIDDLEWARE = [
    "shop.observed.observed",
    "shop.kept.KeptAnswers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "shop.edges.EdgeHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
AUTH_USER_MODEL = "accounts.Login"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "shop" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "shop" / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_URL = environment.text("MEDIA_URL", "/media/")
MEDIA_ORIGINS = [
    origin_of(each) for each in (MEDIA_URL, environment.text("S3_ENDPOINT", "")) if "://" in each
]
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"
TEXT_INDEX_ROOT = DATA_DIR / "index"
BACKUP_DIR = Path(environment.text("BACKUP_DIR", str(DATA_DIR / "backups")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024


def storages() -> dict[str, dict[str, Any]]:
    """Pictures in a folder, or in an S3 bucket when S3_BUCKET is given."""
    bucket = environment.text("S3_BUCKET", "")
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if not bucket:
        filesystem = "django.core.files.storage.FileSystemStorage"
        private = {"location": PRIVATE_ROOT, "base_url": None}
        return {
            "default": {"BACKEND": filesystem},
            "private": {"BACKEND": filesystem, "OPTIONS": private},
            "staticfiles": static,
        }
    options = {
        "bucket_name": bucket,
        "endpoint_url": environment.text("S3_ENDPOINT", "") or None,
        "region_name": environment.text("S3_REGION", "") or None,
        "querystring_auth": False,
        "file_overwrite": True,
    }
    private_options = {
        **options,
        "bucket_name": environment.text("S3_PRIVATE_BUCKET", f"{bucket}-private"),
        "querystring_auth": True,
        "file_overwrite": False,
    }
    return {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
        "private": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": private_options},
        "staticfiles": static,
    }


STORAGES = storages()


def mailer() -> dict[str, Any]:
    """An SMTP server in production; files in DATA_DIR/mail elsewhere."""
    if not PRODUCTION:
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": DATA_DIR / "mail"},
        }
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": environment.text("EMAIL_HOST", "localhost"),
            "port": environment.number("EMAIL_PORT", 25, least=1),
            "username": environment.text("EMAIL_HOST_USER", ""),
            "password": environment.text("EMAIL_HOST_PASSWORD", ""),
            "use_tls": environment.flag("EMAIL_USE_TLS", default=False),
            "timeout": 10,
        },
    }


MAILERS = {"default": mailer()}
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "boutique@clinique.example")

STRIPE_PUBLISHABLE_KEY = environment.text("STRIPE_PUBLISHABLE_KEY", "")
STRIPE_SECRET_KEY = environment.key("STRIPE_SECRET_KEY", "sk_", "rk_", needed=PRODUCTION)
STRIPE_WEBHOOK_SECRET = environment.key("STRIPE_WEBHOOK_SECRET", "whsec_", needed=PRODUCTION)
STRIPE_STAND_IN_URL = environment.text("STRIPE_STAND_IN_URL", "http://127.0.0.1:8009").rstrip("/")

TASKS = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        "QUEUES": [],
        "OPTIONS": {
            "MAX_ATTEMPTS": 5,
            "LOCK_TIMEOUT": 120,
            "SCHEDULES": {
                "cards-due": {"task": "catalog.tasks.reproject_due_cards", "cron": "* * * * *"},
                "index-check": {"task": "catalog.tasks.check_search_index", "cron": "*/5 * * * *"},
                "uploads-stale": {
                    "task": "catalog.tasks.forget_stale_uploads",
                    "cron": "17 * * * *",
                },
                "orders-unpaid": {
                    "task": "orders.tasks.release_expired_orders",
                    "cron": "* * * * *",
                },
                "approvals-late": {"task": "orders.tasks.expire_approvals", "cron": "7 * * * *"},
                "stripe-lately": {"task": "orders.tasks.reconcile_lately", "cron": "*/15 * * * *"},
                "stripe-nightly": {"task": "orders.tasks.reconcile_the_week", "cron": "51 2 * * *"},
                "reviews-daily": {"task": "catalog.tasks.ask_for_reviews", "cron": "11 8 * * *"},
                "suggestions-nightly": {
                    "task": "recommendations.tasks.train_nightly",
                    "cron": "41 3 * * *",
                },
                "reminders-daily": {
                    "task": "recommendations.tasks.remind_of_what_runs_out",
                    "cron": "37 8 * * *",
                },
                "privacy-nightly": {
                    "task": "accounts.tasks.forget_what_is_due",
                    "cron": "23 3 * * *",
                },
                "articles-due": {"task": "advice.tasks.publish_due", "cron": "* * * * *"},
                "advice-index": {"task": "advice.tasks.check_search_index", "cron": "*/5 * * * *"},
                "worker-alive": {"task": "clinic.tasks.note_heartbeat", "cron": "* * * * *"},
            },
        },
    }
}

CSRF_FAILURE_VIEW = "shop.endpoint.csrf_failure"
SESSION_COOKIE_AGE = 60 * 24 * 60 * 60
SESSION_COOKIE_DOMAIN = CSRF_COOKIE_DOMAIN = environment.text("COOKIE_DOMAIN", "") or None
# Browsers take a cookie so named only over HTTPS and, with __Host-, only from this very host.
COOKIE_PREFIX = "" if not PRODUCTION else "__Secure-" if SESSION_COOKIE_DOMAIN else "__Host-"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_SSL_REDIRECT = environment.flag("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# Answers that are no pages may load nothing; what pages may is in shop/edges.py.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

ACCOUNT_ADAPTER = "accounts.adapter.Accounts"
MFA_ADAPTER = "accounts.adapter.SecondFactors"
HEADLESS_TOKEN_STRATEGY = "accounts.adapter.SessionTokens"  # noqa: S105  (a class)
HEADLESS_FRONTEND_URLS = pages_of(STOREFRONT_URL)
TRUSTED_PROXIES = environment.number("TRUSTED_PROXIES", 1 if PRODUCTION else 0)
FRONT_END_SECRET = environment.secret("FRONT_END_SECRET", least=32)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
PASSKEY_DOMAIN = environment.text(
    "PASSKEY_DOMAIN", (urlsplit(STOREFRONT_URL).hostname or "") if PRODUCTION else ""
)
TRUSTED_DOCUMENTS_ONLY = environment.flag("TRUSTED_DOCUMENTS_ONLY", default=False)
STAFF_SECOND_FACTOR = environment.flag("STAFF_SECOND_FACTOR", default=PRODUCTION)

# Prometheus' client reads the name of its folder from the environment, when it is first imported.
METRICS_TOKEN = environment.secret("METRICS_TOKEN", least=16)
METRICS_DIR = DATA_DIR / "metrics"
if METRICS_TOKEN:
    METRICS_DIR.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

SENTRY_DSN = environment.text("SENTRY_DSN", "")
_sentry = {
    "dsn": SENTRY_DSN,
    "environment": environment.text(
        "SENTRY_ENVIRONMENT", "production" if PRODUCTION else "development"
    ),
    "release": environment.text("SENTRY_RELEASE", ""),
}
LOGGING = logging_of(
    written_as=environment.one_of(
        "LOG_FORMAT", LogFormat.JSON if PRODUCTION else LogFormat.LINE, among=tuple(LogFormat)
    ),
    level=environment.text("LOG_LEVEL", "INFO").upper(),
    sentry=_sentry if SENTRY_DSN else None,
)
