"""Finding one person, and that the index is in step after everything that changes whom it leads to."""

from random import Random

import pytest
from django.core.management import call_command

from accounts.actors import for_user
from core import clock
from core.actors import system
from tests.factories import make_location, make_registration, make_therapist, make_user
from therapists.models import Registration, SearchEntry, SearchWord, Therapist
from therapists.naming import indexed_words
from therapists.selectors.search import find_people
from therapists.services.availability import location_add, location_remove, location_restore, location_update
from therapists.services.claims import claim_decide, claim_start
from therapists.services.imports.run import import_register
from therapists.services.profile import profile_update
from therapists.services.registrations import registration_link, registration_status_set, registration_unlink
from therapists.services.search import search_entries_refresh, search_reindex, search_words_forget
from therapists.tasks import search_reindex_nightly

pytestmark = pytest.mark.django_db

ACTOR = system("test")


def named(name: str, town: str = "", **fields) -> Therapist:
    therapist = make_therapist(display_name=name, **fields)
    if town:
        make_location(therapist, town=town)
    search_entries_refresh(therapist_ids=[therapist.pk])
    return therapist


def found(text: str, **options) -> list[str]:
    return [hit.name for hit in find_people(text, as_of=clock.now(), **options).hits]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("siân", "Dr Siân O'Neill"),
        ("Sian ONeill", "Dr Siân O'Neill"),
        ("o'neil sian", "Dr Siân O'Neill"),
        ("o neill", "Dr Siân O'Neill"),
        ("Mrs Neill", "Dr Siân O'Neill"),
        ("juergen weiss", "Jürgen Weiß"),
        ("ann smi leeds", "Ann Smith-Jones"),
        ("smithjones", "Ann Smith-Jones"),
        ("a smith", "Ann Smith-Jones"),
        ("JONES, Ann", "Ann Smith-Jones"),
        ("mac donald", "Mhairi MacDonald"),
        ("mhari mcdonald", "Mhairi MacDonald"),
        ("christpoer", "Christopher Lee"),
        ("Chritsopher Lee", "Christopher Lee"),
        ("chris york", "Christopher Lee"),
        ("lee yrok", "Christopher Lee"),
        ("王伟", "王伟"),
    ],
)
def test_people_are_found_as_people_type(text: str, name: str) -> None:
    named("Dr Siân O'Neill", "Cardiff")
    named("Jürgen Weiß")
    named("Ann Smith-Jones", "Leeds")
    named("Mhairi MacDonald", "Glasgow")
    named("Christopher Lee", "York")
    named("王伟")
    assert found(text)[:1] == [name]


def test_the_same_comes_before_what_begins_alike_and_that_before_a_slip() -> None:
    for name in ("Anna Leigh", "Ann Leigh", "Anne Leigh", "Ian Leigh", "Enn Leigh"):
        named(name)
    assert found("ann leigh") == ["Ann Leigh", "Anna Leigh", "Anne Leigh", "Enn Leigh"]


def test_words_nobody_has_together_bring_whoever_has_most_and_it_is_said() -> None:
    named("Ann Leigh", "Leeds")
    result = find_people("ann leigh counsellor", as_of=clock.now())
    assert [hit.name for hit in result.hits] == ["Ann Leigh"] and result.loosely
    assert not find_people("zoe counsellor", as_of=clock.now()).hits


@pytest.mark.parametrize(
    "text", ["leihg ann counsellor", "counsellor leig leeds", "an counsellor leeds", "counsellor an"]
)
def test_a_word_nobody_has_takes_nothing_from_the_others(text: str) -> None:
    named("Ann Leigh", "Leeds")
    result = find_people(text, as_of=clock.now())
    assert [hit.name for hit in result.hits] == ["Ann Leigh"] and result.loosely
    assert not find_people(f"{text} psychotherapist", as_of=clock.now()).hits, "two words are lacking"


