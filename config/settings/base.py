"""Settings shared by every environment. Secrets and addresses come from the environment only."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import env
from config.settings.accounts import *
from config.settings.clocks import *
from config.settings.headers import *
from config.settings.messages import *
from config.settings.queue import *

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "accounts.admin_app.RapportAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "core",
    "notifications",
    "accounts",
    "therapists",
    "clients",
    "matching",
    "referrals",
    "caseload",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.PolicyMiddleware",
    "core.middleware.LeaveMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
            ],
        },
    },
]

DATABASES = {"default": {**env.postgres("DATABASE_URL", "postgresql:///rapport"), "CONN_MAX_AGE": 60}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"

CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"
# Where "Leave this page" ends: something anybody might have been reading.
LEAVE_URL = env.text("LEAVE_URL", "https://www.bbc.co.uk/weather")

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Cymraeg"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = Path(env.text("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]

# How this installation is run: "production", "local" or "test". Decides which system checks apply.
ENVIRONMENT = "production"

# The tick moves everything that is due; one second in tests, a minute in life.
TICK_SECONDS = env.integer("TICK_SECONDS", 60)
# How long a web process keeps what it counted of lists shown before it writes it down. 0: not by itself.
EXPOSURE_FLUSH_SECONDS = env.integer("EXPOSURE_FLUSH_SECONDS", 300)
# A file holding seconds to add to the clock, shared by web, worker and beat. Never set in production.
CLOCK_OFFSET_FILE = env.text("CLOCK_OFFSET_FILE", "")

# How long a process keeps bank holidays and the like before it looks again.
REFERENCE_CACHE_SECONDS = 30

# Only config.settings.local and .test set these: pages that sign in as one of the cast, show sent mail, move the clock.
LOCAL_PAGES = False
MAIL_SINK_FOLDER = ""

# In the database, not in Redis: rate limits at sign-in are counted here, so they have to be shared by every process
# and to outlive Redis, whose loss must never be an error page. A row is read in well under a millisecond.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# Not in a cookie: what a page says next can name a therapist.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Where the links in messages lead.
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000")

PASSWORD_HASHERS = ["accounts.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Newest first, "id:base64 of 32 bytes". See core.crypto.
FIELD_ENCRYPTION_KEYS = env.items("FIELD_ENCRYPTION_KEYS", "")
