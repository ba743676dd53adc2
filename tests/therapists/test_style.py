"""A therapist says how she works on four scales: words for both ends and the middle, or nothing at all."""

import pytest
from django.urls import reverse

from clients.preferences import STYLE_SCALES
from tests.support.sign_in import signed_in
from therapists.forms.about import StyleForm
from therapists.models import Therapist
from therapists.selectors.public import public_profile
from therapists.words import STYLE_POLES, style_words

pytestmark = pytest.mark.django_db
ADDRESS = reverse("therapists:section", args=["style"])


def test_the_scales_are_those_that_matching_compares() -> None:
    assert [field.removeprefix("style_") for field in STYLE_POLES] == list(STYLE_SCALES)


def test_every_point_has_words_of_its_own(ben: Therapist) -> None:
    form = StyleForm(therapist=ben)
    for field, (first, second) in STYLE_POLES.items():
        words = dict(form.fields[field].choices)
        assert set(words) == {"3", "2", "1", "0", "-1", "-2", "-3", ""}
        assert len(set(map(str, words.values()))) == 8
        for value in (1, 2, 3):
            assert str(first) in words[str(value)]
            assert str(second) in words[str(-value)]
        assert str(first) in words["0"]
        assert str(second) in words["0"]
        assert words[""] == "I would rather not say"


@pytest.mark.parametrize("value", [-3, -2, -1, 0, 1, 2, 3, None])
def test_what_she_says_is_what_clients_read(ben: Therapist, value: int | None) -> None:
    said = "" if value is None else str(value)
    signed_in(ben.user).post(ADDRESS, dict.fromkeys(STYLE_POLES, said))
    ben.refresh_from_db()
    assert {getattr(ben, field) for field in STYLE_POLES} == {value}
    profile = public_profile(ben.pk)
    assert profile is not None
    assert profile.style_values == ({} if value is None else dict.fromkeys(STYLE_SCALES, value))
    assert profile.style == [style_words(field, value) for field in STYLE_POLES if value is not None]


def test_bad_input_is_refused_and_changes_nothing(ben: Therapist) -> None:
    ben.style_warm = 2
    ben.save()
    page = signed_in(ben.user).post(ADDRESS, {"style_warm": "9", "style_past": "1"})
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    ben.refresh_from_db()
    assert (ben.style_warm, ben.style_past) == (2, None)
