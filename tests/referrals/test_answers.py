"""The draft's schema: what was written is read back, and nothing that can stand in a row makes a page fail."""

import csv
import dataclasses
import datetime
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.preferences import Stated
from referrals.answers import _READERS, NAMES_NOTHING, Answers, Chosen
from therapists import reference as reference_data
from therapists.selectors.reference import FOR_CLIENTS_ONLY

FULL = {
    "nation": "england",
    "adult": True,
    "paying": "self_pay",
    "fee_ceiling_pence": 6000,
    "issues": ["low-mood", "anxiety"],
    "main_issue": "anxiety",
    "experience": 2,
    "own_words": "I cannot sleep.",
    "modalities": ["person-centred"],
    "modalities_strength": 3,
    "times": ["weekday-evening"],
    "times_strength": 2,
    "formats": ["video"],
    "genders": ["woman"],
    "genders_strength": 1,
    "not_these": [7],
    "style": {"directive": -1},
    "style_strength": 2,
    "choices": [{"therapist": 3, "will_wait": True}, {"therapist": 9, "will_wait": False}],
    "channel": "email",
    "email": "ewa@example.org",
    "given_name": "Ewa",
    "family_name": "Nowak",
    "date_of_birth": "1990-03-04",
    "shares": {"own_words": True, "identity": False},
}


def test_what_was_written_is_read_back() -> None:
    answers = Answers.from_dict(json.loads(json.dumps(FULL)))
    assert Answers.from_dict(json.loads(json.dumps(answers.to_dict()))) == answers
    assert answers.choices == (Chosen(3, True), Chosen(9, False))
    assert answers.born == datetime.date(1990, 3, 4)
    assert answers.missing() == ()
    assert answers.channel_address == "ewa@example.org"


def test_every_answer_has_a_reader() -> None:
    assert set(_READERS) == {field.name for field in dataclasses.fields(Answers)}


def test_stated_carries_the_strengths_and_leaves_out_who_she_is() -> None:
    stated = Answers.from_dict(FULL).stated()
    assert isinstance(stated, Stated)
    assert [(wish.value, wish.strength) for wish in stated.modalities] == [("person-centred", 3)]
    assert [(wish.value, wish.strength) for wish in stated.formats] == [("video", 1)]
    assert stated.other_issues == ("low-mood",)
    assert stated.fee_ceiling_pence == 6000
    assert Stated.from_canonical(json.loads(json.dumps(stated.canonical()))) == stated
    assert "Ewa" not in json.dumps(stated.canonical())


@pytest.mark.parametrize(
    ("issues", "main_issue", "leading", "others"),
    [
        (["anxiety"], "", "anxiety", ()),
        (["anxiety", "stress"], "stress", "stress", ("anxiety",)),
        (["anxiety", "stress"], "", "", ("anxiety", "stress")),
        (["stress"], "anxiety", "stress", ()),
        ([], "anxiety", "", ()),
        (["prefer-not-to-say"], "", "", ("prefer-not-to-say",)),
        (["anxiety", "something-else"], "", "anxiety", ("something-else",)),
        (["anxiety", "something-else"], "something-else", "", ("anxiety", "something-else")),
    ],
    ids=["only-one", "the-one-she-named", "cannot-pick", "taken-off-again", "none", "unsaid", "one-real", "unlisted"],
)
def test_experience_is_asked_with_what_brings_her_now(
    issues: list[str], main_issue: str, leading: str, others: tuple[str, ...]
) -> None:
    stated = Answers.from_dict({**FULL, "issues": issues, "main_issue": main_issue, "experience": 3}).stated()
    assert (stated.main_issue, stated.other_issues) == (leading, others)


def test_a_funder_leaves_no_fee_ceiling() -> None:
    stated = Answers.from_dict({**FULL, "paying": "leeds-pilot"}).stated()
    assert (stated.funder, stated.fee_ceiling_pence) == ("leeds-pilot", None)


@pytest.mark.parametrize(
    ("key", "value", "missing"),
    [
        ("nation", "france", "nation"),
        ("adult", False, "adult"),
        ("paying", "not_sure", "paying"),
        ("choices", [], "choices"),
        ("date_of_birth", "1990-02-31", "date_of_birth"),
        ("email", "", "channel"),
        ("channel", "pigeon", "channel"),
    ],
)
def test_sending_needs_it(key: str, value: object, missing: str) -> None:
    assert Answers.from_dict({**FULL, key: value}).missing() == (missing,)


def test_help_choosing_needs_no_choices() -> None:
    assert Answers.from_dict({**FULL, "choices": [], "help_choosing": True}).missing() == ()


def test_a_therapist_stands_once_and_five_are_the_most() -> None:
    rows = [{"therapist": pk} for pk in (1, 2, 1, 3, 4, 5, 6)]
    assert [chosen.therapist for chosen in Answers.from_dict({"choices": rows}).choices] == [1, 2, 3, 4, 5]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(ANYTHING | st.dictionaries(st.sampled_from(sorted(_READERS)), ANYTHING))
def test_nothing_in_a_row_makes_it_fail(data: object) -> None:
    answers = Answers.from_dict(data)
    answers.missing()
    assert Answers.from_dict(answers.to_dict()) == answers


def test_what_names_nothing_is_what_therapists_cannot_tick() -> None:
    with (Path(reference_data.__file__).parent / "data" / "issues.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["slug"] for row in rows if row["group"] == FOR_CLIENTS_ONLY} == NAMES_NOTHING
