"""The reasons on a card. Twenty cards say the same few lines again and again: each is made once and kept."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from referrals.presenters.cards import ReasonLine

register = template.Library()


@register.simple_tag
def reasons(lines: Iterable[ReasonLine], /) -> SafeString:
    """Render the list items of reasons. A line says nothing about who reads it, so any page may use it again."""
    language = get_language()
    return SafeString("".join(_item(line, language) for line in lines))


@lru_cache(maxsize=4096)
def _item(line: ReasonLine, language: str | None) -> SafeString:
    del language
    return render_to_string("referrals/_reason.html", {"reason": line})
