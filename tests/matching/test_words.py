"""Every domain and state in words: a sentence that names the thing, whatever the lists hold, in any language."""

import re
from itertools import product

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.preferences import DAY_PART_MASKS, STYLE_SCALES, Stated, Wish
from matching.engine.columns import GENDERS, Book
from matching.engine.explain import STATES
from matching.engine.plan import DOMAINS
from matching.words import FORMATS, OTHERS, RULES, WORDS, others_words, reason_words, rule_words, where_words

KINDS = ("modality", "issue", "language", "group", "identity", "access", "format", "funder")
NAMES = {
    "modality": {"emdr": "EMDR", "cbt": "Cognitive behavioural therapy (CBT)"},
    "issue": {"bereavement": "Somebody has died", "ocd": "Obsessive thoughts or rituals (OCD)"},
    "language": {"cy": "Welsh", "bfi": "British Sign Language (BSL)"},
    "group": {"autistic": "Autistic people"},
    "identity": {"muslim": "Muslim", "adhd": "Has ADHD"},
    "access": {"large-print": "Large print"},
    "format": {**{slug: slug.capitalize() for slug in FORMATS}, "by-post": "By post"},
    "funder": {"community": "Community Counselling Fund"},
}
BOOK = Book(
    masks={kind: {slug: 1 << n for n, slug in enumerate(NAMES[kind])} for kind in KINDS},
    names=NAMES,
    family_of={},
    kind_of={},
    required_groups=frozenset(),
)
VALUES = {
    "modality": ("emdr", "cbt"),
    "time": tuple(DAY_PART_MASKS),
    "format": (*FORMATS, "by-post"),
    "gender": tuple(slug for slug in GENDERS if slug),
    "language": ("cy", "bfi"),
    "experience": ("bereavement", "ocd"),
    "style": STYLE_SCALES,
    "identity": ("muslim", "adhd"),
    "funding": ("community", ""),
    "access": ("large-print",),
    "client_group": ("autistic",),
    "step_free": ("",),
}
UNKNOWN = "an_old-slug2"
STATED = Stated(
    style=(("directive", -1), ("warm", 1)),
    style_strength=1,
    fee_ceiling_pence=5000,
    miles=5,
    languages=(Wish("cy", 3), Wish("bfi|cy", 3)),
)
TOLD = (*STATES.values(), "out_of_reach")


def check(text: str) -> None:
    """A piece of a sentence: words, nothing technical, nothing left to fill in, nothing doubled."""
    assert re.search(r"[A-Za-z]{2}", text), text
    assert not re.search(r"%|[{}|_]|  |None|an.old|\bmust\b|slug", text), text
    assert text == text.strip() and not text.endswith((":", ",", " or")), text
    assert not re.search(r"\b(\w+) \1\b", text), text


def sentence(text: str) -> None:
    check(text)
    assert re.match(
        r"(offers|does not|is|is not|has|can|says|works|costs|Community|something|no|about|\d+ miles?|less than)\b",
        text,
    ), text


@pytest.mark.parametrize("domain", VALUES)
@pytest.mark.parametrize("language", ["en-gb", "cy"])
def test_every_state_of_every_domain_is_a_sentence(domain: str, language: str) -> None:
    with translation.override(language):
        for value, state in product((*VALUES[domain], UNKNOWN), TOLD):
            text = reason_words(domain, value, state, STATED, BOOK)
            if language == "en-gb":
                sentence(text)
            else:
                assert text and "%(" not in text


@pytest.mark.parametrize("domain", DOMAINS)
def test_alternatives_are_joined_as_people_join_them(domain: str) -> None:
    values = list(dict.fromkeys((*VALUES[domain], UNKNOWN)))[:3]
    for state in TOLD:
        text = reason_words(domain, "|".join(values), state, STATED, BOOK)
        sentence(text)
        assert " or " in text or (domain, state) == ("gender", "not_stated"), text


