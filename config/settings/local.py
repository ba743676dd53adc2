from config.settings.base import *  # noqa: F403

SECRET_KEY = "local-only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
FIELD_ENCRYPTION_KEYS = ["local:bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk="]
