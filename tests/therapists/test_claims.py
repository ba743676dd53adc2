"""A registration becomes somebody's by a code to the address on record, or by a coordinator's word; never otherwise."""

import datetime
import re

import pytest

from accounts.actors import for_user
from core import clock
from core.choices import Role
from core.models import AuditEntry, OneTimeCode, Task
from core.one_time_codes import code_digits
from notifications.models import Message
from notifications.topics import handler_of
from tests.factories import make_register, make_registration, make_user
from therapists import kinds
from therapists.models import Registration, RegistrationClaim, SamePersonPair, Therapist
from therapists.services import claims
from therapists.services.claims import ClaimRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cara_user(db):
    return make_user(Role.THERAPIST, name="Cara Hughes", email="cara@example.org")


@pytest.fixture
def cara_actor(cara_user):
    return for_user(cara_user)


@pytest.fixture
def registration(db):
    return make_registration(name="Cara Hughes", number="T77", email="practice@example.net", postcode="CF10 1AA")


def start(actor, number="T77"):
    return claims.claim_start(register=make_register(), number=number, actor=actor)


def newest_digits():
    return code_digits(OneTimeCode.objects.latest("pk"))


def open_tasks(kind):
    return Task.objects.filter(kind=kind, state=Task.State.OPEN)


def test_the_code_goes_to_the_address_on_record_and_nowhere_else(registration, cara_actor):
    claim = start(cara_actor, " t77 ")
    assert claim.state == "code_sent"
    message = Message.objects.get()
    handler = handler_of(message.topic)
    assert handler.address(message).to == "practice@example.net"
    assert handler.still_wanted(message)
    rendered = handler.render(message)
    assert re.search(r"\b\d{6}\b", rendered.text)[0] == newest_digits()
    assert "T77" not in rendered.subject
    assert "example" not in str(message.detail)


def test_the_right_code_makes_a_draft_profile_and_nothing_more(registration, cara_user, cara_actor):
    claim = start(cara_actor)
    assert claims.claim_prove(claim=claim, digits=newest_digits(), actor=cara_actor)
    therapist = Therapist.objects.get(user=cara_user)
    registration.refresh_from_db()
    claim.refresh_from_db()
    assert (registration.therapist, claim.state) == (therapist, "proved")
    assert (therapist.display_name, therapist.profile_verified_at) == ("Cara Hughes", None)
    assert cara_user.memberships.filter(role=Role.THERAPIST).exists()
    assert AuditEntry.objects.filter(verb__in=["claim_start", "claim_proved", "registration_link"]).count() == 3


def test_wrong_old_and_used_codes_prove_nothing(registration, cara_actor):
    with clock.frozen(datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)) as frozen:
        claim = start(cara_actor)
        digits = newest_digits()
        wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
        assert not claims.claim_prove(claim=claim, digits=wrong, actor=cara_actor)
        frozen.move(datetime.timedelta(minutes=16))
        assert not claims.claim_prove(claim=claim, digits=digits, actor=cara_actor)
    assert not Therapist.objects.exists()


def test_five_wrong_codes_use_a_code_up(registration, cara_actor):
    claim = start(cara_actor)
    digits = newest_digits()
    for step in range(1, 6):
        wrong = f"{(int(digits) + step) % 1_000_000:06d}"
        assert not claims.claim_prove(claim=claim, digits=wrong, actor=cara_actor)
    assert not claims.claim_prove(claim=claim, digits=digits, actor=cara_actor)


def test_nobody_proves_somebody_elses_claim(registration, cara_actor, dev):
    claim = start(cara_actor)
    assert not claims.claim_prove(claim=claim, digits=newest_digits(), actor=for_user(dev))
    assert claims.claim_prove(claim=claim, digits=newest_digits(), actor=cara_actor)


def test_unknown_and_taken_numbers_get_the_same_words(registration, cara_actor, ben):
    registration.therapist = ben
    registration.save()
    said = []
    for number in ("T77", "T78", "no such thing", "=1"):
        with pytest.raises(ClaimRefused) as refused:
            start(cara_actor, number)
        said.append(str(refused.value))
    assert len(set(said)) == 1
    assert not Message.objects.exists()


def test_trying_numbers_is_throttled(cara_actor):
    for _ in range(claims.CLAIMS_AN_HOUR):
        with pytest.raises(ClaimRefused, match="cannot find"):
            start(cara_actor, "nothing")
    with pytest.raises(ClaimRefused, match="in an hour"):
        start(cara_actor, "nothing")


def test_an_address_is_not_flooded_whoever_asks(registration):
    people = [for_user(make_user(Role.THERAPIST)) for _ in range(claims.CODES_AN_HOUR + 1)]
    for actor in people[:-1]:
        start(actor)
    with pytest.raises(ClaimRefused, match="several codes"):
        start(people[-1])
    assert Message.objects.count() == claims.CODES_AN_HOUR


def test_asking_again_sends_another_code_for_the_same_claim(registration, cara_actor):
    first, second = start(cara_actor), start(cara_actor)
    assert first == second
    assert Message.objects.count() == 2


