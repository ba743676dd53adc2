"""Changes of a profile: within the rules, recorded, and a sign of life when they are hers."""

import pytest

from accounts.actors import for_user
from core.actors import system
from core.models import AuditEntry, PlacePoint
from tests.factories import (
    issue,
    make_funder,
    make_location,
    make_place,
    make_registration,
    make_therapist,
    modality,
    reference_row,
    session_format,
)
from therapists.models import Language, Therapist
from therapists.services import availability, profile, week
from therapists.services.profile import ProfileRefused
from therapists.services.publication import own_profile_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(ben):
    return for_user(ben.user)


@pytest.fixture
def leeds():
    return PlacePoint.objects.create(
        code="LS", kind="area", easting=430000, northing=433000, precision_m=9000, source="test", loaded_on="2026-11-22"
    )


def fresh(therapist):
    return Therapist.objects.get(pk=therapist.pk)


def test_a_change_of_hers_is_recorded_and_confirms(ben, actor):
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=None, unanswered_in_a_row=2)
    profile.profile_update(therapist=ben, actor=actor, about="I sit with you.")
    assert fresh(ben).about == "I sit with you."
    assert fresh(ben).confirmed_at is not None
    assert fresh(ben).unanswered_in_a_row == 0
    assert AuditEntry.objects.filter(verb="profile_update", detail={"fields": ["about"]}).count() == 1


def test_a_change_by_somebody_else_confirms_nothing(ben):
    Therapist.objects.filter(pk=ben.pk).update(confirmed_at=None)
    profile.profile_update(therapist=ben, actor=system("test"), about="Mended a typing mistake.")
    assert fresh(ben).confirmed_at is None


@pytest.mark.parametrize("field", ["profile_verified_at", "unanswered_in_a_row", "user_id", "paused", "demo"])
def test_what_decides_about_standing_cannot_be_set_through_the_profile(ben, actor, field):
    with pytest.raises(TypeError):
        profile.profile_update(therapist=ben, actor=actor, **{field: 1})


def test_at_most_six_kinds_of_therapy_and_ten_issues(ben, actor):
    kinds = [modality(f"kind-{n}").pk for n in range(7)]
    with pytest.raises(ProfileRefused):
        profile.modalities_set(therapist=ben, training=dict.fromkeys(kinds, ""), actor=actor)
    profile.modalities_set(therapist=ben, training=dict.fromkeys(kinds[:6], "Diploma"), actor=actor)
    profile.modalities_set(therapist=ben, training={kinds[0]: "Masters"}, actor=actor)
    assert list(ben.modality_links.values_list("training", flat=True)) == ["Masters"]
    issues = [issue(f"issue-{n}").pk for n in range(11)]
    with pytest.raises(ProfileRefused):
        profile.issues_set(therapist=ben, issue_ids=issues, actor=actor)
    profile.issues_set(therapist=ben, issue_ids=issues[:10], actor=actor)
    assert ben.issue_links.count() == 10


@pytest.mark.parametrize("blank", ["", "   "])
def test_no_kind_of_therapy_without_training(ben, actor, blank):
    kinds = [modality(f"kind-{n}").pk for n in range(2)]
    with pytest.raises(ProfileRefused, match="training"):
        profile.modalities_set(therapist=ben, training={kinds[0]: "Diploma", kinds[1]: blank}, actor=actor)
    assert set(ben.modality_links.values_list("modality__slug", flat=True)) == {"person-centred"}, "nothing changed"


def test_languages_are_replaced_with_their_level(ben, actor):
    polish = reference_row(Language, "pl").pk
    english = ben.language_links.get().language_id
    profile.languages_set(therapist=ben, levels={polish: "fluent", english: "conversational"}, actor=actor)
    assert dict(ben.language_links.values_list("language_id", "level")) == {
        polish: "fluent",
        english: "conversational",
    }
    with pytest.raises(ProfileRefused):
        profile.languages_set(therapist=ben, levels={}, actor=actor)


def test_a_contract_that_is_kept_keeps_its_first_day(ben, actor):
    funder, other = make_funder(), make_funder("other-fund")
    ben.contracts.create(funder=funder, starts_on="2026-01-05")
    profile.contracts_set(therapist=ben, funder_ids=[funder.pk, other.pk], actor=actor)
    assert str(ben.contracts.get(funder=funder).starts_on) == "2026-01-05"
    profile.contracts_set(therapist=ben, funder_ids=[other.pk], actor=actor)
    assert [row.funder for row in ben.contracts.all()] == [other]


