"""Who sees what: Ben his request, Cara nothing of it, a client her own, and all access ends with a no."""

import dataclasses
import datetime

import pytest

from accounts.actors import for_user
from accounts.models import User
from clients.preferences import Stated, Wish, any_of
from clients.services.preferences import preferences_record
from core.actors import for_client, system
from core.clock import Frozen
from core.models import AccessEntry, OneTimeCode
from core.one_time_codes import MAX_ATTEMPTS, MAX_ISSUED_PER_HOUR, code_digits
from notifications.models import Message
from referrals.messages import topics
from referrals.selectors.scope import offers_visible_to, placements_visible_to, referrals_visible_to
from referrals.selectors.summary import client_card, contact_details, request_summary
from referrals.selectors.timeline import WORDS, timeline
from referrals.services.placements import go_ahead, not_this_time
from referrals.services.requests import request_decline, request_interest
from referrals.services.sign_in import NO_CODE, RESERVE, client_code_check, client_code_send, referral_opened
from referrals.transitions import REFERRAL
from tests.factories import reference_row
from tests.referrals.given import accepted, actor_of, client_of, met, open_offer, sent
from therapists.models import Language, SessionFormat, Therapist

pytestmark = pytest.mark.django_db


def test_a_request_is_seen_by_its_therapist_alone(ben: Therapist, cara: Therapist, dev: User, amina: User) -> None:
    offer = open_offer(sent(ben, cara))
    assert list(offers_visible_to(actor_of(ben))) == [offer]
    for other in (actor_of(cara), for_user(dev), for_user(amina), for_client(1), system("x")):
        assert not offers_visible_to(other).exists()


def test_access_ends_with_a_no_and_with_the_time(ben: Therapist, cara: Therapist, now: Frozen) -> None:
    referral = sent(ben, cara)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    assert not offers_visible_to(actor_of(ben)).exists()
    offer = open_offer(referral)
    now.at = offer.expires_at
    assert offers_visible_to(actor_of(cara)).exists()
    now.move(datetime.timedelta(microseconds=1))
    assert not offers_visible_to(actor_of(cara)).exists()


def test_referrals(ben: Therapist, dev: User, sam: User, amina: User, ada: User) -> None:
    mine, other = sent(ben), sent(help_choosing=True)
    assert list(referrals_visible_to(client_of(mine))) == [mine]
    for staff in (dev, sam):
        assert set(referrals_visible_to(for_user(staff))) == {mine, other}
    for nobody in (for_user(amina), actor_of(ben), system("x")):
        assert not referrals_visible_to(nobody).exists()


def test_placements(ben: Therapist, cara: Therapist, dev: User) -> None:
    placement = met(ben, cara)
    for who in (actor_of(ben), client_of(placement.referral), for_user(dev)):
        assert list(placements_visible_to(who)) == [placement]
    assert not placements_visible_to(actor_of(cara)).exists()


def test_after_not_this_time_the_therapist_sees_nothing_of_her(ben: Therapist) -> None:
    placement = met(ben)
    not_this_time(placement=placement, side="client", actor=client_of(placement.referral))
    assert not placements_visible_to(actor_of(ben)).exists()


def test_the_summary_is_a_white_list(ben: Therapist) -> None:
    referral = sent(ben, given_name="Zdenka", family_name="Unusualname", home_postcode="LS6 2AB")
    summary = request_summary(open_offer(referral))
    assert {field.name for field in dataclasses.fields(summary)} == {
        "main_issue",
        "other_issues",
        "aims",
        "times",
        "formats",
        "languages",
        "adjustments",
        "step_free",
        "adjustments_note",
        "funder",
        "sessions",
        "fee_pence",
        "own_words",
        "about_her",
        "style",
    }
    everything = str(summary)
    for private in ("Zdenka", "Unusualname", "LS6", referral.client.email, referral.reference, "very own words"):
        assert private not in everything
    assert (summary.aims, summary.main_issue, summary.fee_pence) == ("To sleep again", "Anxiety or worry", 5000)
    assert AccessEntry.objects.count() == 0