def test_whoever_lacks_a_word_is_found_behind_many_who_are_not_listed() -> None:
    for nth in range(60):
        named(f"Ann A{nth}", paused=True)
    named("Ann Zeal")
    result = find_people("ann counsellor", as_of=clock.now())
    assert [hit.name for hit in result.hits] == ["Ann Zeal"] and result.loosely


def test_numbers_with_spaces_letters_and_case_whole_or_begun() -> None:
    therapist = named("Ann Leigh")
    make_registration(therapist, register="BACP", number="MBACP-00 12345")
    other = named("Bea Leigh")
    make_registration(other, register="BACP", number="MBACP-00 123456")
    for text in ("MBACP-00 12345", "mbacp 0012345", "MBACP0012", "mbacp 00 12345"):
        assert found(text) == ["Ann Leigh", "Bea Leigh"], text
    assert found("MBACP00123456") == ["Bea Leigh"]
    assert found("99999") == []


def test_what_stands_beside_a_hit() -> None:
    therapist = named("Ann Leigh", "Leeds", places=2)
    make_location(therapist, town="York", active=False)
    (hit,) = find_people("ann leigh", as_of=clock.now()).hits
    number = therapist.registrations.get().number
    assert (hit.towns, hit.registers, hit.standing.free_for_new) == (("Leeds",), (("NCPS", number),), 2)


def test_never_more_than_a_page() -> None:
    for _ in range(26):
        named("Ann Leigh")
    result = find_people("ann leigh", as_of=clock.now())
    assert len(result.hits) == 20 and result.more


@pytest.mark.parametrize("text", ["", "a", "%", "_%_", "'; --", "\x00", "x" * 10_000, "١٢٣٤", "\\", "ﬁ"])
def test_odd_texts_find_nobody_and_break_nothing(text: str) -> None:
    named("Ann Leigh")
    assert found(text) == []


def test_whoever_is_not_listed_is_gone_at_once_and_full_people_stay() -> None:
    therapist = named("Ann Leigh", places=0)
    (hit,) = find_people("ann leigh", as_of=clock.now()).hits
    assert hit.standing.free_for_new == 0
    registration_status_set(
        registration=therapist.registrations.get(), status="suspended", reason="the register says so", actor=ACTOR
    )
    assert found("ann leigh") == []
    assert found("ann leigh", unlisted=True) == ["Ann Leigh"]
    assert found(therapist.registrations.get().number) == []


@pytest.mark.parametrize(
    "state",
    [
        {"paused": True},
        {"profile_verified_at": None},
        {"confirmed_at": None},
        {"unanswered_in_a_row": 2},
        {"monthly_limit": 0},
        {"registered": False},
    ],
)
def test_nobody_who_is_not_listed_is_found(state: dict) -> None:
    named("Ann Leigh", **state)
    assert found("ann leigh") == [] and found("ann leigh", unlisted=True) == ["Ann Leigh"]


def test_people_behind_many_who_are_not_listed_are_found() -> None:
    for _ in range(70):
        named("Ann Leigh", monthly_limit=0)
    named("Ann Leigh-Zander")
    assert found("ann leigh") == ["Ann Leigh-Zander"]


def test_whoever_is_left_out_is_absent() -> None:
    therapist = named("Ann Leigh")
    assert found("ann leigh", without=[therapist.pk]) == []


def as_it_should_be() -> dict[int, list[str]]:
    return {
        therapist.pk: indexed_words(
            [therapist.display_name, *therapist.registrations.values_list("name", flat=True)],
            therapist.locations.filter(active=True).values_list("town", flat=True),
        )
        for therapist in Therapist.objects.all()
    }


def in_step() -> bool:
    kept = dict(SearchEntry.objects.values_list("pk", "words"))
    words = {word for entry in kept.values() for word in entry if not word.startswith("^")}
    return kept == as_it_should_be() and words <= set(SearchWord.objects.values_list("pk", flat=True))


