import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.references import ALPHABET, new_reference, reference_clean

REFERENCES = st.builds(new_reference)


def test_the_alphabet_is_a_prime_number_of_different_characters():
    assert len(ALPHABET) == len(set(ALPHABET)) == 23
    assert not set("01OILAEU") & set(ALPHABET)


@given(REFERENCES)
def test_a_new_reference_is_canonical(reference):
    assert reference_clean(reference) == reference
    assert reference.startswith("RP-") and len(reference) == 12


@given(REFERENCES, st.sampled_from(["{}", " {} ", "{}."]), st.sampled_from(["-", " ", "", "–", " - "]), st.booleans())
def test_people_may_type_it_in_many_ways(reference, around, between, prefix):
    parts = reference.split("-") if prefix else reference.split("-")[1:]
    assert reference_clean(around.format(between.join(parts).lower())) == reference


@given(REFERENCES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_every_wrong_character_is_noticed(reference, position, other):
    body = list(reference[3:].replace("-", ""))
    if body[position] == other:
        return
    body[position] = other
    with pytest.raises(ValueError, match="not right"):
        reference_clean("".join(body))


@given(REFERENCES, st.integers(0, 6))
def test_every_two_neighbours_swapped_are_noticed(reference, position):
    body = list(reference[3:].replace("-", ""))
    if body[position] == body[position + 1]:
        return
    body[position], body[position + 1] = body[position + 1], body[position]
    with pytest.raises(ValueError, match="not right"):
        reference_clean("".join(body))


@given(st.text(max_size=30))
def test_anything_typed_is_canonical_or_refused_in_words(text):
    try:
        cleaned = reference_clean(text)
    except ValueError as problem:
        assert str(problem)
    else:
        assert reference_clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Enter your reference"), ("RP-7K4C", "This one has 4"), ("RP-7K4C-9XO3", "“O”"), ("RP-7K4C-9XQ", "has 7")],
)
def test_it_says_what_is_wrong(typed, words):
    with pytest.raises(ValueError, match=words):
        reference_clean(typed)


def test_lookalikes_are_read_as_what_can_stand_there():
    reference = next(ref for ref in iter(new_reference, None) if "8" in ref and "5" in ref)
    assert reference_clean(reference.replace("8", "B").replace("5", "s")) == reference
