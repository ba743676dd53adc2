"""What somebody stated that the lists do not hold: an old draft, a made-up address. It is never dropped in silence."""

from collections.abc import Container, Iterator

from clients.preferences import DAY_PART_MASKS, Stated, Wish
from matching.engine.columns import GENDERS, Book


def unknown_in(stated: Stated, book: Book) -> tuple[str, ...]:
    """Return the domains in which something was stated that nobody can meet, because no list holds it."""
    return tuple(domain for domain, known in _domains(stated, book) if not known)


def _domains(stated: Stated, book: Book) -> Iterator[tuple[str, bool]]:
    yield "modality", _all_in(stated.modalities, book.masks.get("modality", {}))
    yield "time", _all_in(stated.times, DAY_PART_MASKS)
    yield "format", _all_in(stated.formats, book.masks.get("format", {}))
    yield "gender", _all_in(stated.genders, dict.fromkeys(GENDERS))
    yield "language", _all_in(stated.languages, book.masks.get("language", {}))
    yield "identity", _all_in(stated.identity, book.masks.get("identity", {}))
    yield "client_group", all(book.mask("group", slug) for slug in stated.client_groups)
    yield "access", all(book.mask("access", slug) for slug in stated.access)
    yield "funding", not stated.funder or bool(book.mask("funder", stated.funder))


def _all_in(wishes: tuple[Wish, ...], known: Container[str]) -> bool:
    return all(slug in known for wish in wishes for slug in wish.alternatives)
