"""The profile's pages: good input is saved, bad input is explained and kept, nothing is anybody else's."""

import pytest
from django.urls import reverse

from core.models import PlacePoint
from tests.factories import issue, make_funder, make_location, make_place, modality, reference_row, session_format
from tests.support.sign_in import signed_in
from therapists.models import AccessOption, ClientGroup, IdentityTag, Language, Location, Therapist

pytestmark = pytest.mark.django_db
ABOUT = {
    "display_name": "Ben Okafor",
    "nation": "wales",
    "gender": "man",
    "about": "I listen, and I ask a little. " * 3,
}
MONEY = {"session_minutes": "50", "cancellation_terms": "48 hours.", "confidentiality_terms": "Danger to life."}


@pytest.fixture
def browser(ben):
    return signed_in(ben.user)


def post(browser, slug, data):
    return browser.post(reverse("therapists:section", args=[slug]), data)


def fresh(therapist):
    return Therapist.objects.get(pk=therapist.pk)


def test_about(browser, ben):
    assert post(browser, "about", ABOUT).status_code == 302
    assert fresh(ben).nation == "wales"
    answer = post(browser, "about", ABOUT | {"gender": "self_described", "about": "Short"}).content.decode()
    assert "Enter your own words" in answer
    assert "Write at least a sentence" in answer
    assert ">\nShort</textarea>" in answer.replace("&#x27;", "'")
    assert "<title>Error: Your name and about you" in answer


def test_own_words_for_gender_are_dropped_when_another_answer_is_chosen(browser, ben):
    post(browser, "about", ABOUT | {"gender": "self_described", "gender_text": "Genderqueer"})
    assert fresh(ben).gender_text == "Genderqueer"
    post(browser, "about", ABOUT | {"gender": "man", "gender_text": "Genderqueer"})
    assert fresh(ben).gender_text == ""


def test_languages(browser, ben):
    polish = reference_row(Language, "pl", name="Polish")
    post(browser, "languages", {"key_1": polish.pk, "value_1": "conversational"})
    assert [(link.language, link.level) for link in ben.language_links.all()] == [(polish, "conversational")]
    twice = post(browser, "languages", {"key_1": polish.pk, "key_2": polish.pk}).content.decode()
    assert "You have chosen this above" in twice
    assert "Choose at least one" in post(browser, "languages", {}).content.decode()


def test_kinds_of_therapy_keep_their_training(browser, ben):
    kind = modality("gestalt")
    post(browser, "approach", {"key_1": kind.pk, "value_1": "Diploma, Leeds"})
    assert [(link.modality, link.training) for link in ben.modality_links.all()] == [(kind, "Diploma, Leeds")]


def test_kinds_of_therapy_and_training_belong_together(browser, ben):
    kind, other = modality("gestalt"), modality("emdr", family="trauma")
    answer = post(browser, "approach", {"key_1": kind.pk, "value_1": "Diploma", "key_2": other.pk}).content.decode()
    assert "Enter your training in this kind of therapy" in answer and 'value="Diploma"' in answer
    answer = post(browser, "approach", {"key_1": kind.pk, "value_1": "Diploma", "value_2": "Masters"}).content.decode()
    assert "Choose the kind of therapy that this training is in" in answer and 'value="Masters"' in answer
    assert not ben.modality_links.filter(modality=kind).exists()


def test_a_seventh_kind_of_therapy_is_not_read(browser, ben):
    kinds = [modality(f"kind-{n}") for n in range(7)]
    typed = {f"key_{n}": kind.pk for n, kind in enumerate(kinds, start=1)}
    post(browser, "approach", typed | {f"value_{n}": "Diploma" for n in range(1, 8)})
    assert ben.modality_links.count() == 6


def test_no_more_than_ten_issues(browser, ben):
    ids = [issue(f"issue-{n}").pk for n in range(11)]
    assert "Choose no more than 10" in post(browser, "issues", {"group_0": ids}).content.decode()
    post(browser, "issues", {"group_0": ids[:10]})
    assert ben.issue_links.count() == 10


def test_meeting_and_hours(browser, ben):
    video, room = session_format("video"), session_format("in-person")
    wrong = post(browser, "meeting", {"formats": [video.pk]})
    assert "Tick at least one time" in wrong.content.decode()
    post(browser, "meeting", {"formats": [video.pk, room.pk], "online_hours": ["0", "5", "20"]})
    assert fresh(ben).online_hours == (1 << 0) | (1 << 5) | (1 << 20)
    again = browser.get(reverse("therapists:section", args=["meeting"])).content.decode()
    assert again.count('name="online_hours"') == 21
    assert 'value="20" id="id_online_hours-20" checked' in again


@pytest.mark.parametrize("hours", [["21"], ["-1"], ["x"]])
def test_hours_outside_the_week_are_refused(browser, ben, hours):
    before = ben.online_hours
    answer = post(browser, "meeting", {"formats": [session_format().pk], "online_hours": hours})
    assert answer.status_code == 200
    assert fresh(ben).online_hours == before


