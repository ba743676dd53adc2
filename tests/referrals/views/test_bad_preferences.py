"""Preferences that make no sense: a clear message, or an empty list that says why and how to widen it. Never an error,
and never a need that goes away by itself."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.preferences import DAY_PART_MASKS, Stated, Strength
from matching.services.ranking import rank_now, why_for
from referrals.answers import _READERS, UNREADABLE, Answers
from tests.factories import issue, make_funder, make_location, make_therapist, modality, reference_row, session_format
from tests.referrals.views.walkers import answers_of, question, with_answers
from therapists.models import IdentityTag, Language

pytestmark = pytest.mark.django_db

MATCHES = "/people/"
TOPICS = ("modalities", "times", "formats", "genders", "languages", "identity")
MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def page_of(client, url=MATCHES):
    response = client.get(url)
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.fixture
def somebody(db):
    make_funder()
    issue()
    modality("cbt", "cbt-family")
    reference_row(Language, "pl", name="Polish")
    return make_therapist(display_name="Ben Okafor", gender="man")


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("values", [["no-such-thing"], ["<b>"], ["x" * 500], [5, None], "cbt", {"a": 1}, [UNREADABLE]])
def test_a_need_nobody_can_read_stays_a_need(client, somebody, topic, values):
    submission = with_answers(client)
    submission.answers = {**submission.answers, topic: values, f"{topic}_strength": 3}
    submission.save()
    page = page_of(client)
    assert "Nobody fits everything yet" in page
    assert "Something you chose here is not on our lists any more." in page
    assert "that is not on our lists" in page.split("What you asked for")[1], "it stands among what she asked for"
    # Choosing something else keeps it; only she changes it.
    client.post(reverse("referrals:undo"))
    client.post(question("most"), {"reach": "no"})
    assert "Nobody fits everything yet" in page_of(client)
    rule = page.split('name="rule" value="')[1].split('"')[0]
    client.post(reverse("referrals:relax"), {"rule": rule})
    assert "1 person fits" in page_of(client)
    assert answers_of(submission).to_dict()[f"{topic}_strength"] == Strength.IMPORTANT


@pytest.mark.parametrize("topic", TOPICS)
def test_a_wish_nobody_can_read_leaves_nobody_out(client, somebody, topic):
    submission = with_answers(client)
    submission.answers = {**submission.answers, topic: ["<b>"], f"{topic}_strength": 1}
    submission.save()
    assert "1 person fits" in page_of(client)


@pytest.mark.parametrize(("key", "domain"), [("access", "needs"), ("client_groups", "groups")])
def test_needs_to_take_part_that_nobody_knows(client, somebody, key, domain):
    with_answers(client, **{key: ["no-such-need"]})
    page = page_of(client)
    assert "Nobody fits everything yet" in page
    assert f'href="{question(domain)}?change=matches"' in page


def test_a_fund_nobody_knows_leaves_everybody_out_and_says_so(client, somebody):
    with_answers(client, paying="no-such-fund")
    page = page_of(client)
    assert "Nobody fits everything yet" in page and f'href="{question("paying")}?change=matches"' in page


@pytest.mark.parametrize(
    ("miles", "kept"),
    [
        (0, 0),
        (-5, 0),
        (10**400, 1000),
        (float("nan"), None),
        (float("inf"), 1000),
        (5.7, 5),
        ("5", None),
        (True, None),
        (None, None),
    ],
)
def test_odd_distances_are_brought_within_bounds(miles: Any, kept: int | None):
    assert Answers.from_dict({"miles": miles}).miles == kept


def test_radius_nought_is_explained_and_can_be_widened(client, somebody):
    call_command("load_reference", only=["postcode areas"], verbosity=0)
    far_away(somebody)
    with_answers(client, postcode="LS1 4AP", miles=0, distance_must=True, formats=["in-person"], formats_strength=3)
    page = page_of(client)
    assert "Nobody fits everything yet" in page
    assert "Within 0 miles" in page and "0 miles from LS1 4AP, no further" in page


@pytest.mark.parametrize("postcode", ["XX1 1XX", "nowhere", "ZZ99 3WZ", "QQ", "LS1", "\x00"])
def test_a_postcode_that_does_not_exist_is_said(client, somebody, postcode):
    call_command("load_reference", only=["postcode areas"], verbosity=0)
    with_answers(client, postcode=postcode, miles=5, distance_must=True)
    page = page_of(client)
    known = postcode == "LS1"
    assert ("We do not know where" in page) is not known
    if not known:
        assert f'href="{question("distance")}?change=matches"' in page


def test_near_me_without_a_postcode_is_said(client, somebody):
    with_answers(client, distance_must=True, miles=5)
    assert "We need your postcode for that." in page_of(client)


@pytest.mark.parametrize("typed", ["ZZ99 3VZ", "zz993vz"])
def test_no_fixed_place_is_an_answer_that_hides_nobody(client, somebody, typed):
    call_command("load_reference", only=["postcode areas"], verbosity=0)
    far_away(somebody)
    draft = with_answers(client)
    assert client.post(question("distance"), {"postcode": typed, "miles": "5", "reach": "must"}).status_code == 302
    answers = answers_of(draft)
    assert (answers.postcode, answers.miles, answers.distance_must) == ("ZZ99 3VZ", None, False)
    page = page_of(client)
    assert "Ben Okafor" in page and "Without a fixed place" in page and "We do not know where" not in page
    assert f'href="{question("distance")}?change=matches"' in page
    assert "No fixed place" in page.split("What you asked for")[1]
    assert 'value="ZZ99 3VZ"' in page_of(client, question("distance"))


def test_a_postcode_typed_wrongly_is_refused_and_kept(client, somebody):
    with_answers(client)
    page = client.post(question("distance"), {"postcode": "nowhere", "miles": "5", "reach": "must"}).content.decode()
    assert "Enter a full UK postcode" in page and 'value="nowhere"' in page


@pytest.mark.parametrize(("pence", "kept"), [(-1, 0), (0, 0), (10**30, 100_000), ("1", None)])
def test_odd_sums_are_brought_within_bounds(pence: Any, kept: int | None):
    assert Answers.from_dict({"fee_ceiling_pence": pence}).fee_ceiling_pence == kept


def test_nobody_is_cheaper_than_nothing_and_it_is_said(client, somebody):
    with_answers(client, fee_ceiling_pence=0)
    page = page_of(client)
    assert "Nobody fits everything yet" in page and "No more than £0 a session" in page


def far_away(therapist) -> None:
    therapist.formats.set([session_format("in-person")])
    make_location(therapist, easting=600_000, northing=150_000, precision_m=100)


def everything(strength: int) -> dict[str, Any]:
    slugs = [f"tag-{n}" for n in range(39)]
    for slug in slugs:
        reference_row(IdentityTag, slug, kind="culture")
    return {
        "modalities": ["cbt", "person-centred"],
        "times": list(DAY_PART_MASKS),
        "formats": ["video", "in-person", "phone"],
        "genders": ["woman", "man", "non_binary"],
        "languages": ["pl", "en"],
        "identity": slugs,
        "issues": ["anxiety-or-worry"],
        "main_issue": "anxiety-or-worry",
        "experience": strength,
        "client_groups": ["adults"],
        "access": ["bsl-interpreter"],
        "step_free": True,
        "style": {"directive": 1, "emotional": -1, "past": 1, "warm": 1},
        "postcode": "LS1 4AP",
        "miles": 2,
        "distance_must": True,
        "fee_ceiling_pence": 100,
        "not_these": [7],
        **{f"{topic}_strength": strength for topic in (*TOPICS, "style")},
    }


def test_everything_a_must_is_empty_and_explained(client, somebody):
    call_command("load_reference", only=["postcode areas"], verbosity=0)
    far_away(somebody)
    with_answers(client, **everything(3))
    page = page_of(client)
    assert "Nobody fits everything yet" in page and "Ask a person to help" in page
    assert "Within 2 miles" in page and "This leaves out 1 person." in page
    own = page_of(client, f"/people/{somebody.pk}/")
    assert "Why this person is not among those who fit" in own
    assert own.count("<li>") > 40, "each need is named"


def test_needs_that_contradict_each_other_are_explained(client, somebody):
    """A room without steps, but only by telephone; a fund that pays nobody here."""
    with_answers(client, formats=["phone"], formats_strength=3, step_free=True, genders=["woman"], genders_strength=3)
    page = page_of(client)
    assert "Nobody fits everything yet" in page and "Without" in page


def test_ten_thousand_of_everything(client, somebody):
    many = {topic: [f"made-up-{n}" for n in range(10_000)] for topic in TOPICS}
    submission = with_answers(client)
    strengths = {f"{topic}_strength": 10**20 for topic in TOPICS}
    odd = {"not_these": list(range(1, 10_000)), "choices": [{"therapist": n} for n in range(10_000)], "miles": -(10**9)}
    submission.answers = {**submission.answers, **many, **strengths, **odd}
    submission.save()
    assert "Nobody fits everything yet" in page_of(client)
    assert client.get(reverse("referrals:choices")).status_code == 200
    for count, status, words in ((900, 200, "There is a problem"), (10_000, 400, "We could not read that")):
        posted = client.post(question("kind"), {"values": many["modalities"][:count], "strength": "3"})
        assert posted.status_code == status and words in posted.content.decode()


# Anything that JSON can hold.

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["cbt", "video"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@MANY
@given(st.dictionaries(st.sampled_from(sorted(_READERS)), ANYTHING, max_size=12))
def test_whatever_a_draft_holds_can_be_ranked_explained_and_widened(somebody, data):
    answers = Answers.from_dict(data)
    stated = answers.stated()
    for order in ("fit", "distance", "wait", "fee"):
        ranking = rank_now(stated, seed=1, order=order)
    ranking.widen.rules  # noqa: B018 - worked out when first asked for
    assert isinstance(ranking.unknown, tuple)
    why = why_for(stated, [somebody.pk, 2**62])[somebody.pk]
    assert why.eligible is (somebody.pk in [row.therapist_id for row in ranking.rows])
    assert all(reason.words.strip() for reason in why.row.reasons) and all(words for words in why.failed_words)
    assert Stated.from_canonical(json.loads(json.dumps(stated.canonical()))) == stated


@MANY
@given(st.sampled_from(TOPICS), st.lists(ANYTHING, min_size=1, max_size=4))
def test_no_need_is_ever_relaxed_by_reading(topic, values):
    """As many needs of a topic are in force as before, unless each value was readable: then it is in the list."""
    stated = Answers.from_dict({topic: values, f"{topic}_strength": 3}).stated()
    wishes = getattr(stated, topic)
    assert wishes and all(wish.strength == Strength.MUST for wish in wishes)
    unreadable = [value for value in values if not isinstance(value, str) or Answers.from_dict({topic: [value]}) == {}]
    if topic == "identity" and unreadable:
        assert UNREADABLE in [wish.value for wish in wishes]


CANONICAL = st.fixed_dictionaries({}, optional={name: ANYTHING for name in Stated().canonical()})


@MANY
@given(CANONICAL)
def test_a_stored_statement_is_read_or_refused(somebody, data):
    try:
        stated = Stated.from_canonical(data)
    except (TypeError, ValueError):
        return
    rank_now(stated, seed=1).widen.rules  # noqa: B018
    stated.digest()
