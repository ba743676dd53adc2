"""Whatever arrives, no page of the client's answers with an error of ours."""

import string

import pytest
from django.core.management import call_command
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import issue, make_funder, make_therapist, modality, reference_row, session_format
from tests.referrals.views.walkers import ready_to_send, with_answers
from therapists.models import Language

pytestmark = pytest.mark.django_db

KEYS = st.sampled_from(
    "nation adult paying pounds issues main_issue experience own_words values strength postcode miles reach "
    "client_groups needs access_note directive style_strength channel email phone safe call_times discreet "
    "given_name family_name preferred_name born_day born_month born_year born home_postcode practice_name own_words "
    "identity safety_to_therapist skip name find add remove answer code reference rule way back".split()
)
SLUGS = st.sampled_from(
    ["england", "yes", "no", "any", "video", "cbt", "weekday-morning", "1", "3", "-1", "email", "sms"]
)
ODD = st.one_of(
    SLUGS,
    st.text(max_size=30),
    st.text(alphabet=string.printable, max_size=60),
    st.sampled_from(
        ["\x00", "x" * 10_000, "\u202e", "²", "９", "1e400", "-0", "' OR 1=1 --", "<script>", "%00", "\r\n"]
    ),
)
FORMS = st.dictionaries(KEYS, st.lists(ODD, min_size=1, max_size=3), max_size=8)
MANY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ALL_ANSWERS = {"issues": ["anxiety-or-worry", "bereavement"], "channel": "email", "email": "ewa@example.org"}
QUESTIONS = (
    "where age paying most reasons main known words kind times meeting distance person language background groups "
    "needs style reach reach-at safe name born home practice sharing nothing-like-this matches"
).split()


@pytest.fixture
def reference(db):
    make_funder()
    issue()
    modality("cbt", "cbt-family")
    session_format()
    reference_row(Language, "pl", name="Polish")


@MANY
@given(
    slug=st.sampled_from(QUESTIONS),
    data=FORMS,
    change=st.sampled_from(["", "?change=1", "?change=matches", "?change=%00"]),
)
def test_questions(client, reference, slug, data, change):
    ready_to_send(client, **ALL_ANSWERS)
    url = reverse("referrals:question", args=[slug])
    assert client.post(url + change, data).status_code in (200, 302, 404)
    assert client.get(url).status_code in (200, 302, 404)
    assert client.post(reverse("referrals:autosave", args=[slug]), data).status_code in (204, 302)
    assert client.get(reverse("referrals:check")).status_code in (200, 302)


@MANY
@given(data=FORMS)
def test_pages_with_forms_of_their_own(client, reference, data):
    with_answers(client)
    for name in ("not_them", "return", "call_me", "client_sign_in", "relax", "undo"):
        assert client.post(reverse(f"referrals:{name}"), data).status_code in (200, 302), name


@MANY
@given(pk=st.integers(min_value=0, max_value=2**70), data=FORMS)
def test_made_up_therapists(client, reference, pk, data):
    known = make_therapist()
    with_answers(client, choices=[{"therapist": known.pk}])
    for act in ("choose", "take-off", "move"):
        assert client.post(f"/people/{pk}/{act}/", data).status_code == 302, act
    assert client.get(f"/people/{pk}/").status_code == 200
    assert client.get(reverse("referrals:choices")).status_code == 200


@MANY
@given(data=FORMS)
def test_safety_questions(client, data):
    call_command("load_reference", only=["safety questions"], verbosity=0)
    ready_to_send(client)
    for slug in ("keep-safe", "dark-thoughts", "nothing-like-this"):
        assert client.post(reverse("referrals:safety_question", args=[slug]), data).status_code in (200, 302, 404)
    assert client.post(reverse("referrals:safety_call"), data).status_code == 302


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.floats(allow_nan=False),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3),
    max_leaves=6,
)


@MANY
@given(
    answers=st.dictionaries(
        KEYS | st.sampled_from(["choices", "times", "style", "shares", "not_these"]), JSON, max_size=6
    )
)
def test_a_draft_an_older_release_wrote(client, reference, answers):
    """A stored draft may hold anything: pages still open."""
    submission = with_answers(client)
    submission.answers = {**submission.answers, **answers}
    submission.save()
    for name in ("matches", "choices", "check", "save", "go_on", "compare"):
        assert client.get(reverse(f"referrals:{name}")).status_code in (200, 302), name
