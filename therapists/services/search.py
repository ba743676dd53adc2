"""Keeping what therapists are found by in step with their names, towns and registrations, in the same transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import connection, transaction

from therapists.models import Location, Registration, SearchEntry, SearchWord, Therapist
from therapists.naming import BEGINS, TOWN, folded, indexed_words, slip_keys

CHUNK = 1_000

_UNUSED = """
SELECT word FROM therapists_searchword w
WHERE NOT EXISTS (SELECT 1 FROM therapists_searchentry e WHERE e.words && ARRAY[w.word])
AND NOT EXISTS (SELECT 1 FROM therapists_registration r WHERE string_to_array(r.name_key, ' ') && ARRAY[w.word::text])
"""


@transaction.atomic
def search_entries_refresh(*, therapist_ids: Iterable[int]) -> int:
    """Write the search entries of these therapists anew where they differ. Returns how many did.

    Whoever changes a name, a room's town or whose a registration is calls this at the end of the same transaction.
    Of two who do so at once the second waits here for the first, and then sees what it wrote.
    """
    before = _locked(sorted(set(therapist_ids)))
    changed = [
        SearchEntry(therapist_id=pk, words=words, sort_name=sort_name)
        for pk, words, sort_name in _entries(before)
        if before[pk] != (words, sort_name)
    ]
    search_words_ensure(words={word for entry in changed for word in entry.words})
    SearchEntry.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["therapist"], update_fields=["words", "sort_name"]
    )
    return len(changed)


@transaction.atomic
def search_words_ensure(*, words: Iterable[str]) -> None:
    """Put words of names and towns into the vocabulary, unless they are there."""
    wanted = {word for word in words if word and not word.startswith(BEGINS)}
    # Locked for as long as this transaction has not said who is called so: nobody may take them out meanwhile.
    kept = SearchWord.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    new = sorted(wanted - set(kept.values_list("pk", flat=True)))
    SearchWord.objects.bulk_create(
        [SearchWord(word=word, near=slip_keys(word.removeprefix(TOWN))) for word in new],
        ignore_conflicts=True,
        batch_size=CHUNK,
    )


def search_reindex() -> int:
    """Bring all entries and the vocabulary in step. Returns how many entries were not: none, if all went well."""
    changed = sum(search_entries_refresh(therapist_ids=ids) for ids in _chunks(Therapist))
    for ids in _chunks(Registration):
        keys = Registration.objects.filter(pk__in=ids).values_list("name_key", flat=True)
        search_words_ensure(words={word for key in keys for word in key.split()})
    search_words_forget()
    return changed


@transaction.atomic
def search_words_forget() -> int:
    """Take words out of the vocabulary that stand in no name and no town any more. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_UNUSED} FOR UPDATE OF w SKIP LOCKED")
        idle = [word for (word,) in cursor.fetchall()]
        # Asked again now that nobody else can begin to use them.
        cursor.execute(f"{_UNUSED} AND w.word = ANY(%s)", [idle])
        idle = [word for (word,) in cursor.fetchall()]
    return SearchWord.objects.filter(pk__in=idle).delete()[0]


def _locked(ids: list[int]) -> dict[int, tuple[list[str], str]]:
    """Return what the entries hold now, made where there was none, by therapist; nobody else writes them meanwhile."""
    unknown = Therapist.objects.filter(pk__in=ids).exclude(pk__in=SearchEntry.objects.filter(pk__in=ids))
    SearchEntry.objects.bulk_create(
        [SearchEntry(therapist_id=pk, words=[], sort_name="") for pk in sorted(unknown.values_list("pk", flat=True))],
        ignore_conflicts=True,
    )
    rows = SearchEntry.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {entry.pk: (entry.words, entry.sort_name) for entry in rows}


def _entries(ids: Iterable[int]) -> Iterator[tuple[int, list[str], str]]:
    """Yield (pk, words, name to sort by) as the entries should be."""
    wanted = list(ids)
    names, towns = defaultdict(list), defaultdict(list)
    for pk, name in Registration.objects.filter(therapist_id__in=wanted).values_list("therapist_id", "name"):
        names[pk].append(name)
    rooms = Location.objects.filter(therapist_id__in=wanted, active=True)
    for pk, town in rooms.values_list("therapist_id", "town"):
        towns[pk].append(town)
    for pk, name in Therapist.objects.filter(pk__in=wanted).values_list("pk", "display_name").order_by("pk"):
        yield pk, indexed_words([name, *names[pk]], towns[pk]), folded(name)[:120]


def _chunks(model: type[Therapist] | type[Registration]) -> Iterator[list[int]]:
    last = 0
    while ids := list(model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield ids
        last = ids[-1]
