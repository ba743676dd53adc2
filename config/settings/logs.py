"""Logs without personal data: routes instead of paths, exceptions without their texts."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"route_only": {"()": "core.logs.RouteOnly"}},
    "formatters": {"plain": {"()": "core.logs.PlainFormatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["route_only"], "formatter": "plain"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Replaces Django's own handlers, one of which sends whole requests by e-mail.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
