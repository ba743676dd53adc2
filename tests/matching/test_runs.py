"""A run is kept with what decided, and repeated: the same list, or exactly why not."""

import datetime
import json
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.preferences import Stated, Wish
from clients.services.preferences import preferences_record
from core import actors, clock
from matching import records
from matching.engine.explain import shown_of
from matching.engine.rank import Lens, rank
from matching.models import MatchRun, RegisterChange, RegisterLog, WaitForecast, WeightSet
from matching.rows import rows_of
from matching.selectors import runs
from matching.selectors.runs import GONE, OTHERWISE, OUT, SAME, changed_since, match_run_repeat
from matching.services import runs as recording
from matching.services.ranking import rank_now
from matching.services.runs import match_run_record
from matching.services.weights import weight_set_add
from matching.weights import EQUAL, EVIDENCE, load_weight_sets
from tests.factories import make_place, make_therapist, modality
from tests.matching.columns import BOOK, register_of
from tests.matching.connections import another_connection
from tests.matching.database import store_forecast
from tests.matching.world import NOON, Forecast, random_stated, random_world
from therapists.models import Modality, PlaceClaim, Therapist

ACTOR = actors.system("test")
STATED = Stated(
    modalities=(Wish("person-centred", 2), Wish("gestalt")), genders=(Wish("woman"),), times=(Wish("mon-evening"),)
)


def record(stated: Stated = STATED, *, seed: int = 2**64 - 5, **asked: Any) -> MatchRun:
    ranking = rank_now(stated, seed=seed, **asked)
    run = match_run_record(ranking=ranking, preferences=preferences_record(stated=stated), seed=seed, actor=ACTOR)
    return MatchRun.objects.get(pk=run.pk)


@pytest.fixture
def people(db: None) -> list[Therapist]:
    load_weight_sets(overwrite=False)
    genders = ["woman", "man", "", "woman", "man"] * 5
    return [make_therapist(gender=gender) for gender in genders]


def test_repeated_a_run_gives_the_same_list(people: list[Therapist]) -> None:
    run = record()
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows, repeat.causes) == (True, True, ())
    assert [line.therapist_id for line in repeat.lines] == run.first_ids
    assert {line.now for line in repeat.lines} == {SAME}
    assert {line.changed for line in repeat.lines} == {()}
    assert repeat.lines[0].group == 1
    told = {said.words for said in repeat.lines[0].reasons}
    assert {"offers Person centred", "is a woman, as you asked"} < told
    assert repeat.eligible_now == run.eligible == 25


def test_it_names_its_weights_and_keeps_them(people: list[Therapist]) -> None:
    run = record()
    weight_set_add(preset="trial", weights={**EQUAL, "gender": 0}, reason="A trial", actor=ACTOR)
    assert {row.band for row in rank_now(STATED, seed=1).rows} != {row[1] for row in run.shown["rows"]}
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows, repeat.causes) == (True, True, ())


def test_somebody_shown_has_no_place_any_more(people: list[Therapist]) -> None:
    run = record()
    taken = Therapist.objects.get(pk=run.first_ids[3])
    PlaceClaim.objects.create(
        place=taken.places.get(), kind="occupied", holder_type="x", holder_id=1, opened_at=clock.now()
    )
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows, repeat.eligible_now) == (False, True, 24)
    line = repeat.lines[3]
    assert (line.now, line.changed, line.name) == (OUT, ("their places",), taken.display_name)
    assert {other.now for other in repeat.lines if other is not line} == {SAME}
    assert "Of those shown, 1 has changed since." in repeat.causes
    assert "25 therapists fitted then; for the same moment it would be 24 now." in repeat.causes


def test_somebody_shown_says_something_else_of_herself(people: list[Therapist]) -> None:
    run = record()
    other = Therapist.objects.filter(gender="woman", pk__in=run.first_ids).earliest("pk")
    Therapist.objects.filter(pk=other.pk).update(gender="man")
    repeat = match_run_repeat(run)
    line = next(line for line in repeat.lines if line.therapist_id == other.pk)
    assert (line.now, line.changed) == (OTHERWISE, ("their profile",))
    assert not repeat.same
    assert repeat.follows


def test_a_change_that_decides_nothing_leaves_the_list_the_same(people: list[Therapist]) -> None:
    run = record()
    Therapist.objects.filter(pk=run.first_ids[0]).update(fee_pence=1)
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.causes) == (True, ())
    assert (repeat.lines[0].changed, repeat.lines[0].now) == (("their profile",), SAME)


