"""`make test`: the same platform with a cheap password hash."""

from config import env
from config.settings.base import *
from config.settings.logs import LOCAL_LOGGING as LOGGING

ENVIRONMENT = "test"
SECRET_KEY = "test-only"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES["default"]["TEST"] = {"NAME": env.text("TEST_DATABASE_NAME", "test_rapport")}
FIELD_ENCRYPTION_KEYS = ["local:bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk="]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each test has its own bank holidays.
REFERENCE_CACHE_SECONDS = 0
# Tests say themselves when counts are written.
EXPOSURE_FLUSH_SECONDS = env.integer("EXPOSURE_FLUSH_SECONDS", 0)
LOCAL_PAGES = True
# Passkeys without TLS, on this machine only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
MAIL_SINK_FOLDER = env.text("MAIL_SINK_FOLDER", "")
SMS_BACKEND = "notifications.channels.sms.SinkFolder"
# Static files are served from where they lie; nothing is collected.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
