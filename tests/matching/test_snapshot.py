"""The columns read from the tables say what the tables, the selectors and the reference say, at any moment."""

import datetime as dt
from random import Random

import numpy as np
import pytest
from django.db.models import F

from clients.preferences import Stated
from matching import snapshot
from matching.copied import matrix, rows
from matching.engine.bits import rows_in
from matching.engine.columns import WAIT_UNKNOWN, microseconds
from matching.engine.rank import Lens, rank
from matching.freshness import ask
from matching.snapshot import read_everybody, read_register
from matching.waits import waits_for
from tests.matching import reference
from tests.matching.database import store_lists, store_people
from tests.matching.test_engine import EVIDENCE, as_rows, moments
from tests.matching.world import NOON, Person, Place, random_stated, random_world
from therapists.models import Therapist
from therapists.selectors.standing import standing_for

pytestmark = pytest.mark.django_db


def test_columns_and_selectors_agree_at_any_moment() -> None:
    random = Random(1)
    people = random_world(random, 120)
    store_people(people, store_lists())
    lens = Lens(read_register())
    seen, waiting, by_id = set(), set(), {person.id: person for person in people}
    for _ in range(25):
        as_of = moments(random)
        view = lens.at(microseconds(as_of))
        standing = standing_for([p.id for p in people], as_of=as_of)
        listed = set(lens.register.ids[rows_in(view.listed)].tolist())
        assert listed == {pk for pk, one in standing.items() if one.listed}, as_of
        weeks = lens.weeks(tuple(standing), microseconds(as_of))
        assert set(weeks) == {pk for pk, one in standing.items() if one.open}, as_of
        assert {pk for pk in weeks if not weeks[pk]} == {pk for pk, one in standing.items() if one.has_place}, as_of
        for pk, person in by_id.items():
            told = waits_for([pk], as_of=as_of, ahead=person.list_entries).get(pk)
            if weeks.get(pk):
                assert weeks[pk] == (told.median_weeks if told else WAIT_UNKNOWN), as_of
                waiting |= {told is not None}
        seen |= {(one.listed, one.has_place, one.accepts_waiting) for one in standing.values()}
    assert seen == {(False, False, False), *((True, place, list_) for place in (0, 1) for list_ in (0, 1))}
    assert waiting == {True, False}


def test_columns_and_reference_agree_on_lists() -> None:
    random = Random(2)
    people = random_world(random, 60)
    store_people(people, store_lists())
    lens = Lens(read_register())
    eligible = 0
    for seed in range(150):
        stated, as_of = random_stated(random), moments(random)
        expected = reference.rank(people, stated, EVIDENCE, seed, as_of)
        assert as_rows(rank(stated, lens, EVIDENCE, seed, as_of, limit=99)) == expected
        eligible += len(expected)
    assert eligible > 500


@pytest.mark.django_db(transaction=True)
def test_those_who_changed_are_read_as_everybody_is() -> None:
    """The one statement for everybody and the database's function for a few say the same, to the last number."""
    random = Random(3)
    people = random_world(random, 60)
    store_people(people, store_lists())
    everybody = read_everybody()
    ids = sorted(person.id for person in people)
    for count in (1, 1, 2, 9, 50):
        some = tuple(sorted(random.sample(ids, count)))
        # Nothing of theirs is changed: it is as if all of them had been.
        Therapist.objects.filter(pk__in=some).update(paused=F("paused"))
        answer = ask(everybody.answer.seen, most=len(ids))
        assert set(some) <= set(answer.changed)
        assert answer.parts is not None
        for name, part in answer.parts.items():
            whole = everybody.parts[name]
            theirs = whole[:, np.isin(whole[0], answer.changed)]
            assert sorted(part.T.tolist()) == sorted(theirs.T.tolist()), name
    assert all(part.size for part in everybody.parts.values()), "every part says something"


def test_everybody_is_read_in_chunks_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store_people(random_world(Random(5), 40), store_lists())
    at_once = read_everybody().parts
    monkeypatch.setattr(snapshot, "_CHUNK", 7)
    for name, part in read_everybody().parts.items():
        assert sorted(part.T.tolist()) == sorted(at_once[name].T.tolist()), name
    assert (at_once["therapists"][0][1:] > at_once["therapists"][0][:-1]).all()


def test_an_empty_register_can_be_read() -> None:
    assert rank(Stated(), Lens(read_register()), EVIDENCE, 1, NOON).eligible == 0


def test_a_null_in_a_part_is_an_error_and_never_a_number() -> None:
    for query in ("SELECT ARRAY[[1, NULL]]::bigint[]", "SELECT ARRAY[[1, 2]]", "SELECT ARRAY[1, 2]::bigint[]"):
        ((field,),) = rows(query)
        with pytest.raises(ValueError, match="bigint"):
            matrix(field, 2)


def test_some_therapists_are_read_as_among_all() -> None:
    people = random_world(Random(3), 30)
    store_people(people, store_lists())
    ids = sorted(p.id for p in people)[5:9]
    everybody, some = Lens(read_register()), Lens(read_register(ids=ids))
    assert some.register.size == len(ids)
    others = tuple(p.id for p in people if p.id not in ids)
    random = Random(4)
    for _ in range(50):
        stated, as_of = random_stated(random), moments(random)
        among = rank(stated, everybody, EVIDENCE, 7, as_of, silent=others, limit=99)
        assert as_rows(rank(stated, some, EVIDENCE, 7, as_of, limit=99)) == as_rows(among)


def test_no_therapist_at_all() -> None:
    store_lists()
    lens = Lens(read_register())
    assert rank(random_stated(Random(1)), lens, EVIDENCE, 1, NOON).eligible == 0


def test_time_passes_and_nothing_is_written() -> None:
    """A hold runs out, then a confirmation, and the list changes by itself."""
    held = Person(id=1, places=[Place(held_until=NOON + dt.timedelta(hours=2))])
    quiet = Person(id=2, confirmed_at=NOON - dt.timedelta(days=13))
    store_people([held, quiet], store_lists())
    lens = Lens(read_register())

    def listed(after: dt.timedelta) -> set[int]:
        return set(rank(Stated(), lens, EVIDENCE, 1, NOON + after).ids.tolist())

    assert listed(dt.timedelta()) == {2}
    assert listed(dt.timedelta(hours=2)) == {2}
    assert listed(dt.timedelta(hours=2, microseconds=1)) == {1, 2}
    assert listed(dt.timedelta(days=1)) == {1, 2}
    assert listed(dt.timedelta(days=1, microseconds=1)) == {1}
    assert listed(dt.timedelta(days=13, microseconds=1)) == set()
