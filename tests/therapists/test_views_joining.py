"""From an account to a profile: naming a registration, proving it, and what stands in between."""

import pytest
from django.test import Client
from django.urls import reverse

from core.choices import Role
from core.models import OneTimeCode, Task
from core.one_time_codes import code_digits
from tests.factories import make_registration, make_user
from tests.support.sign_in import signed_in
from therapists.models import RegistrationClaim, Therapist

pytestmark = pytest.mark.django_db
CLAIM = "therapists:claim"


@pytest.fixture
def nia(db):
    return make_user(Role.THERAPIST, name="Nia Evans")


@pytest.fixture
def browser(nia):
    return signed_in(nia)


@pytest.fixture
def registration(db):
    return make_registration(name="Nia Evans", number="N100", email="nia@register.example")


def name_it(browser, row, **changes):
    return browser.post(reverse(CLAIM), {"register": row.register_id, "number": row.number, **changes}, follow=True)


def the_code():
    return code_digits(OneTimeCode.objects.latest("pk"))


def test_visitors_read_what_joining_takes():
    text = Client().get(reverse("therapists:join")).content.decode()
    assert "Make an account" in text
    assert reverse("account_signup") in text


def test_starting_gives_the_role_and_twice_is_once():
    user = make_user()
    browser = signed_in(user)
    for _ in range(2):
        response = browser.post(reverse("therapists:join"))
        assert response["Location"] == reverse("therapists:onboarding")
    assert user.active_roles() == {Role.THERAPIST}
    assert user.memberships.count() == 1


def test_a_visitor_cannot_start_without_an_account():
    assert Client().post(reverse("therapists:join")).status_code == 200
    assert not Therapist.objects.exists()


def test_the_code_to_the_address_on_record_proves_it(browser, nia, registration):
    page = name_it(browser, registration)
    assert "nia@register.example" not in page.content.decode()
    claim = RegistrationClaim.objects.get()
    done = browser.post(reverse("therapists:claim_code", args=[claim.pk]), {"digits": the_code()}, follow=True)
    assert "The registration is yours" in done.content.decode()
    assert Therapist.objects.get(user=nia).registrations.get() == registration


@pytest.mark.parametrize(
    ("digits", "words"), [("", "Enter the six numbers"), ("12", "six numbers"), ("abcdef", "six numbers")]
)
def test_what_is_no_code(browser, registration, digits, words):
    name_it(browser, registration)
    page = reverse("therapists:claim_code", args=[RegistrationClaim.objects.get().pk])
    assert words in browser.post(page, {"digits": digits}).content.decode()


def test_a_wrong_code_gives_nothing(browser, registration):
    name_it(browser, registration)
    page = reverse("therapists:claim_code", args=[RegistrationClaim.objects.get().pk])
    wrong = "000000" if the_code() != "000000" else "111111"
    assert "This code is not right" in browser.post(page, {"digits": wrong}).content.decode()
    assert not Therapist.objects.exists()


def test_an_unknown_number_keeps_what_was_typed_and_offers_a_person(browser, registration):
    answer = name_it(browser, registration, number="NOPE1").content.decode()
    assert "We cannot find a registration" in answer
    assert 'value="NOPE1"' in answer
    name_it(browser, registration, **{"number": "NOPE1", "look-it-up": "1"})
    assert Task.objects.get().detail == {"register": registration.register.code, "number": "NOPE1"}


def test_without_an_address_on_record_a_person_checks(browser):
    name_it(browser, make_registration(number="N200", email=""))
    claim = RegistrationClaim.objects.get()
    listed = browser.get(reverse("therapists:onboarding")).content.decode()
    assert "Tell us how we can check" in listed
    browser.post(reverse("therapists:claim_check", args=[claim.pk]), {"statement": "Ring my clinic"})
    assert Task.objects.filter(subject_type="registration_claim", subject_id=claim.pk).count() == 1
    assert "within two working days" in browser.get(reverse("therapists:onboarding")).content.decode()


def test_somebody_elses_claim_cannot_be_opened(browser, registration):
    name_it(browser, registration)
    other = signed_in(make_user(Role.THERAPIST))
    pk = RegistrationClaim.objects.get().pk
    for name in ("claim_code", "claim_check"):
        assert other.get(reverse(f"therapists:{name}", args=[pk])).status_code == 404
        assert other.post(reverse(f"therapists:{name}", args=[pk]), {"digits": the_code()}).status_code == 404


def test_before_a_registration_is_hers_every_page_leads_to_claiming(browser):
    for name in ("profile", "places", "preview", "rooms"):
        assert browser.get(reverse(f"therapists:{name}"))["Location"] == reverse("therapists:onboarding")
    assert browser.get(reverse("caseload:today"))["Location"] == reverse("therapists:onboarding")


def test_the_list_of_what_is_needed_says_why_in_words(browser, registration):
    name_it(browser, registration)
    claim = RegistrationClaim.objects.get()
    browser.post(reverse("therapists:claim_code", args=[claim.pk]), {"digits": the_code()})
    text = browser.get(reverse("therapists:onboarding")).content.decode()
    assert "Your profile has not been published yet" in text
    assert "Needed" in text
    answer = browser.post(reverse("therapists:publish"), follow=True).content.decode()
    assert "Still needed: Your name and about you" in answer
