"""Where log lines go: in production without personal data, elsewhere as Python writes them."""

_CONSOLE = {"class": "logging.StreamHandler"}
# Replaces Django's own handlers, one of which sends whole requests by e-mail.
_LOGGERS = {
    "django": {"handlers": [], "level": "INFO", "propagate": True},
    # Repeats what the provider answers, which is not ours to write down; the outbox logs the code.
    "notifications_python_client": {"level": "ERROR"},
}

# Routes instead of paths, exceptions without their texts.
PRODUCTION_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"route_only": {"()": "core.logs.RouteOnly"}},
    "formatters": {"plain": {"()": "core.logs.PlainFormatter"}},
    "handlers": {"console": {**_CONSOLE, "filters": ["route_only"], "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": _LOGGERS,
}

LOCAL_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"full": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {**_CONSOLE, "formatter": "full"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": _LOGGERS,
}