def test_without_an_address_a_coordinator_checks(registration, cara_actor, cara_user, dev):
    Registration.objects.update(email="")
    claim = start(cara_actor)
    assert claim.state == "to_check"
    assert not Message.objects.exists()
    claims.claim_ask_check(claim=claim, statement="Ring my practice", actor=cara_actor)
    task = open_tasks(kinds.REGISTRATION_CLAIM).get()
    assert "Ring" not in str(task.detail)
    claims.claim_decide(claim=claim, accept=True, reason="rang the register", actor=for_user(dev))
    assert Therapist.objects.get(user=cara_user).registrations.get() == registration
    assert not open_tasks(kinds.REGISTRATION_CLAIM).exists()
    message = Message.objects.get()
    assert handler_of(message.topic).address(message).to == "cara@example.org"
    assert "/therapists/" in handler_of(message.topic).render(message).text


def test_a_refusal_leaves_nothing_behind(registration, cara_actor, dev):
    claim = start(cara_actor)
    claims.claim_ask_check(claim=claim, statement="x", actor=cara_actor)
    claims.claim_decide(claim=claim, accept=False, reason="the register does not know her", actor=for_user(dev))
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == ("refused", "Dev Mistry")
    assert not Therapist.objects.exists()
    assert not claims.claim_prove(claim=claim, digits=newest_digits(), actor=cara_actor)
    with pytest.raises(ClaimRefused, match="finished"):
        claims.claim_decide(claim=claim, accept=True, reason="x", actor=for_user(dev))


def test_nobody_decides_about_her_own_registration(registration):
    both = make_user(Role.COORDINATOR, Role.THERAPIST)
    claim = start(for_user(both))
    with pytest.raises(ClaimRefused, match="Somebody else"):
        claims.claim_decide(claim=claim, accept=True, reason="me", actor=for_user(both))
    with pytest.raises(ClaimRefused, match="reason"):
        claims.claim_decide(claim=claim, accept=True, reason=" ", actor=for_user(both))


def test_of_two_who_claim_the_first_proof_wins_and_a_person_looks_at_the_other(registration, cara_actor):
    other = for_user(make_user(Role.THERAPIST))
    mine, theirs = start(cara_actor), start(other)
    digits = [code_digits(code) for code in OneTimeCode.objects.order_by("pk")]
    assert claims.claim_prove(claim=mine, digits=digits[0], actor=cara_actor)
    assert not claims.claim_prove(claim=theirs, digits=digits[1], actor=other)
    theirs.refresh_from_db()
    assert theirs.state == "to_check"
    assert open_tasks(kinds.REGISTRATION_CLAIM).count() == 1
    assert Therapist.objects.count() == 1


def test_a_second_register_joins_the_same_therapist(registration, cara_user, cara_actor):
    claims.claim_prove(claim=start(cara_actor), digits=newest_digits(), actor=cara_actor)
    make_registration(register="UKCP", name="Cara Hughes-Lloyd", number="9", email="practice@example.net")
    second = claims.claim_start(register=make_register("UKCP"), number="9", actor=cara_actor)
    assert claims.claim_prove(claim=second, digits=newest_digits(), actor=cara_actor)
    therapist = Therapist.objects.get(user=cara_user)
    assert therapist.registrations.count() == 2
    assert not therapist.registrations.exclude(contradiction="").exists()
    with pytest.raises(ClaimRefused, match="yours already"):
        start(cara_actor)


def test_a_second_registration_of_another_name_is_put_in_question(registration, cara_user, cara_actor):
    claims.claim_prove(claim=start(cara_actor), digits=newest_digits(), actor=cara_actor)
    make_registration(register="UKCP", name="Boris Kowalski", number="9", email="practice@example.net")
    second = claims.claim_start(register=make_register("UKCP"), number="9", actor=cara_actor)
    assert claims.claim_prove(claim=second, digits=newest_digits(), actor=cara_actor)
    assert Registration.objects.get(number="9").contradiction
    assert open_tasks(kinds.REGISTRATION_CONTRADICTS).count() == 1


def test_a_pair_that_was_decided_before_comes_along(registration, cara_user, cara_actor):
    other = make_registration(register="UKCP", name="Cara Hughes")
    first, second = sorted([registration, other], key=lambda row: row.pk)
    SamePersonPair.objects.create(first=first, second=second, agrees_on="e-mail", state="same", found_at=clock.now())
    claims.claim_prove(claim=start(cara_actor), digits=newest_digits(), actor=cara_actor)
    assert Therapist.objects.get(user=cara_user).registrations.count() == 2


def test_an_undecided_pair_is_put_before_a_coordinator_when_one_is_claimed(registration, cara_actor):
    other = make_registration(register="UKCP", name="Cara Hughes", status="suspended")
    first, second = sorted([registration, other], key=lambda row: row.pk)
    SamePersonPair.objects.create(first=first, second=second, agrees_on="e-mail", found_at=clock.now())
    claims.claim_prove(claim=start(cara_actor), digits=newest_digits(), actor=cara_actor)
    assert open_tasks(kinds.SAME_PERSON).count() == 1


def test_a_code_is_not_sent_once_it_is_of_no_use(registration, cara_actor):
    claim = start(cara_actor)
    message = Message.objects.get()
    claims.claim_prove(claim=claim, digits=newest_digits(), actor=cara_actor)
    assert not handler_of(message.topic).still_wanted(message)


def test_a_missing_number_can_be_reported(cara_actor):
    for _ in range(2):
        claims.claim_missing_report(register=make_register(), number="T99", actor=cara_actor)
    task = open_tasks(kinds.REGISTRATION_NOT_FOUND).get()
    assert (task.subject_id, task.detail) == (cara_actor.user_id, {"register": "NCPS", "number": "T99"})
    assert RegistrationClaim.objects.count() == 0
