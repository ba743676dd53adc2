"""Deny by default, and leave no traces."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from core import leave, policy

logger = logging.getLogger(__name__)

View = Callable[..., Any]


class PolicyMiddleware:
    """Refuse every view that neither carries a marker nor stands on the list of foreign views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if policy.marker_of(view) is not None:
            return
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        if policy.foreign_reason(view, namespaces) is None:
            logger.error("policy: %s.%s has no marker", view.__module__, getattr(view, "__name__", view))
            raise Http404


class LeaveMiddleware:
    """After "Leave this page", Back leads to the start page, and no page is kept by the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # The draft is saved and the page left in one request: two would race each other from a page that is closing.
        if request.method == "POST" and "leaving" in request.GET:
            leave.left(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        marker = policy.marker_of(view)
        if marker is None or marker.kind == "allow" or getattr(view, "open_after_leaving", False):
            return None
        if not request.session.get(leave.LEFT_KEY):
            return None
        if request.method == "POST" or "resume" in request.GET:
            leave.returned(request)
            return None
        if request.resolver_match and request.resolver_match.view_name == leave.START:
            return None
        return redirect(leave.START)
