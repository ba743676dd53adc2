"""Two people prove one registration at the same moment: it becomes one's, and a coordinator looks at the other."""

import pytest

from accounts.actors import for_user
from core.choices import Role
from core.models import OneTimeCode, Task
from core.one_time_codes import code_digits
from tests.concurrency.race import Rendezvous, race
from tests.factories import make_registration, make_user
from therapists import kinds
from therapists.models import Registration, RegistrationClaim, Therapist
from therapists.services import claims

pytestmark = pytest.mark.django_db(transaction=True)


def two_claims():
    """Two people with a code each: (claim, digits, actor)."""
    registration = make_registration(email="practice@example.net", number="T7")
    ready = []
    for _ in range(2):
        actor = for_user(make_user(Role.THERAPIST))
        claim = claims.claim_start(register=registration.register, number="T7", actor=actor)
        ready.append((claim, code_digits(OneTimeCode.objects.latest("pk")), actor))
    return ready


def prove_both(monkeypatch, *, locked):
    meet, really = Rendezvous(), claims._locked

    def unlocked(claim):
        pair = Registration.objects.get(pk=claim.registration_id), RegistrationClaim.objects.get(pk=claim.pk)
        meet()
        return pair

    def with_lock(claim):
        pair = really(claim)
        meet()
        return pair

    monkeypatch.setattr(claims, "_locked", with_lock if locked else unlocked)
    work = [lambda one=one: claims.claim_prove(claim=one[0], digits=one[1], actor=one[2]) for one in two_claims()]
    return race(*work)


def test_the_second_is_put_before_a_coordinator(monkeypatch):
    results = prove_both(monkeypatch, locked=True)
    assert sorted(results) == [False, True]
    assert Registration.objects.get().therapist == Therapist.objects.get()
    assert sorted(RegistrationClaim.objects.values_list("state", flat=True)) == ["proved", "to_check"]
    assert Task.objects.filter(kind=kinds.REGISTRATION_CLAIM).count() == 1


def test_negative_control_without_the_lock_the_second_is_an_error_and_still_gets_nothing(monkeypatch):
    results = prove_both(monkeypatch, locked=False)
    assert True in results
    assert any(isinstance(result, Exception) for result in results)
    assert Therapist.objects.count() == 1