def test_remote_formats_need_hours(ben, actor):
    with pytest.raises(ProfileRefused):
        availability.formats_set(therapist=ben, formats=[session_format("video")], online_hours=0, actor=actor)
    availability.formats_set(therapist=ben, formats=[session_format("in-person")], online_hours=0, actor=actor)
    assert fresh(ben).online_hours == 0


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (0b1, False), (0b1000000, False), (0b11, True), (127, True)])
def test_at_least_two_answering_days(ben, actor, days, allowed):
    if allowed:
        availability.answering_days_set(therapist=ben, days=days, actor=actor)
        assert fresh(ben).answering_days == days
    else:
        with pytest.raises(ProfileRefused):
            availability.answering_days_set(therapist=ben, days=days, actor=actor)


def test_a_room_gets_its_point_from_the_postcode_and_is_one_room_when_sent_twice(ben, actor, leeds):
    room = {"name": "Room", "address": "1 High St", "town": "Leeds", "step_free": True, "hours": 7}
    first = availability.location_add(therapist=ben, actor=actor, postcode="ls14ap", **room)
    again = availability.location_add(therapist=ben, actor=actor, postcode="LS1 4AP", **room)
    assert (first.pk, first.postcode, first.precision_m) == (again.pk, "LS1 4AP", 9000)
    with pytest.raises(ProfileRefused):
        availability.location_add(therapist=ben, actor=actor, postcode="LS1", **room)
    with pytest.raises(ProfileRefused):
        availability.location_add(therapist=ben, actor=actor, postcode="ZE1 0AA", **room)


def test_a_room_with_places_in_it_is_not_taken_out(ben, actor):
    room = make_location(ben)
    place = make_place(ben, location=room)
    with pytest.raises(ProfileRefused):
        availability.location_remove(location=room, actor=actor)
    week.place_stop(place=place, actor=actor)
    availability.location_remove(location=room, actor=actor)
    room.refresh_from_db()
    assert not room.active
    availability.location_restore(location=room, actor=actor)
    room.refresh_from_db()
    assert room.active


def test_the_same_form_for_places_sent_twice_adds_once(ben, actor):
    seen = ben.places.count()
    week.places_offer(therapist=ben, actor=actor, seen=seen, count=3, available_from=None)
    with pytest.raises(week.ChangedMeanwhile):
        week.places_offer(therapist=ben, actor=actor, seen=seen, count=3, available_from=None)
    assert ben.places.count() == seen + 3


def test_only_a_complete_profile_is_published(ben, actor):
    Therapist.objects.filter(pk=ben.pk).update(profile_verified_at=None, about="")
    with pytest.raises(ProfileRefused, match="Your name and about you"):
        own_profile_publish(therapist=ben, actor=actor)
    profile.profile_update(therapist=ben, actor=actor, about="I listen.")
    own_profile_publish(therapist=ben, actor=actor)
    assert fresh(ben).profile_verified_at is not None


def test_in_person_needs_a_room_before_publishing(ben, actor):
    ben.formats.add(session_format("in-person"))
    with pytest.raises(ProfileRefused, match="Rooms"):
        own_profile_publish(therapist=ben, actor=actor)


def test_identity_is_not_written_into_the_record(ben, actor):
    profile.people_set(therapist=ben, actor=actor, identity_tags=[])
    assert AuditEntry.objects.get(verb="profile_people").detail == {"fields": ["identity_tags"]}
    with pytest.raises(TypeError):
        profile.people_set(therapist=ben, actor=actor, formats=[])


@pytest.mark.parametrize("shown", ["Ewa Nowak-Smith", "ewa nowák", "Dr Nowak", "Ewa Novak"])
def test_a_name_may_be_shown_in_her_own_way(shown, actor):
    therapist = registered_as("Ewa Nowak")
    profile.profile_update(therapist=therapist, actor=actor, display_name=shown)
    assert fresh(therapist).display_name == shown


@pytest.mark.parametrize("shown", ["Ben Okafor", "Ewa Okafor", "Ewa"])
@pytest.mark.parametrize("registered", ["Ewa Nowak", "Nowak, Ewa (Dr)"])
def test_nobody_is_shown_under_a_family_name_no_register_knows_her_by(shown, registered, actor):
    therapist = registered_as(registered)
    with pytest.raises(ProfileRefused, match="family name you are registered under"):
        profile.profile_update(therapist=therapist, actor=actor, display_name=shown)
    assert fresh(therapist).display_name == "Ewa Nowak"


def registered_as(name):
    therapist = make_therapist(display_name="Ewa Nowak", registered=False)
    make_registration(therapist, name=name)
    return therapist
