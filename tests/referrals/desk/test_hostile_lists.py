"""Numbers of lists that mean nobody's list, and what may be read of a list by whom."""

import pytest
from django.urls import reverse

from accounts.models import User
from matching.models import MatchRun
from referrals.models import Referral
from tests.factories import make_therapist
from tests.referrals.given import sent
from tests.support.sign_in import signed_in
from therapists.models import Therapist

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
def test_numbers_beyond_all_bounds_are_nobodys(dev: User, number: int) -> None:
    referral = Referral.objects.get(pk=sent(make_therapist()).pk)
    browser = signed_in(dev)
    assert browser.get(f"/desk/referrals/{referral.pk}/lists/{number}/").status_code == 404
    assert browser.get(f"/desk/referrals/{number}/lists/{referral.match_run_id}/").status_code == 404


def test_a_list_is_read_by_nobody_it_shows_or_concerns(ben: Therapist, cara: Therapist, amina: User, dev: User) -> None:
    referral = Referral.objects.get(pk=sent(ben).pk)
    page = reverse("referrals:desk_list", args=[referral.pk, referral.match_run_id])
    assert ben.user and cara.user
    for user in (ben.user, cara.user, amina):
        for url in (page, reverse("referrals:desk_exposure"), reverse("referrals:desk_exposure_file")):
            assert signed_in(user).get(url).status_code == 404, (user, url)
    assert signed_in(dev).get(page).status_code == 200
    assert signed_in(dev).post(page).status_code == 405


def test_a_record_holds_nothing_of_who_asked(ben: Therapist) -> None:
    referral = sent(ben)
    run = MatchRun.objects.get(pk=Referral.objects.get(pk=referral.pk).match_run_id)
    text = str({field.name: getattr(run, field.attname) for field in MatchRun._meta.concrete_fields}).lower()
    for word in ("ewa", "nowak", "ls6", "very own words", "sleep again", "example.org"):
        assert word not in text


def test_no_browser_keeps_the_file_with_everybodys_figures(dev: User, ben: Therapist) -> None:
    answer = signed_in(dev).get(reverse("referrals:desk_exposure_file"))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
