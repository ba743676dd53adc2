"""What a browser would send if somebody pressed a page's main button without touching anything."""

from html.parser import HTMLParser
from typing import Any


class _Forms(HTMLParser):
    """Collects, per form that is posted, what stands in its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self._now: dict[str, list[str]] | None = None
        self._text: str | None = None
        self._choice: str | None = None
        self._first = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self._now = {}
            self.forms.append(self._now)
        if self._now is None:
            return
        if tag == "input" and name and given.get("type") not in {"submit", "file"}:
            unticked = given.get("type") in {"checkbox", "radio"} and "checked" not in given
            if not unticked:
                self._now.setdefault(name, []).append(value)
        elif tag == "textarea":
            self._text = name
            self._now[name] = [""]
        elif tag == "select":
            self._choice, self._first = name, True
        elif tag == "option" and self._choice and (self._first or "selected" in given):
            self._now[self._choice] = [value]
            self._first = False

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._now = None
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._choice = None

    def handle_data(self, data: str) -> None:
        if self._text and self._now is not None:
            self._now[self._text][0] += data.removeprefix("\n")


def shown_form(html: str) -> dict[str, Any]:
    """Return the fields, as they stand, of the form that is most of the page; the others are single buttons."""
    parser = _Forms()
    parser.feed(html[html.index("<main") :])
    return max(parser.forms, key=len, default={})