@pytest.mark.parametrize("domain", DOMAINS)
def test_others_are_named_as_several_people(domain: str) -> None:
    for value in (*VALUES[domain], UNKNOWN, "|".join(VALUES[domain][:2])):
        text = others_words(domain, value, STATED, BOOK)
        check(text)
        assert re.match(r"others (who (offer|are|can|have|say)|of whom) ", text), text


@pytest.mark.parametrize(
    ("domain", "value", "state", "text"),
    [
        ("time", "weekday-evening", "met", "offers evenings on weekdays"),
        ("modality", "emdr", "unmet", "does not offer EMDR"),
        ("gender", "man|non_binary", "unmet", "is not a man or non-binary"),
        ("format", "in-person|video", "met", "offers sessions in person or video sessions"),
        ("format", "by-post", "met", "offers sessions: By post"),
        ("experience", "bereavement", "met", "has experience with this: somebody has died"),
        ("experience", "ocd", "unmet", "does not name experience with this: obsessive thoughts or rituals (OCD)"),
        ("style", "directive", "met", "works as you like it: lets you lead"),
        ("style", "directive", "unmet", "works the other way: gives structure and things to try"),
        ("funding", "", "unmet", "costs more than £50 a session"),
        ("funding", "community", "met", "Community Counselling Fund pays"),
        ("modality", "gone", "unmet", "does not offer something that is not on our lists"),
        ("step_free", "", "unmet", "has steps"),
    ],
)
def test_words_that_name_the_thing(domain: str, value: str, state: str, text: str) -> None:
    assert reason_words(domain, value, state, STATED, BOOK) == text


def test_others_who_are_women() -> None:
    assert others_words("gender", "woman|man", STATED, BOOK) == "others who are women or men"
    assert others_words("time", "weekday-evening", STATED, BOOK) == "others who offer evenings on weekdays"


@pytest.mark.parametrize(
    ("metres", "about", "state", "text"),
    [
        (None, False, "met", "does not meet in person near you"),
        (None, False, "unmet", "does not meet in person near you"),
        (6_400, True, "met", "about 5 miles or less from you"),
        (16_093, False, "met", "10 miles from you"),
        (16_093, True, "partly", "about 10 miles from you, further than you asked"),
        (1_610, False, "met", "1 mile from you"),
        (0, False, "met", "less than a mile from you"),
    ],
)
def test_how_far(metres: int | None, about: bool, state: str, text: str) -> None:
    assert where_words(metres, about, state) == text
    sentence(text)


def test_rules_name_the_thing_asked_for() -> None:
    rules = [f"must:{domain}:{value}" for domain in DOMAINS for value in (*VALUES[domain], UNKNOWN)]
    for rule in (*rules, *RULES, "distance", "language_need", "funding"):
        check(rule_words(rule, STATED, BOOK))
    assert rule_words("distance", Stated(miles=1), BOOK) == "within 1 mile"
    assert rule_words("distance", Stated(miles=0), BOOK) == "within 0 miles"
    assert rule_words("funding", STATED, BOOK) == "no more than £50 a session"
    assert rule_words("funding", Stated(funder="community"), BOOK) == "Community Counselling Fund"
    assert rule_words("language_need", STATED, BOOK) == "Welsh, British Sign Language (BSL) or Welsh"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(VALUES)), st.sampled_from(TOLD), st.text(max_size=30), st.sampled_from(["en-gb", "cy"]))
def test_whatever_was_stated_there_are_words_for_it(domain: str, state: str, value: str, language: str) -> None:
    with translation.override(language):
        assert reason_words(domain, value, state, STATED, BOOK).strip()
        if domain in OTHERS:
            assert others_words(domain, value, STATED, BOOK).strip()
            assert rule_words(f"must:{domain}:{value}", STATED, BOOK).strip()


def test_no_domain_of_the_engine_is_without_words() -> None:
    assert set(DOMAINS) <= set(WORDS) and set(OTHERS) == set(DOMAINS)