def test_a_change_further_down_is_told_from_one_among_the_first(people: list[Therapist]) -> None:
    run = record(limit=3)
    last = match_run_repeat(record(limit=25)).lines[-1].therapist_id
    Therapist.objects.filter(pk=last).update(paused=True)
    repeat = match_run_repeat(run)
    assert not repeat.same
    assert "The first of the list are the same; the difference is further down." in repeat.causes


def test_somebody_is_not_on_the_register_any_more(people: list[Therapist]) -> None:
    run = record()
    Therapist.objects.get(pk=run.first_ids[1]).registrations.all().delete()
    Therapist.objects.get(pk=run.first_ids[1]).delete()
    repeat = match_run_repeat(run)
    assert (repeat.lines[1].now, repeat.lines[1].name, repeat.lines[1].changed) == (GONE, "", None)
    assert "1 of those shown is not on the register any more." in repeat.causes


def wait_for(therapist: Therapist, weeks: list[int]) -> None:
    """Nobody has a place with her now; people wait, and this is the forecast."""
    Therapist.objects.filter(pk=therapist.pk).update(list_limit=5, offerable_entries=1)
    store_forecast(therapist.pk, Forecast(weeks, clock.now(), open_places=1))


def test_a_wait_orders_the_list_and_is_told_when_it_changes(people: list[Therapist]) -> None:
    first = match_run_repeat(record()).lines[0].therapist_id
    wait_for(Therapist.objects.get(pk=first), [3, 4])
    run = record(limit=25)
    assert run.eligible == 25
    kept = {row[0]: row[2] for row in run.shown["rows"]}
    assert kept[first] == 3 and run.first_ids[0] != first, "behind her equals who have a place now"
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows, repeat.causes) == (True, True, ())
    Therapist.objects.filter(pk=first).update(list_entries=1)
    repeat = match_run_repeat(run)
    line = next(line for line in repeat.lines if line.therapist_id == first)
    assert (line.now, line.changed) == (OTHERWISE, ("their waiting list and its forecast",))
    Therapist.objects.filter(pk=first).update(list_closed=True)
    repeat = match_run_repeat(run)
    line = next(line for line in repeat.lines if line.therapist_id == first)
    assert (repeat.same, repeat.follows, line.now, repeat.eligible_now) == (False, True, OUT, 24)


def test_a_new_forecast_that_says_the_same_is_no_change(people: list[Therapist]) -> None:
    wait_for(people[0], [3])
    run = record(limit=25)
    WaitForecast.objects.update(computed_at=clock.now() - datetime.timedelta(hours=1))
    assert {line.changed for line in match_run_repeat(run).lines} == {()}


def test_a_run_from_before_waiting_lists_is_still_explained(people: list[Therapist]) -> None:
    """It holds fewer facts of each, and the engine that made it knew no lists."""
    run = record()
    shown = {**run.shown, "facts": [" ".join(facts.split()[:6]) for facts in run.shown["facts"]]}
    run.pk, run.engine_version, run.shown = None, "1", shown
    run.save()
    Therapist.objects.filter(pk=run.first_ids[0]).update(paused=True)
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows, repeat.eligible_now) == (False, True, None)
    assert repeat.lines[0].changed == ("whether they take new people",)
    assert {line.changed for line in repeat.lines[1:]} == {()}
    assert repeat.causes[0].startswith("It was made by version 1 of the engine")


def test_another_version_of_the_engine(people: list[Therapist], monkeypatch: pytest.MonkeyPatch) -> None:
    run = record()
    monkeypatch.setattr(runs, "ENGINE_VERSION", "next")
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows, repeat.eligible_now) == (False, True, None)
    assert repeat.causes[0].startswith(
        f"It was made by version {run.engine_version} of the engine; this is version next"
    )
    assert {line.now for line in repeat.lines} == {"not_asked"}


def test_another_version_of_the_statement(people: list[Therapist], monkeypatch: pytest.MonkeyPatch) -> None:
    run = record()
    monkeypatch.setattr(runs, "VERSION", 99)
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows, repeat.lines) == (False, False, ())
    assert "version 99" in repeat.causes[0]


def test_a_word_of_the_statement_means_something_else(people: list[Therapist]) -> None:
    """A kind of therapy that nobody knew comes on the list, in a family that everybody offers."""
    run = record(Stated(modalities=(Wish("gestalt"),)))
    modality("gestalt")
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows) == (False, True)
    assert any("lists that the words of the statement stand on" in cause for cause in repeat.causes)
    assert {(line.now, line.changed) for line in repeat.lines} == {(OTHERWISE, ())}