def test_answering_days(browser, ben):
    assert "Choose at least two days" in post(browser, "answering", {"answering_days": ["1"]}).content.decode()
    post(browser, "answering", {"answering_days": ["1", "4"]})
    assert fresh(ben).answering_days == 0b10010


@pytest.mark.parametrize(
    ("typed", "pence"), [("45", 4500), ("45.50", 4550), ("£60", 6000), ("1,000", 100_000), ("0", 0)]
)
def test_fees_as_people_write_them(browser, ben, typed, pence):
    post(browser, "money", MONEY | {"fee_pence": typed})
    assert fresh(ben).fee_pence == pence


@pytest.mark.parametrize("typed", ["abc", "-5", "45.555", "99999", "NaN", "Infinity"])
def test_fees_that_are_none(browser, ben, typed):
    answer = post(browser, "money", MONEY | {"fee_pence": typed})
    assert answer.status_code == 200
    assert f'value="{typed}"' in answer.content.decode()
    assert fresh(ben).fee_pence == 5000


def test_the_lower_fee_is_lower_and_no_fee_needs_a_contract(browser, ben):
    high = post(browser, "money", MONEY | {"fee_pence": "40", "concession_pence": "45"}).content.decode()
    assert "has to be less than your fee" in high
    assert "first add a contract" in post(browser, "money", MONEY).content.decode()
    funder = make_funder()
    post(browser, "contracts", {"funders": [funder.pk]})
    assert post(browser, "money", MONEY).status_code == 302
    assert fresh(ben).fee_pence is None


@pytest.mark.parametrize(
    ("slug", "model", "name"),
    [
        ("people", ClientGroup, "client_groups"),
        ("identity", IdentityTag, "identity_tags"),
        ("access", AccessOption, "access_options"),
    ],
)
def test_sets_are_ticked_and_unticked(browser, ben, slug, model, name):
    extra = {"kind": "faith"} if model is IdentityTag else {}
    row = reference_row(model, "something", **extra)
    post(browser, slug, {"group_0": [row.pk]})
    assert row in getattr(ben, name).all()
    post(browser, slug, {})
    assert not getattr(ben, name).exists()


def test_style_may_be_left_open(browser, ben):
    post(browser, "style", {"style_directive": "3", "style_warm": "-2"})
    row = fresh(ben)
    assert (row.style_directive, row.style_emotional, row.style_past, row.style_warm) == (3, None, None, -2)
    assert post(browser, "style", {"style_directive": "4"}).status_code == 200


def test_rooms(browser, ben):
    PlacePoint.objects.create(
        code="LS", kind="area", easting=1, northing=2, precision_m=9, source="t", loaded_on="2026-11-22"
    )
    data = {
        "name": "Room",
        "address": "1 High St",
        "town": "Leeds",
        "postcode": "ls1 4ap",
        "step_free": "",
        "hours": ["3"],
    }
    assert (
        "Enter a full UK postcode"
        in browser.post(reverse("therapists:room_add"), data | {"postcode": "Leeds"}).content.decode()
    )
    unknown = browser.post(reverse("therapists:room_add"), data | {"postcode": "ZE1 0AA"}).content.decode()
    assert "do not know where this postcode is" in unknown
    browser.post(reverse("therapists:room_add"), data)
    room = Location.objects.get()
    assert (room.step_free, room.hours) == (None, 8)
    browser.post(reverse("therapists:room", args=[room.pk]), data | {"step_free": "yes", "hours": ["3", "4"]})
    room.refresh_from_db()
    assert (room.step_free, room.hours) == (True, 24)
    browser.post(reverse("therapists:room_remove", args=[room.pk]))
    assert not Location.objects.get().active
    browser.post(reverse("therapists:room_restore", args=[room.pk]))
    assert Location.objects.get().active


def test_cara_cannot_touch_bens_rooms_and_places(ben, cara):
    room, place = make_location(ben), make_place(ben)
    other = signed_in(cara.user)
    for name in ("room", "place_when", "place_close"):
        pk = room.pk if name == "room" else place.pk
        assert other.get(reverse(f"therapists:{name}", args=[pk])).status_code == 404
    for name in ("room_remove", "room_restore"):
        assert other.post(reverse(f"therapists:{name}", args=[room.pk])).status_code == 404
    other.post(reverse("therapists:place_close", args=[place.pk]))
    place.refresh_from_db()
    assert place.closed_at is None


def test_the_preview_shows_the_room_without_its_street(browser, ben):
    make_location(ben, address="1 Secret Lane")
    text = browser.get(reverse("therapists:preview")).content.decode()
    assert "Leeds, LS1" in text
    assert "Secret Lane" not in text
    assert "LS1 4AP" not in text


def test_an_unknown_page_of_the_profile_is_404(browser):
    assert browser.get(reverse("therapists:section", args=["nonsense"])).status_code == 404
