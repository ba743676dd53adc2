"""Registrations on the desk: what a coordinator writes down counts from the next page on, with her reason on record."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from core.actors import system
from core.choices import Role
from core.models import AuditEntry
from tests.factories import make_location, make_register, make_registration, make_user
from tests.support.sign_in import signed_in
from therapists.models import ImportRun, Registration, RegistrationClaim, SamePersonPair, Therapist
from therapists.selectors.standing import standing
from therapists.services.registrations import registration_status_set
from therapists.services.search import search_reindex

pytestmark = pytest.mark.django_db
FOUND = {"evidence": "the register's page", "reason": "Seen today."}


@pytest.fixture
def browser(dev):
    return signed_in(dev)


@pytest.fixture
def registration(ben):
    return ben.registrations.get()


def page(name, row):
    return reverse(f"therapists:{name}", args=[row.pk])


def listed(therapist):
    return standing(therapist.pk, as_of=clock.now()).listed


def test_a_suspension_hides_at_once_and_is_recorded_with_its_reason(browser, ben, registration):
    assert listed(ben)
    browser.post(page("desk_registration", registration), {"status": "suspended", **FOUND})
    assert not listed(ben)
    assert AuditEntry.objects.filter(object_type="registration", reason="Seen today.").exists()
    assert "Hides this therapist everywhere" in browser.get(page("desk_registration", registration)).content.decode()


@pytest.mark.parametrize("missing", ["status", "evidence", "reason"])
def test_nothing_is_written_down_without_status_source_and_reason(browser, ben, registration, missing):
    data = {"status": "suspended", **FOUND, missing: ""}
    answer = browser.post(page("desk_registration", registration), data)
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert listed(ben)


def test_a_sanction_counts_only_after_somebody_looked_at_it(browser, ben, registration):
    browser.post(page("desk_registration", registration), {"status": "active_with_sanction", **FOUND})
    assert not listed(ben)
    act = reverse("therapists:desk_registration_act", args=[registration.pk, "sanction"])
    assert "Write the reason" in browser.post(act, {}).content.decode()
    browser.post(act, {"reason": "A matter of paperwork."})
    assert listed(ben)
    assert "done already" in browser.post(act, {"reason": "Again."}, follow=True).content.decode()


def test_a_registration_that_is_not_hers_is_taken_away(browser, ben, registration):
    act = reverse("therapists:desk_registration_act", args=[registration.pk, "unlink"])
    browser.post(act, {"reason": "Another person of the same name."})
    assert not listed(ben)
    assert Registration.objects.get(pk=registration.pk).therapist is None


def test_a_claim_shows_both_sides_and_is_decided_once(browser, dev):
    new = make_user(Role.THERAPIST, name="Nia Evans")
    row = make_registration(name="Nia E Evans", town="Swansea")
    claim = RegistrationClaim.objects.create(
        user=new, registration=row, state="to_check", statement="Ring my clinic", made_at=clock.now()
    )
    text = browser.get(page("desk_claim", claim)).content.decode()
    for words in ("Nia E Evans", "Swansea", new.email, "Ring my clinic"):
        assert words in text
    browser.post(page("desk_claim", claim), {"accept": "yes", "reason": "Rang the number on the register."})
    browser.post(page("desk_claim", claim), {"accept": "no", "reason": "Second click."})
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == ("proved", dev.name)
    assert Therapist.objects.get(user=new).registrations.get() == row


def test_a_claim_that_is_not_confirmed_gives_nothing(browser):
    new = make_user(Role.THERAPIST)
    claim = RegistrationClaim.objects.create(
        user=new, registration=make_registration(), state="to_check", made_at=clock.now()
    )
    browser.post(page("desk_claim", claim), {"accept": "no", "reason": "The clinic does not know her."})
    assert not Therapist.objects.filter(user=new).exists()
    text = signed_in(new).get(reverse("therapists:onboarding")).content.decode()
    assert "We could not confirm this" in text


def test_nobody_decides_her_own_claim(ben):
    both = make_user(Role.COORDINATOR, Role.THERAPIST)
    claim = RegistrationClaim.objects.create(
        user=both, registration=make_registration(), state="to_check", made_at=clock.now()
    )
    answer = signed_in(both).post(page("desk_claim", claim), {"accept": "yes", "reason": "It is me."})
    assert "Somebody else has to decide" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.state == "to_check"


def test_two_registrations_are_one_person_only_when_a_person_says_so(browser, ben, registration):
    other = make_registration(register="BACP", name="Ben Okafor")
    first, second = sorted([registration, other], key=lambda row: row.pk)
    pair = SamePersonPair.objects.create(first=first, second=second, agrees_on="email", found_at=clock.now())
    assert "Choose yes or no" in browser.post(page("desk_pair", pair), {"reason": "x"}).content.decode()
    browser.post(page("desk_pair", pair), {"same": "yes", "reason": "Same photograph on both pages."})
    assert set(ben.registrations.all()) == {registration, other}
    assert "One person" in browser.get(page("desk_pair", pair)).content.decode()


def test_finding_by_number_and_by_the_beginning_of_a_name(browser, registration):
    search_reindex()
    for text in (registration.number.lower(), registration.number[:5], "Ben Ok", "ökafor, ben", "okaforr"):
        answer = browser.post(reverse("therapists:desk_find"), {"text": text}).content.decode()
        assert page("desk_registration", registration) in answer
    for text in ("Zzz", "99999", "Ben Zzz", "--", "\u0661\u0662"):
        assert "Nobody found" in browser.post(reverse("therapists:desk_find"), {"text": text}).content.decode(), text
    assert "at least two characters" in browser.post(reverse("therapists:desk_find"), {"text": "B"}).content.decode()


def test_the_desk_finds_whoever_is_not_listed_or_has_no_profile_yet(browser, ben, registration):
    registration_status_set(registration=registration, status="removed", reason="gone", actor=system("test"))
    stranger = make_registration(name="Sian O'Neill-Quill", number="DEMO-SIAN", register="BACP")
    make_location(ben, town="Whitby")
    search_reindex()
    for text, row in (("okafor whitby", registration), ("sian quil", stranger), ("demo sian", stranger)):
        answer = browser.post(reverse("therapists:desk_find"), {"text": text}).content.decode()
        assert page("desk_registration", row) in answer, text


def file_of(*rows, name="register.csv"):
    valid = (clock.today() + datetime.timedelta(days=200)).isoformat()
    lines = ["number,name,status,valid_until", *(f"{number},{who},{status},{valid}" for number, who, status in rows)]
    return SimpleUploadedFile(name, "\n".join(lines).encode(), "text/csv")


def upload(browser, file, **data):
    register = make_register()
    return browser.post(
        reverse("therapists:desk_imports"), {"register": register.pk, "file": file, **data}, follow=True
    )


def test_a_file_is_checked_first_and_changes_nothing(browser):
    answer = upload(browser, file_of(("A1", "Ann Lee", "active"), ("A2", "", "dancing")), what="check")
    text = answer.content.decode()
    assert "Nothing is changed yet" in text
    assert "dancing" in text
    assert not ImportRun.objects.exists()
    assert not Registration.objects.exists()


def test_a_file_comes_in_with_its_errors_row_by_row(browser):
    answer = upload(browser, file_of(("A1", "Ann Lee", "active"), ("A2", "Bo Ray", "dancing")), what="bring_in")
    text = answer.content.decode()
    assert Registration.objects.get(number="A1").name == "Ann Lee"
    assert not Registration.objects.filter(number="A2", status="active").exists()
    assert "dancing" in text
    run = ImportRun.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("therapists:desk_import", args=[run.pk])
    assert "register.csv" in browser.get(reverse("therapists:desk_imports")).content.decode()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"no,known,columns\n1,2,3\n"])
def test_what_is_no_register_file_is_refused_in_words(browser, content):
    answer = upload(browser, SimpleUploadedFile("x.csv", content), what="bring_in")
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert not Registration.objects.exists()


def test_a_file_that_is_too_large_is_left_to_the_command(browser, monkeypatch):
    monkeypatch.setattr("therapists.forms.registry.MOST_BYTES", 10)
    assert "larger than 5 MB" in upload(browser, file_of(("A1", "Ann", "active")), what="check").content.decode()


def test_no_file_and_no_register_are_asked_for(browser):
    text = browser.post(reverse("therapists:desk_imports"), {"what": "check"}).content.decode()
    assert "Choose a file" in text
    assert "Choose the register" in text
