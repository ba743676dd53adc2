"""What people decide about registrations: with a reason, recorded, and in force at once."""

import datetime

import pytest

from accounts.actors import for_user
from core import clock
from core.actors import system
from core.choices import Role
from core.models import AuditEntry, Task
from core.worklist import link_of
from tests.factories import make_register, make_registration, make_therapist
from therapists import kinds
from therapists.models import Register, Registration, RegistrationClaim, SamePersonPair
from therapists.selectors.standing import standing
from therapists.services import registrations as services
from therapists.services.registrations import RegistrationRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(dev):
    return for_user(dev)


def listed(therapist):
    return standing(therapist.pk, as_of=clock.now()).listed


def only_registration(therapist):
    return therapist.registrations.get()


def open_tasks(kind):
    return Task.objects.filter(kind=kind, state=Task.State.OPEN)


@pytest.mark.parametrize("status", ["suspended", "removed", "active_with_sanction", "lapsed", "not_found"])
def test_a_status_set_by_hand_hides_at_once(ben, actor, status):
    assert listed(ben)
    services.registration_status_set(
        registration=only_registration(ben), status=status, reason="seen on the register's page", actor=actor
    )
    assert not listed(ben)
    assert open_tasks(kinds.REGISTRATION_CHANGED).get().owner_role == Role.COORDINATOR
    entry = AuditEntry.objects.get(verb="registration_check")
    assert (entry.actor_label, entry.reason) == ("Dev Mistry", "seen on the register's page")
    row = only_registration(ben)
    assert (row.checked_by, row.check_method) == ("Dev Mistry", "by hand")


def test_a_check_by_hand_renews(ben, actor):
    row = only_registration(ben)
    Registration.objects.filter(pk=row.pk).update(valid_until=clock.today() - datetime.timedelta(days=1))
    assert not listed(ben)
    until = clock.today() + datetime.timedelta(days=365)
    services.registration_status_set(
        registration=row, status="active", reason="renewed", actor=actor, valid_until=until, next_check=until
    )
    assert listed(ben)
    assert only_registration(ben).next_check == until