def test_another_number_for_the_same_word_changes_nothing(people: list[Therapist]) -> None:
    run = record()
    Modality.objects.filter(pk=modality("person-centred").pk).update(bit=99)
    assert match_run_repeat(run).same


def test_who_is_kept_out_silently_stays_out(people: list[Therapist]) -> None:
    run = record(silent_exclusions=[people[0].pk, people[1].pk])
    assert (run.silent, run.eligible) == ([people[0].pk, people[1].pk], 23)
    assert match_run_repeat(run).same


def test_a_register_that_changes_while_a_run_is_recorded(
    people: list[Therapist], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read then might be later than the list: it is left out, and that is said."""

    def read(ids: Any) -> dict[int, records.Facts]:
        found = records.facts_of(ids)
        make_place(people[7])
        return found

    monkeypatch.setattr(recording, "facts_of", read)
    run = record()
    assert run.shown["facts"] is None
    assert {line.changed for line in match_run_repeat(run).lines} == {None}
    Therapist.objects.filter(pk=run.first_ids[0]).update(paused=True)
    repeat = match_run_repeat(run)
    assert (repeat.same, repeat.follows) == (False, True)
    assert "What the register said of 20 of those shown was not recorded." in repeat.causes


def test_what_was_recorded_must_follow(people: list[Therapist]) -> None:
    run = record()
    for change in (
        lambda rows: rows[4].__setitem__(1, rows[4][1] - 1),
        lambda rows: rows.reverse(),
        lambda rows: rows[0].__setitem__(6, "u" * len(rows[0][6])),
    ):
        shown = json.loads(json.dumps(run.shown))
        change(shown["rows"])
        assert not match_run_repeat(MatchRun(**{**_columns(run), "shown": shown})).follows
    assert not match_run_repeat(MatchRun(**{**_columns(run), "shown": {}})).follows, "from before anything was kept"


def _columns(run: MatchRun) -> dict[str, Any]:
    return {field.attname: getattr(run, field.attname) for field in MatchRun._meta.concrete_fields}


def test_a_run_is_small(people: list[Therapist]) -> None:
    assert len(json.dumps(record().shown)) < 4_000


@pytest.mark.django_db(transaction=True)
def test_the_log_of_changes_may_not_reach_back() -> None:
    with another_connection() as other:
        # Somebody else's transaction, older than what follows and open all the while.
        other.cursor().execute("SELECT pg_current_xact_id()")
        first, second = make_therapist(), make_therapist()
        run = record()
        log = run.shown["log"]
        assert changed_since(log) == 0
    make_place(first)
    make_place(first)
    make_place(second)
    assert changed_since(log) == 2
    assert changed_since(["00000000-0000-0000-0000-000000000000", "1:1:"]) is None
    assert changed_since(None) is None
    RegisterChange.objects.create(therapist_id=None, txid=2**50)
    assert changed_since(log) is None, "everybody: the log names nobody"
    RegisterChange.objects.filter(therapist_id=None).delete()
    RegisterLog.objects.update(pruned_below=2**60)
    assert changed_since(log) is None
    Therapist.objects.filter(pk=first.pk).update(paused=True)
    (words,) = [cause for cause in match_run_repeat(run).causes if "log of changes" in cause]
    assert words.startswith("How many therapists have changed since cannot be said")


@pytest.mark.django_db
def test_the_database_refuses_to_alter_runs_and_weights() -> None:
    load_weight_sets(overwrite=False)
    make_therapist()
    run = record()
    for query in (
        WeightSet.objects.filter(pk=run.weight_set_id).delete,
        lambda: WeightSet.objects.update(reason="another"),
        lambda: MatchRun.objects.update(eligible=7),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            query()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 30), st.integers(0, 2**64 - 1))
def test_every_list_follows_from_what_is_kept_of_it(chance: int, size: int, seed: int) -> None:
    random = Random(chance)
    stated, weights = random_stated(random), random.choice([EVIDENCE, EQUAL, {**EQUAL, "time": 0, "style": 0}])
    ranked = rank(stated, Lens(register_of(random_world(random, size))), weights, seed, NOON, limit=size + 1)
    shown = shown_of(ranked)
    items, kept = records.shown_of(json.loads(json.dumps(records.shown_json(shown, rows_of(shown), None, None))))
    assert [row.therapist_id for row in kept] == ranked.ids.tolist()
    assert records.follows(items, kept, stated=stated, book=BOOK, weights=weights, seed=seed)
    if len({row.band for row in kept}) > 1:
        assert not records.follows(items, kept[::-1], stated=stated, book=BOOK, weights=weights, seed=seed)
