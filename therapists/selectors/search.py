"""Finding one person by what somebody typed of her name, her town or her number, over a national register.

First the small vocabulary tells which words may be meant (begun, or a slip away), then an index of arrays tells who has
one of them for every typed word. Standing is judged anew for whoever is found, so that nobody is shown who is not
listed at this moment.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core.clock import LONDON
from therapists.naming import BEGINS, SHORT_BEGINNINGS, TOWN, Typed, is_slip, typed_of, typed_slip_keys
from therapists.selectors.standing import CONFIRMATION_LASTS, UNANSWERED_LIMIT, Standing, standing_for

SHOWN = 20
# How often more people are looked at, because those before were not listed after all.
ROUNDS = 5
MOST_MEANT = 600
LONGEST_SHORT = max(SHORT_BEGINNINGS)
# How far somebody is who lacks a word: further than whoever has all of them, each in its worst way.
LACKING = 100
_NAME_WORDS = "string_to_array(r.name_key, ' ')"

# Necessary, not sufficient: whoever fails this is not listed, whoever passes is judged. Cheap enough for thousands.
_PERHAPS_LISTED = """
AND t.profile_verified_at IS NOT NULL AND NOT t.paused AND t.confirmed_at >= %s AND t.unanswered_in_a_row < %s
"""

# Put in order first: of the thousands who share a name, therapists are then read only until there are enough.
_BY_WORDS = """
SELECT t.id, t.display_name FROM (
    SELECT e.therapist_id, e.sort_name, {rank} AS far
    FROM therapists_searchentry e WHERE {where} ORDER BY far, e.sort_name, e.therapist_id) n
JOIN therapists_therapist t ON t.id = n.therapist_id WHERE n.far < %s {listed}
ORDER BY n.far, n.sort_name, n.therapist_id LIMIT %s OFFSET %s
"""
_BY_NUMBER = """
SELECT t.id, t.display_name FROM (
    SELECT r.therapist_id, min(length(r.number_key)) AS longer FROM therapists_registration r
    WHERE r.therapist_id IS NOT NULL AND ({like}) GROUP BY r.therapist_id) n
