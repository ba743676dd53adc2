"""The page for people who wait: paragraphs and lists in the reader's language, and who looked at them when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.words import day
from referrals.models import WaitingAdvice


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the items of a list."""

    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    slug: str
    title: str
    blocks: tuple[Block, ...]
    checked: str


def parts_of(rows: Iterable[WaitingAdvice]) -> list[Part]:
    """Return what the page shows. What somebody rewrote has no translation and stays as it is."""
    return [Part(row.slug, _said(row.title), tuple(_blocks(row.text)), _checked(row)) for row in rows]


def checked_once(parts: Sequence[Part]) -> str:
    """Return what can be said once about all parts; "" where it differs from part to part."""
    said = {part.checked for part in parts}
    return said.pop() if len(said) == 1 else ""


def _blocks(text: str) -> Iterable[Block]:
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        words = _said(paragraph.strip())
        if not words:
            continue
        lines = words.split("\n")
        if all(line.startswith("- ") for line in lines):
            yield Block("", tuple(line[2:] for line in lines))
        else:
            yield Block(words)


def _said(words: str) -> str:
    # Asked for an empty text, gettext answers with the catalogue's header.
    return _(words) if words else ""


def _checked(row: WaitingAdvice) -> str:
    said = _("Last checked on %(day)s.") % {"day": day(row.checked_on)}
    if row.reviewed_by:
        return f"{said} " + _("Reviewed by %(name)s.") % {"name": row.reviewed_by}
    return f"{said} " + _("No clinician has reviewed this yet.")
