"""A therapist's yes is to what she read: the digest changes with that, and with nothing else."""

import dataclasses
from typing import Any

import pytest
from django.utils import translation

from clients.models import Client, Consent
from clients.preferences import Stated, any_of
from clients.services.preferences import preferences_record
from core import clock
from referrals.models import Referral
from referrals.selectors.summary import Told, summary_digest, summary_digests, told
from tests.factories import make_funder, reference_row
from tests.referrals.given import fresh, sent
from therapists.models import Issue, Therapist

pytestmark = pytest.mark.django_db

STATED = Stated(
    times=any_of(["mon-morning"], 1),
    formats=any_of(["video"], 1),
    client_groups=("adults",),
    identity=any_of(["lgbt"], 1),
    style=(("warm", 1),),
    style_strength=1,
)


def permit(referral: Referral, item: str, decision: str = Consent.Decision.GIVEN) -> None:
    Consent.objects.create(
        client_id=referral.client_id, item=item, decision=decision, route="page", recorded_by="x", at=clock.now()
    )


def state(referral: Referral, **changes: Any) -> None:
    referral.preferences = preferences_record(stated=dataclasses.replace(STATED, **changes))
    referral.save(update_fields=["preferences"])


@pytest.fixture
def referral(ben: Therapist) -> Referral:
    made = sent(ben, aims="To sleep again", own_words="My very own words")
    state(made)
    for item in ("own_words", "identity", "style"):
        permit(made, item)
    return fresh(made)


def digest(referral: Referral, ben: Therapist) -> str:
    return summary_digest(fresh(referral), ben.pk)


CHANGES: dict[str, Any] = {
    "main issue": lambda r: Referral.objects.filter(pk=r.pk).update(main_issue="grief"),
    "aims": lambda r: Referral.objects.filter(pk=r.pk).update(aims="To work again"),
    "own words": lambda r: Referral.objects.filter(pk=r.pk).update(own_words="Other words"),
    "own words taken back": lambda r: permit(r, "own_words", Consent.Decision.WITHDRAWN),
    "identity taken back": lambda r: permit(r, "identity", Consent.Decision.WITHDRAWN),
    "style taken back": lambda r: permit(r, "style", Consent.Decision.WITHDRAWN),
    "other issues": lambda r: state(r, other_issues=("grief",)),
    "times": lambda r: state(r, times=any_of(["tue-evening"], 1)),
    "formats": lambda r: state(r, formats=any_of(["phone"], 1)),
    "languages": lambda r: state(r, languages=any_of(["welsh"], 1)),
    "adjustments": lambda r: state(r, access=("bsl",)),
    "step-free": lambda r: state(r, step_free=True),
    "style": lambda r: state(r, style=(("warm", -1),)),
    "groups": lambda r: state(r, client_groups=("carers",)),
    "identity": lambda r: state(r, identity=any_of(["faith"], 1)),
    "note": lambda r: Client.objects.filter(pk=r.client_id).update(access_needs={"note": "A quiet room"}),
    "fee": lambda r: Referral.objects.filter(pk=r.pk).update(fee_snapshot={}),
    "funder": lambda r: Referral.objects.filter(pk=r.pk).update(funder=make_funder("trust")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_it_changes_with_everything_she_reads(ben: Therapist, referral: Referral, change: Any) -> None:
    before = digest(referral, ben)
    change(referral)
    assert digest(referral, ben) != before


def test_it_stays_when_something_else_changes(ben: Therapist, referral: Referral) -> None:
    reference_row(Issue, "anxiety-or-worry")
    before = digest(referral, ben)
    Client.objects.filter(pk=referral.client_id).update(given_name="Zdenka", postcode="LS1 1AA", nation="wales")
    Issue.objects.filter(slug="anxiety-or-worry").update(name="Worry")
    state(referral, times=any_of(["mon-morning"], 3), miles=5)
    permit(referral, "gp")
    with translation.override("cy"):
        assert digest(referral, ben) == before


def test_two_therapists_read_what_each_may(ben: Therapist, cara: Therapist, referral: Referral) -> None:
    assert summary_digest(referral, ben.pk) != summary_digest(referral, cara.pk)


def test_many_are_read_in_two_queries(ben: Therapist, referral: Referral, django_assert_num_queries: Any) -> None:
    others = [sent(ben) for _ in range(3)]
    pairs = [(row.pk, ben.pk) for row in (referral, *others)]
    with django_assert_num_queries(2):
        found = summary_digests(pairs)
    assert found == {pair: summary_digest(Referral.objects.get(pk=pair[0]), ben.pk) for pair in pairs}
    assert summary_digests([(0, ben.pk)]) == {}


def test_what_is_told_is_a_white_list(ben: Therapist, referral: Referral) -> None:
    assert {field.name for field in dataclasses.fields(Told)} == {
        "main_issue",
        "other_issues",
        "aims",
        "hours",
        "formats",
        "languages",
        "access",
        "step_free",
        "note",
        "funder",
        "sessions",
        "fee_pence",
        "own_words",
        "groups",
        "identity",
        "style",
    }
    everything = str(told([(referral.pk, ben.pk)]))
    for private in (referral.client.given_name, referral.client.postcode, referral.client.email, referral.reference):
        assert private not in everything