@pytest.mark.parametrize("item", ["own_words", "identity"])
def test_more_is_shown_only_with_permission(ben: Therapist, item: str) -> None:
    typed = {"client_groups": ["adults"], "shares": {item: True}}
    summary = request_summary(open_offer(sent(ben, **typed)))
    assert bool(summary.own_words) == (item == "own_words")
    assert bool(summary.about_her) == (item == "identity")


@pytest.mark.parametrize(
    ("wishes", "field", "words"),
    [
        ({"times": any_of(["mon-morning", "tue-evening"], 3)}, "times", ("Monday morning", "Tuesday evening")),
        ({"formats": any_of(["phone", "video"], 3)}, "formats", ("Telephone", "Video")),
        ({"languages": any_of(["polish", "welsh"], 3)}, "languages", ("Polish", "Welsh")),
    ],
)
def test_a_must_over_several_values_is_told_as_each_of_them(
    ben: Therapist, wishes: dict[str, tuple[Wish, ...]], field: str, words: tuple[str, ...]
) -> None:
    for slug, name in (("phone", "Telephone"), ("video", "Video")):
        reference_row(SessionFormat, slug, name=name)
    for slug, name in (("polish", "Polish"), ("welsh", "Welsh")):
        reference_row(Language, slug, name=name)
    referral = sent(ben)
    referral.preferences = preferences_record(stated=Stated(**wishes))
    referral.save(update_fields=["preferences"])
    assert getattr(request_summary(open_offer(referral)), field) == words


def test_contact_details_after_the_yes_until_the_end(ben: Therapist) -> None:
    placement = met(ben, email="safe@example.org", phone="07700900222", discreet=True)
    found = contact_details(placement, actor=actor_of(ben))
    assert found is not None and (found.email, found.phone, found.discreet) == ("safe@example.org", "07700900222", True)
    assert AccessEntry.objects.get().purpose == "contact"
    not_this_time(placement=placement, side="therapist", actor=actor_of(ben))
    placement.refresh_from_db()
    assert contact_details(placement, actor=actor_of(ben)) is None


def test_staff_reading_a_client_is_recorded(ben: Therapist, dev: User) -> None:
    referral = sent(ben)
    assert client_card(referral, actor=for_user(dev), purpose="desk").called == "Ewa"
    entry = AccessEntry.objects.get()
    assert (entry.actor_label, entry.object_label, entry.purpose) == ("Dev Mistry", referral.reference, "desk")


def test_the_timeline_has_words_for_every_step() -> None:
    assert set(WORDS) | {"say_go_ahead"} == set(REFERRAL.actions)


def test_the_timeline_tells_the_client_nothing_that_may_still_turn(ben: Therapist, dev: User) -> None:
    referral = sent(ben)
    request_interest(offer=open_offer(referral), actor=actor_of(ben))
    assert [item.action for item in timeline(referral)] == ["submit", "ask"]
    assert [item.action for item in timeline(referral, viewer="staff")] == ["submit", "ask", "interest"]
    assert {item.who for item in timeline(referral)} == {""}
    assert timeline(referral, viewer="staff")[-1].who == "Ben Okafor"


def test_a_whole_timeline_takes_two_queries(ben: Therapist, cara: Therapist, django_assert_num_queries) -> None:
    referral = sent(ben, cara)
    request_decline(offer=open_offer(referral), code="full", actor=actor_of(ben))
    placement = accepted(referral)
    go_ahead(placement=placement, side="client", actor=client_of(referral))
    go_ahead(placement=placement, side="therapist", actor=actor_of(cara))
    with django_assert_num_queries(2):
        told = [item.words for item in timeline(referral)]
    assert told[-2:] == [
        "You have said that you would like to go on. Now Cara decides too.",
        "You and Cara have both said that you want to go on.",
    ]


# Signing in without a password.


