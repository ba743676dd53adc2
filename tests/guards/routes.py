"""Every route of the project with its view, its name and what a URL for it needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

FOREIGN = ("admin", "account", "mfa")


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    view: Callable[..., Any]
    namespaces: tuple[str, ...]

    @property
    def is_ours(self) -> bool:
        return not self.pattern.startswith(tuple(f"{prefix}/" for prefix in FOREIGN))


def routes() -> list[Route]:
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, prefix: str, namespaces: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name or ""))
            yield Route(name, pattern, entry.callback, namespaces)