JOIN therapists_therapist t ON t.id = n.therapist_id WHERE true {listed}
ORDER BY n.longer, t.display_name, t.id LIMIT %s OFFSET %s
"""
# A registration may belong to nobody here; one that does is also found by what its therapist is found by.
_REGISTRATIONS = """
SELECT r.id FROM therapists_registration r JOIN (
    SELECT r.id, {rank_of_name} AS far FROM therapists_registration r WHERE {by_name}
    UNION ALL
    SELECT r.id, {rank} FROM therapists_registration r JOIN therapists_searchentry e USING (therapist_id) WHERE {where}
) n ON n.id = r.id GROUP BY r.id ORDER BY min(n.far), r.name, r.id LIMIT %s
"""
_REGISTRATION_NUMBERS = """
SELECT r.id FROM therapists_registration r WHERE {like} ORDER BY length(r.number_key), r.name, r.id LIMIT %s
"""

_BESIDE = """
SELECT n.therapist_id, n.register, n.text FROM (
    SELECT r.therapist_id, g.short_name AS register, r.number AS text, r.id
    FROM therapists_registration r JOIN therapists_register g ON g.id = r.register_id
    WHERE r.therapist_id = ANY(%(ids)s) AND r.status IN ('active', 'active_with_sanction')
        AND r.valid_until >= %(today)s AND g.active AND g.accreditation = 'valid'
        AND coalesce(g.accredited_from <= %(today)s, true) AND coalesce(g.accredited_until >= %(today)s, true)
    UNION ALL
    SELECT l.therapist_id, NULL, l.town, l.id FROM therapists_location l
    WHERE l.therapist_id = ANY(%(ids)s) AND l.active AND l.town <> ''
) n ORDER BY n.register, n.id
"""
_SETTINGS = "SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0"
_SETTINGS_BACK = "SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL max_parallel_workers_per_gather TO DEFAULT"


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody found. `registers`: (short name, number) of her registrations in date; `towns` of the rooms in use."""

    id: int
    name: str
    towns: tuple[str, ...]
    registers: tuple[tuple[str, str], ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Found:
    """`enough`: what was typed was enough to look. `more`: there are others; `loosely`: nobody has all of the words."""

    hits: list[Hit] = field(default_factory=list)
    enough: bool = True
    more: bool = False
    loosely: bool = False


@dataclass(frozen=True, slots=True)
class _Meant:
    """The indexed words one typed word may stand for, best first."""

    same: list[str]
    begun: list[str]
    slipped: list[str]

    @property
    def all(self) -> list[str]:
        return [*self.same, *self.begun, *self.slipped]


def find_people(
    text: str,
    *,
    as_of: datetime.datetime,
    unlisted: bool = False,
    without: Iterable[int] = (),
    limit: int = SHOWN,
) -> Found:
    """Return who may be meant, the likeliest first: listed people only, unless `unlisted`. Never more than `limit`.

    The order of words is free; the last letters, accents, titles, hyphens and a slip per word do not matter.
    """
    typed = typed_of(text)
    if not typed.enough:
        return Found(enough=False)
    search = _Search(as_of, unlisted, frozenset(without), limit)
    if typed.numbers:
        return search.collect(search.by_number(typed))
    meant = _meant(typed)
    found = search.collect(search.by_words(meant)) if meant and all(one.all for one in meant) else Found()
    if not found.hits and typed.as_number.enough:
        found = search.collect(search.by_number(typed.as_number))
    if found.hits or len(meant) < 2:
        return found
    nearly = search.collect(search.by_words(meant, missing=1))
    return Found(nearly.hits, more=nearly.more, loosely=bool(nearly.hits))


def registration_ids(text: str, *, limit: int) -> list[int]:
    """Return registrations by pk that may be meant, the likeliest first. For the desk: standing plays no part."""
    typed = typed_of(text)
    if typed.numbers:
        return _registrations_by_number(typed, limit)
    meant = _meant(typed, shortest=2)
    found = _registrations_by_words(meant, limit) if meant else []
    return found or _registrations_by_number(typed.as_number, limit)


def _registrations_by_number(typed: Typed, limit: int) -> list[int]:
    if not typed.enough:
        return []
    sql = _REGISTRATION_NUMBERS.format(like=_numbers_like(typed))
    return [pk for (pk,) in _by_index(sql, [*_numbers_begun(typed), limit])]


def _registrations_by_words(meant: Sequence[_Meant], limit: int) -> list[int]:
    rank, ranked = _rank(meant)
    where = " AND ".join(["e.words && %s::varchar[]"] * len(meant))
    # The index is on text, as the names' keys are.
    by_name, rank_of_name = (
        sql.replace("e.words", _NAME_WORDS).replace("::varchar[]", "::text[]") for sql in (where, rank)
    )
    sql = _REGISTRATIONS.format(rank_of_name=rank_of_name, by_name=by_name, rank=rank, where=where)
    asked: list[object] = [one.all for one in meant]
    return [pk for (pk,) in _by_index(sql, [*ranked, *asked, *ranked, *asked, limit])]


@dataclass(frozen=True, slots=True)
class _Search:
    as_of: datetime.datetime
    unlisted: bool
    without: frozenset[int]
    limit: int

    def collect(self, source: "_Source") -> Found:
        """Judge people in their order until there are enough of them."""
        chosen: list[tuple[int, str, Standing]] = []
        size = self.limit + 5
        for nth in range(ROUNDS):
            looked_at = source.rows(size, nth * size)
            rows = [row for row in looked_at if row[0] not in self.without]
            standings = standing_for([pk for pk, _name in rows], as_of=self.as_of)
            chosen += [
                (pk, name, standings[pk])
                for pk, name in rows
                if pk in standings and (self.unlisted or standings[pk].listed)
            ]
            if len(chosen) > self.limit or len(looked_at) < size:
                break
        return Found(_hits(chosen[: self.limit], self.as_of.astimezone(LONDON).date()), more=len(chosen) > self.limit)

    def by_words(self, meant: Sequence[_Meant], *, missing: int = 0) -> "_Source":
        """Look for people with one of the words meant for each typed word; `missing` of them may be lacking."""
        rank, ranked = _rank(meant)
        if missing:
            where, asked = "e.words && %s::varchar[]", [sorted({word for one in meant for word in one.all})]
        else:
            where, asked = " AND ".join(["e.words && %s::varchar[]"] * len(meant)), [one.all for one in meant]
        listed, terms = self._listed()
        sql = _BY_WORDS.format(where=where, listed=listed, rank=rank)
        return _Source(sql, [*ranked, *asked, LACKING * (missing + 1), *terms])

    def by_number(self, typed: Typed) -> "_Source":
        """Look for people with a register's number that is or begins with what was typed."""
        listed, terms = self._listed()
        sql = _BY_NUMBER.format(like=_numbers_like(typed), listed=listed)
        return _Source(sql, [*_numbers_begun(typed), *terms])

    def _listed(self) -> tuple[str, list[object]]:
        if self.unlisted:
            return "", []
        return _PERHAPS_LISTED, [self.as_of - CONFIRMATION_LASTS, UNANSWERED_LIMIT]


@dataclass(frozen=True, slots=True)
class _Source:
    """People in order, as a query with its parameters but for LIMIT and OFFSET."""

    sql: str
    parameters: list[object]

    def rows(self, limit: int, offset: int) -> list[tuple[int, str]]:
        return _by_index(self.sql, [*self.parameters, limit, offset])


def _rank(meant: Sequence[_Meant]) -> tuple[str, list[object]]:
    """Return the SQL of how far somebody is from what was typed, and its parameters."""
    ranks: list[str] = []
    parameters: list[object] = []
    for one in meant:
        near = [(far, words) for far, words in enumerate((one.same, one.begun, one.slipped)) if words]
        whens = " ".join(f"WHEN e.words && %s::varchar[] THEN {far}" for far, _words in near)
        ranks.append(f"CASE {whens} ELSE {LACKING} END" if near else str(LACKING))
        parameters += [words for _far, words in near]
    return " + ".join(ranks), parameters


def _numbers_like(typed: Typed) -> str:
    return " OR ".join(["r.number_key LIKE %s"] * len(typed.numbers))


def _numbers_begun(typed: Typed) -> list[str]:
    return [f"{number}%" for number in typed.numbers]


def _meant(typed: Typed, *, shortest: int = LONGEST_SHORT) -> list[_Meant]:
    """Return what each typed word may stand for. One query. Shorter words than `shortest` are not looked up.

    Short beginnings stand in the entries themselves, so that only towns are looked up by them; registrations have no
    entries, and need them looked up.
    """
    asked = [(at, word) for at, word in enumerate(typed.words) if len(word) >= shortest]
    known = _vocabulary(asked, names_from=LONGEST_SHORT + 1 if shortest == LONGEST_SHORT else shortest)
    found = []
    for at, word in enumerate(typed.words):
        # A longer word that leads to none in the vocabulary stands nowhere.
        same = [word, TOWN + word] if at in known or len(word) <= LONGEST_SHORT else []
        if joined := typed.joins.get(at):
            same.append(joined)
        begun = [BEGINS + word] if len(word) in SHORT_BEGINNINGS else []
        slipped = []
        for other in sorted(known.get(at, ())):
            plain = other.removeprefix(TOWN)
            if plain.startswith(word):
                begun.append(other)
            elif is_slip(word, plain):
                slipped.append(other)
        found.append(_Meant(same, begun[:MOST_MEANT], slipped[:MOST_MEANT]))
    return found


def _vocabulary(asked: Sequence[tuple[int, str]], *, names_from: int) -> dict[int, list[str]]:
    """Return, by the place of a typed word, the words that it begins or that share a slip's key with it.

    `names_from`: from this many letters on a typed word may begin a name.
    """
    if not asked:
        return {}
    one = "SELECT %s AS at, word FROM therapists_searchword WHERE word LIKE %s OR word LIKE %s OR near && %s"
    parameters: list[object] = []
    for at, word in asked:
        begun = f"{word}%" if len(word) >= names_from else word
        parameters += [at, begun, f"{TOWN}{word}%", typed_slip_keys(word)]
    found: dict[int, list[str]] = {}
    for at, word in _by_index(" UNION ALL ".join([one] * len(asked)), parameters):
        found.setdefault(at, []).append(word)
    return found


def _by_index(sql: str, parameters: Sequence[object] | Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Run a query by its indexes, in this process. The planner takes comparing 70,000 arrays to be cheaper than it is.

    Both statements travel together, so that the settings last no longer than this one question.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{_SETTINGS}; {sql}", parameters)  # type: ignore[arg-type]
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        if connection.in_atomic_block:
            cursor.execute(_SETTINGS_BACK)
    return rows


def _hits(chosen: Sequence[tuple[int, str, Standing]], today: datetime.date) -> list[Hit]:
    ids = [pk for pk, _name, _standing in chosen]
    numbers: dict[int, list[tuple[str, str]]] = {}
    towns: dict[int, dict[str, None]] = {}
    for pk, register, text in _by_index(_BESIDE, {"ids": ids, "today": today}) if ids else ():
        if register is None:
            towns.setdefault(pk, {})[text] = None
        else:
            numbers.setdefault(pk, []).append((register, text))
    return [
        Hit(pk, name, tuple(towns.get(pk, ())), tuple(numbers.get(pk, ())), standing) for pk, name, standing in chosen
    ]