def sign_in(referral, *, born: datetime.date, reference: str = "", source: str = "here"):
    reference = reference or referral.reference
    code_id = client_code_send(reference=reference, born=born, source=source)
    digits = code_digits(OneTimeCode.objects.get(pk=code_id)) if code_id else "123456"
    return client_code_check(reference=reference, born=born, digits=digits, code_id=code_id, source=source)


def test_reference_birth_date_and_code_let_her_in(ben: Therapist) -> None:
    referral = sent(ben, date_of_birth="1990-03-04")
    typed = referral.reference.lower().replace("-", " ")
    assert sign_in(referral, born=datetime.date(1990, 3, 4), reference=typed) == referral


def test_any_wrong_part_looks_the_same(ben: Therapist) -> None:
    referral = sent(ben, date_of_birth="1990-03-04")
    right, wrong = datetime.date(1990, 3, 4), datetime.date(1990, 4, 3)
    assert sign_in(referral, born=wrong) is None
    assert sign_in(referral, born=right, reference="RP-2222-2222") is None
    assert sign_in(referral, born=right, reference="nonsense") is None
    code_id = client_code_send(reference=referral.reference, born=right, source="here")
    about = {"reference": referral.reference, "source": "here", "code_id": code_id}
    assert client_code_check(**about, born=right, digits="000000") is None
    assert Message.objects.filter(topic=topics.SIGN_IN_CODE).count() == 1


def test_a_stranger_cannot_lock_her_out(ben: Therapist) -> None:
    referral = sent(ben, date_of_birth="1990-03-04")
    for _ in range(15):
        client_code_send(reference=referral.reference, born=datetime.date(1999, 1, 1), source="stranger")
    born = datetime.date(1990, 3, 4)
    assert client_code_send(reference=referral.reference, born=born, source="stranger") == NO_CODE
    assert sign_in(referral, born=born, source="her phone") == referral


def test_whoever_knows_her_date_of_birth_cannot_use_up_her_codes(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben, date_of_birth="1990-03-04")
    born = datetime.date(1990, 3, 4)
    for number in range(MAX_ISSUED_PER_HOUR):
        client_code_send(reference=referral.reference, born=born, source=f"stranger {number % 2}")
    now.move(datetime.timedelta(minutes=16))
    assert client_code_send(reference=referral.reference, born=born, source="stranger 1") == NO_CODE
    assert sign_in(referral, born=born, source="her phone") == referral


def test_when_no_more_codes_may_be_sent_the_newest_lets_her_in_and_its_attempts_count(ben: Therapist) -> None:
    referral = sent(ben, date_of_birth="1990-03-04")
    about = {"reference": referral.reference, "born": datetime.date(1990, 3, 4)}
    for number in range(MAX_ISSUED_PER_HOUR + RESERVE):
        client_code_send(**about, source=f"stranger {number}")
    newest = OneTimeCode.objects.latest("pk")
    assert client_code_send(**about, source="her phone") == newest.pk
    assert Message.objects.filter(topic=topics.SIGN_IN_CODE).count() == MAX_ISSUED_PER_HOUR + RESERVE
    digits = code_digits(newest)
    assert client_code_check(**about, digits=digits, code_id=newest.pk, source="her phone") == referral
    before = client_code_send(**about, source="her phone")
    assert 0 < before < newest.pk
    wrong = "111111" if code_digits(OneTimeCode.objects.get(pk=before)) != "111111" else "222222"
    for number in range(MAX_ATTEMPTS):
        assert client_code_check(**about, digits=wrong, code_id=before, source=f"other {number}") is None
    assert client_code_send(**about, source="her phone") < before


def test_last_opened(ben: Therapist, now: Frozen) -> None:
    referral = sent(ben)
    first = now.at
    assert referral_opened(referral=referral, actor=client_of(referral)) is None
    now.move(datetime.timedelta(hours=5))
    assert referral_opened(referral=referral, actor=client_of(referral)) == first
