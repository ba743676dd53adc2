"""Deny by default: a view without a policy marker is answered with 404 and a log line."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from core import policy

logger = logging.getLogger(__name__)


class PolicyMiddleware:
    """Refuse every view that neither carries a marker nor stands on the list of foreign views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        if policy.marker_of(view) is not None:
            return
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        if policy.foreign_reason(view, namespaces) is None:
            logger.error("policy: %s.%s has no marker", view.__module__, getattr(view, "__name__", view))
            raise Http404
