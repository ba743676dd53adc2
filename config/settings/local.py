"""`make run`: everything real, on this machine only."""

from config import env
from config.settings import base

# Written by `make run`, so that `manage.py` in a second terminal finds the embedded services.
env.file_defaults(base.BASE_DIR / ".local" / "environment")

from config.settings.base import *  # noqa: E402
from config.settings.logs import LOCAL_LOGGING as LOGGING  # noqa: E402

ENVIRONMENT = "local"
SECRET_KEY = "local-only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
FIELD_ENCRYPTION_KEYS = ["local:bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk="]
LOCAL_PAGES = True
# Passkeys without TLS, on this machine only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
MAIL_SINK_FOLDER = env.text("MAIL_SINK_FOLDER", "")
SMS_BACKEND = env.text("SMS_BACKEND", "notifications.channels.sms.SinkFolder")
# Static files are served from where they lie; nothing is collected.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
