"""Why this list: reached from the history, for coordinators; the same again, or exactly why not."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core import clock
from core.models import AccessEntry
from matching.models import MatchRun
from matching.selectors import runs
from matching.weights import load_weight_sets
from referrals.answers import Chosen
from referrals.models import Exclusion, Referral
from referrals.services.choices import choices_change
from tests.factories import make_therapist
from tests.matching.database import store_forecast
from tests.matching.world import Forecast
from tests.referrals.given import client_of, sent
from tests.support.browser import DESKTOP, PHONE
from tests.support.look import look
from tests.support.sign_in import sign_in_page, signed_in
from therapists.models import Therapist

pytestmark = pytest.mark.django_db


@pytest.fixture
def therapists(db: None) -> list[Therapist]:
    load_weight_sets(overwrite=False)
    return [make_therapist(places=2) for _ in range(4)]


@pytest.fixture
def referral(therapists: list[Therapist]) -> Referral:
    return Referral.objects.get(pk=sent(therapists[0]).pk)


def page_of(referral: Referral, run: int | None = None) -> str:
    return reverse("referrals:desk_list", args=[referral.pk, run or referral.match_run_id])


def read(browser: Client, referral: Referral, run: int | None = None) -> str:
    answer = browser.get(page_of(referral, run))
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_has_the_wait_that_ordered_her(therapists: list[Therapist], dev: User) -> None:
    soon, unknown = therapists[1:3]
    Therapist.objects.filter(pk__in=[soon.pk, unknown.pk]).update(list_limit=5, offerable_entries=2)
    store_forecast(soon.pk, Forecast([3], clock.now(), open_places=2))
    text = read(signed_in(dev), Referral.objects.get(pk=sent(therapists[0]).pk))
    assert text.count("a place then") == 2
    assert text.index("a place then") < text.index("about 3 weeks") < text.index("nobody could say how long")
    assert "comes out exactly the same" in text


def test_reached_from_the_history_and_the_same_again(referral: Referral, dev: User) -> None:
    browser = signed_in(dev)
    history = browser.get(reverse("referrals:desk_referral", args=[referral.pk])).content.decode()
    assert page_of(referral) in history
    text = read(browser, referral)
    assert "4 therapists fitted what was asked" in text
    assert "comes out exactly the same" in text
    assert "offers video sessions" in text
    assert "“evidence”" in text
    assert AccessEntry.objects.filter(
        object_id=str(referral.client_id), purpose="why_this_list", actor_id=str(dev.pk)
    ).exists()


def test_somebody_changed_since(referral: Referral, therapists: list[Therapist], dev: User) -> None:
    Therapist.objects.filter(pk=therapists[2].pk).update(paused=True)
    text = read(signed_in(dev), referral)
    assert "follows from what was recorded then" in text
    assert "4 therapists fitted then; for the same moment it would be 3 now." in text
    assert "Asked again, not in the list." in text
    assert "Changed since: whether they take new people." in " ".join(text.split())


def test_every_list_of_the_history_can_be_asked(referral: Referral, therapists: list[Therapist], dev: User) -> None:
    first = referral.match_run_id
    choices_change(referral=referral, choices=[Chosen(therapists[1].pk)], actor=client_of(referral))
    referral.refresh_from_db()
    assert referral.match_run_id != first
    browser = signed_in(dev)
    history = browser.get(reverse("referrals:desk_referral", args=[referral.pk])).content.decode()
    for run, name in ((first, therapists[0].display_name), (referral.match_run_id, therapists[1].display_name)):
        assert page_of(referral, run) in history
        text = " ".join(read(browser, referral, run).split())
        assert text.count("chosen as number 1") == 1
        assert "chosen as number 1" in text.split(name, 1)[1].split("</h3>", 1)[0]


def test_somebody_chosen_who_was_not_on_the_list(referral: Referral, dev: User) -> None:
    gone = make_therapist(places=0, display_name="Nobody Free")
    choices_change(referral=referral, choices=[Chosen(gone.pk, will_wait=True)], actor=client_of(referral))
    referral.refresh_from_db()
    text = " ".join(read(signed_in(dev), referral).split())
    assert "not on the list at that moment: Nobody Free" in text


def test_another_persons_list_is_not_found(referral: Referral, therapists: list[Therapist], dev: User) -> None:
    other = Referral.objects.get(pk=sent(therapists[1]).pk)
    browser = signed_in(dev)
    assert browser.get(page_of(referral, other.match_run_id)).status_code == 404
    assert browser.get(page_of(referral, 987_654)).status_code == 404


def test_only_for_coordinators(referral: Referral, sam: User) -> None:
    browser = signed_in(sam)
    assert browser.get(page_of(referral)).status_code == 404
    history = browser.get(reverse("referrals:desk_referral", args=[referral.pk])).content.decode()
    assert "Why this list?" not in history


def test_exclusions_are_counted_and_kept(referral: Referral, therapists: list[Therapist], dev: User) -> None:
    out = therapists[3]
    Exclusion.objects.create(client=referral.client, therapist=out, side=Exclusion.Side.COORDINATOR, at=clock.now())
    choices_change(referral=referral, choices=[Chosen(therapists[1].pk)], actor=client_of(referral))
    referral.refresh_from_db()
    assert referral.match_run is not None
    assert (referral.match_run.silent, referral.match_run.eligible) == ([out.pk], 3)
    text = read(signed_in(dev), referral)
    assert "1 therapist, because of an exclusion the client does not see" in text
    assert out.display_name not in text


def test_another_engine(referral: Referral, dev: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ENGINE_VERSION", "9")
    text = read(signed_in(dev), referral)
    assert "this is version 9, which may judge otherwise" in text
    assert "follows from what was recorded then" in text


def test_a_list_from_before_anything_was_kept(referral: Referral, dev: User) -> None:
    run = referral.match_run
    assert run is not None
    old = MatchRun.objects.create(
        **{
            field.attname: getattr(run, field.attname)
            for field in MatchRun._meta.concrete_fields
            if field.attname not in {"id", "shown", "list_digest", "meaning_digest"}
        }
    )
    Referral.objects.filter(pk=referral.pk).update(match_run=old)
    referral.refresh_from_db()
    text = read(signed_in(dev), referral)
    assert "This list cannot be repeated" in text
    assert "Which reasons stood behind it was not recorded then." in text


def said(run: int) -> str:
    out = StringIO()
    call_command("repeat_match_run", str(run), stdout=out)
    return out.getvalue()


def test_the_command(referral: Referral, therapists: list[Therapist], monkeypatch: pytest.MonkeyPatch) -> None:
    run = referral.match_run_id
    assert run is not None
    assert "the whole list is exactly the same" in said(run)
    Therapist.objects.filter(pk=therapists[2].pk).update(paused=True)
    assert "for the same moment it would be 3 now" in said(run)
    monkeypatch.setattr(runs, "VERSION", 99)
    with pytest.raises(CommandError, match="cannot be repeated"):
        said(run)
    with pytest.raises(CommandError, match="no list 987654"):
        said(987_654)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_how_it_looks(width: int, open_page: Any, live_server: LiveServer, axe: Any, dev: User) -> None:
    load_weight_sets(overwrite=False)
    people = [make_therapist(places=2, gender=gender) for gender in ("woman", "man", "woman", "", "man")]
    referral = Referral.objects.get(pk=sent(people[0], genders=["woman"], genders_strength=2).pk)
    page = open_page(width)
    sign_in_page(page, live_server.url, dev)
    look(page, live_server.url + page_of(referral), axe, "desk_list_same")
    Therapist.objects.filter(pk=people[1].pk).update(paused=True)
    people[2].places.all().delete()
    look(page, live_server.url + page_of(referral), axe, "desk_list_changed")
