from config.settings.base import *  # noqa: F403

SECRET_KEY = "local-only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