def test_every_change_keeps_the_index_in_step(dev) -> None:
    coordinator = for_user(dev)
    user = make_user("therapist", name="Anna Leigh")
    make_location(make_therapist(), postcode="LS1 4AP")
    registration = make_registration(name="Anna Leigh", number="A1")
    call_command("load_reference", only=["postcode areas"], verbosity=0)
    claim = claim_start(register=registration.register, number="A1", actor=for_user(user))
    claim_decide(claim=claim, accept=True, reason="seen", actor=coordinator)
    therapist = Therapist.objects.get(user=user)
    search_entries_refresh(therapist_ids=Therapist.objects.values_list("pk", flat=True))
    assert in_step()
    profile_update(therapist=therapist, actor=ACTOR, display_name="Anna Zander Leigh")
    assert in_step()
    room = {"name": "Room", "address": "", "postcode": "LS1 4AP", "step_free": None, "hours": 1}
    location = location_add(therapist=therapist, actor=ACTOR, town="Leeds", **room)
    assert in_step() and "@leeds" in SearchEntry.objects.get(pk=therapist.pk).words
    location_update(location=location, actor=ACTOR, town="Whitby", **room)
    assert in_step()
    location_remove(location=location, actor=ACTOR)
    assert in_step() and "@whitby" not in SearchEntry.objects.get(pk=therapist.pk).words
    location_restore(location=location, actor=ACTOR)
    assert in_step()
    other = make_registration(register="BACP", name="Anna Leigh-Smith", number="B1")
    registration_link(registration=other, therapist=therapist, actor=ACTOR, reason="same person")
    assert in_step() and "leighsmith" in SearchEntry.objects.get(pk=therapist.pk).words
    data = b"number,name,status,valid_until\nB1,Anna Quill,active,2027-03-31\nB2,Somebody Else,active,2027-03-31\n"
    import_register(data=data, register=other.register, file_name="new.csv", actor=ACTOR)
    assert Registration.objects.get(number="B1").name == "Anna Quill" and in_step()
    assert SearchWord.objects.filter(pk="somebody").exists(), "whoever is on a register only is looked up at the desk"
    other.refresh_from_db()
    registration_unlink(registration=other, actor=ACTOR, reason="not hers")
    assert in_step() and "quill" not in SearchEntry.objects.get(pk=therapist.pk).words


def test_the_nightly_look_repairs_and_says_so(caplog) -> None:
    named("Ann Leigh")
    Therapist.objects.update(display_name="Bea Quill")
    Registration.objects.update(name="Bea Quill", name_key="bea quill")
    assert not in_step()
    search_reindex_nightly()
    assert in_step() and "1" in caplog.text
    assert search_reindex() == 0
    assert not SearchWord.objects.filter(pk="ann").exists(), "unused words go"
    call_command("index_names", verbosity=0)


def test_words_in_use_stay() -> None:
    named("Ann Leigh")
    make_registration(name="Only There", name_key="only there")
    search_reindex()
    assert search_words_forget() == 0
    assert {"ann", "leigh", "only", "there"} <= set(SearchWord.objects.values_list("pk", flat=True))


def test_a_slip_in_any_word_still_finds_the_person() -> None:
    """One slip, two in a long word: she is on the first page, whatever else the register holds."""
    chance = Random(5)
    stems = ("Alder", "Barnes", "Cald", "Denmoor", "Elwin", "Fairweather", "Grimshaw", "Hollingsworth", "Ives")
    people = [
        named(f"{chance.choice(('Anna', 'Bethany', 'Christopher', 'Dilwyn'))} {stem}{tail}")
        for stem in stems
        for tail in ("", "son", "ton", "well")
    ]
    missed = []
    for person in people:
        given, family = person.display_name.split()
        slipped = _slipped(family, 2 if len(family) >= 8 else 1, chance)
        if person.display_name not in found(f"{given} {slipped}"):
            missed.append((person.display_name, slipped))
    assert not missed


def _slipped(word: str, times: int, chance: Random) -> str:
    for _ in range(times):
        at = chance.randrange(1, len(word) - 1)
        letter = chance.choice("aeiourst")
        word = chance.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    return word
