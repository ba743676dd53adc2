from config import env
from config.settings.base import *  # noqa: F403

SECRET_KEY = "test-only"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES["default"]["TEST"] = {"NAME": env.text("TEST_DATABASE_NAME", "test_rapport")}  # noqa: F405
FIELD_ENCRYPTION_KEYS = ["local:bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk="]