CHANGES = {
    "status": lambda row, actor: services.registration_status_set(
        registration=row, status="removed", reason=" ", actor=actor
    ),
    "review": lambda row, actor: services.sanction_review(registration=row, reason="", actor=actor),
    "contradiction": lambda row, actor: services.contradiction_resolve(registration=row, reason="", actor=actor),
    "unlink": lambda row, actor: services.registration_unlink(registration=row, reason="", actor=actor),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_decided_without_a_reason(ben, actor, change):
    before = Registration.objects.values().get()
    with pytest.raises(RegistrationRefused, match="reason"):
        CHANGES[change](only_registration(ben), actor)
    assert Registration.objects.values().get() == before


def test_a_sanction_needs_a_named_review(ben, actor):
    row = only_registration(ben)
    services.registration_status_set(registration=row, status="active_with_sanction", reason="notice", actor=actor)
    services.sanction_review(registration=row, reason="about bookkeeping only", actor=actor)
    assert listed(ben)
    assert only_registration(ben).sanction_reviewed_by == "Dev Mistry"
    services.registration_status_set(registration=row, status="active", reason="over", actor=actor)
    services.registration_status_set(registration=row, status="active_with_sanction", reason="new one", actor=actor)
    assert not listed(ben), "a new sanction is not covered by the old review"


def test_there_must_be_something_to_review_or_resolve(ben, actor):
    row = only_registration(ben)
    with pytest.raises(RegistrationRefused, match="no sanction"):
        services.sanction_review(registration=row, reason="x", actor=actor)
    with pytest.raises(RegistrationRefused, match="Nothing"):
        services.contradiction_resolve(registration=row, reason="x", actor=actor)


def test_a_contradiction_hides_until_somebody_has_looked(ben, actor):
    row = only_registration(ben)
    Registration.objects.filter(pk=row.pk).update(contradiction="another name")
    assert not listed(ben)
    services.contradiction_resolve(registration=row, reason="she married", actor=actor)
    assert listed(ben)


def test_a_second_registration_is_judged_with_the_first(ben, actor):
    other = make_registration(register="UKCP", status="suspended")
    services.registration_link(registration=other, therapist=ben, actor=actor, reason="same person, she rang")
    assert not listed(ben)
    services.registration_unlink(registration=other, actor=actor, reason="it was not her")
    assert listed(ben)
    assert AuditEntry.objects.filter(verb__in=["registration_link", "registration_unlink"]).count() == 2


def test_a_registration_cannot_be_given_to_two_therapists(ben, cara, actor):
    with pytest.raises(RegistrationRefused, match="another therapist"):
        services.registration_link(registration=only_registration(ben), therapist=cara, actor=actor, reason="x")
    free = make_registration()
    with pytest.raises(RegistrationRefused, match="nobody here"):
        services.registration_unlink(registration=free, actor=actor, reason="x")


def test_unlinking_takes_the_proof_back(ben, actor):
    claim = RegistrationClaim.objects.create(
        user=ben.user, registration=only_registration(ben), state="proved", made_at=clock.now()
    )
    services.registration_unlink(registration=only_registration(ben), actor=actor, reason="not hers after all")
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == ("refused", "Dev Mistry")


def pair(first, second):
    a, b = sorted([first, second], key=lambda row: row.pk)
    return SamePersonPair.objects.create(first=a, second=b, agrees_on="e-mail", found_at=clock.now())


def test_two_people_stay_two(ben, actor):
    other = make_registration(register="UKCP")
    row = services.same_person_decide(pair=pair(only_registration(ben), other), same=False, reason="rang", actor=actor)
    other.refresh_from_db()
    assert (row.state, row.decided_by, other.therapist) == ("different", "Dev Mistry", None)


def test_two_profiles_are_never_merged_by_a_word(ben, cara, actor):
    both = pair(only_registration(ben), only_registration(cara))
    with pytest.raises(RegistrationRefused, match="Unlink one"):
        services.same_person_decide(pair=both, same=True, reason="x", actor=actor)
    both.refresh_from_db()
    assert both.state == "open"


@pytest.mark.parametrize("accreditation", ["suspended", "withdrawn", "statutory"])
def test_a_register_that_loses_its_accreditation_takes_everybody_along(ben, actor, accreditation):
    register = make_register()
    services.register_accreditation_set(
        register=register,
        accreditation=accreditation,
        accredited_from=register.accredited_from,
        accredited_until=None,
        reason="notice of the Authority",
        actor=actor,
    )
    assert not listed(ben)
    assert AuditEntry.objects.get(verb="register_accreditation_set").detail["before"] == "valid"


def test_an_accreditation_ends_by_itself(ben, actor):
    register, today = make_register(), clock.today()
    services.register_accreditation_set(
        register=register,
        accreditation=Register.Accreditation.VALID,
        accredited_from=register.accredited_from,
        accredited_until=today,
        reason="not renewed",
        actor=actor,
    )
    assert listed(ben)
    assert not standing(ben.pk, as_of=clock.now() + datetime.timedelta(days=1)).listed
    with pytest.raises(RegistrationRefused, match="end before"):
        services.register_accreditation_set(
            register=register,
            accreditation="valid",
            accredited_from=today,
            accredited_until=today - datetime.timedelta(days=1),
            reason="x",
            actor=actor,
        )


def test_due_checks_become_tasks_once_and_close_with_the_check(ben, cara, actor):
    today = clock.today()
    row = only_registration(ben)
    Registration.objects.filter(pk=row.pk).update(next_check=today)
    Registration.objects.filter(pk=only_registration(cara).pk).update(next_check=today + datetime.timedelta(days=1))
    make_registration(next_check=today)
    for _ in range(2):
        assert services.registration_checks_open(actor=system("tick")) == 1
    assert open_tasks(kinds.REGISTRATION_CHECK).get().subject_id == row.pk
    services.registration_status_set(registration=row, status="active", reason="still there", actor=actor)
    assert not open_tasks(kinds.REGISTRATION_CHECK).exists()


def test_a_register_falling_due_at_once_does_not_bury_the_worklist(ben, cara, actor, monkeypatch):
    monkeypatch.setattr(services, "MOST_CHECKS", 1)
    today = clock.today()
    for therapist, days in ((ben, 1), (cara, 9)):
        due = today - datetime.timedelta(days=days)
        Registration.objects.filter(pk=only_registration(therapist).pk).update(next_check=due)
    for _ in range(2):
        services.registration_checks_open(actor=system("tick"))
    assert open_tasks(kinds.REGISTRATION_CHECK).get().subject_id == only_registration(cara).pk


def test_tasks_lead_to_the_page_where_they_are_done(ben, actor):
    row = only_registration(ben)
    services.registration_status_set(registration=row, status="suspended", reason="seen", actor=actor)
    assert link_of(open_tasks(kinds.REGISTRATION_CHANGED).get()) == f"/therapists/desk/registrations/{row.pk}/"


def test_therapists_without_a_registration_are_nobody(actor):
    assert not listed(make_therapist(registered=False))
