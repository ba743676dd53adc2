"""The design system's components, rendered from Python or from a Django template.

The macros are Jinja; our pages are Django templates. Everything that crosses is made safe for the other side here:
lazy translations become text (a macro tests `is string`, which a lazy object is not) and marked-safe text
becomes Markup (a macro trims, and a trimmed SafeString would be escaped a second time).
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from jinja2 import ChainableUndefined, Environment, PackageLoader, TemplateNotFound
from markupsafe import Markup


class UnknownComponent(ValueError):
    """The design system has no component of this name."""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("nhsuk_frontend_jinja", "templates"),
        undefined=ChainableUndefined,
        autoescape=True,
        # The templates lie in a package: asking the disk whether they changed cost a quarter of the time.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


# What the macros would say in English to everybody.
_WORDS: dict[str, dict[str, Any]] = {"warningCallout": {"visuallyHiddenText": gettext_lazy("Important")}}

# Where the folder is not the macro's name in kebab case.
_FOLDERS = {"table": "tables"}


@cache
def _macro(name: str) -> Callable[[Mapping[str, Any]], str]:
    folder = _FOLDERS.get(name) or re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"-{found[0].lower()}", name)
    try:
        template = _environment().get_template(f"nhsuk/components/{folder}/macro.jinja")
        macro: Callable[[Mapping[str, Any]], str] = getattr(template.module, name)
    except (TemplateNotFound, AttributeError) as error:
        raise UnknownComponent(f"the design system has no component named {name!r}") from error
    return macro


def render(name: str, params: Mapping[str, Any]) -> SafeString:
    """Return the component's markup. `name` as the design system writes it: button, backLink, errorSummary.

    Text in `params` is escaped, marked-safe text is not. Raises UnknownComponent.
    """
    heading = params.get("heading")
    if isinstance(heading, Promise):
        heading = str(heading)
    if isinstance(heading, SafeString):
        # A literal in a template is marked safe, translated or not, and the card's macro prints a safe heading twice:
        # as text and as HTML.
        params = {**params, "heading": heading + ""}
    return mark_safe(str(_macro(name)(_across({**_WORDS.get(name, {}), **params}))).strip())  # noqa: S308 - escaped by the macros


def _across(value: Any) -> Any:
    if isinstance(value, Promise):
        value = str(value)
    if isinstance(value, SafeString):
        return Markup(value)  # noqa: S704 - marked safe by whoever made it
    if isinstance(value, Mapping):
        return {key: _across(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_across(item) for item in value]
    return value
