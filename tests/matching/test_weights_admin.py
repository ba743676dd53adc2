"""Weights in the admin: their history; adding puts them in force, with who and why; nothing else is offered."""

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from clients.preferences import Stated
from clients.services.preferences import preferences_record
from core import actors, clock
from core.models import AuditEntry
from matching.admin import PREFIX
from matching.engine.plan import DOMAINS
from matching.models import WeightSet
from matching.selectors.weights import DOMAIN_WORDS
from matching.services.ranking import rank_now
from matching.services.runs import match_run_record
from matching.services.weights import weight_set_add
from matching.store import Store
from matching.weights import EQUAL, EVIDENCE, load_weight_sets
from tests.support.sign_in import signed_in

pytestmark = pytest.mark.django_db
ACTOR = actors.system("test")
ADD, LIST = "admin:matching_weightset_add", "admin:matching_weightset_changelist"


@pytest.fixture
def admin_page(ada: User) -> Client:
    load_weight_sets(overwrite=False)
    return signed_in(ada)


def typed(weights: dict[str, Any], **more: Any) -> dict[str, Any]:
    newest = WeightSet.objects.first()
    assert newest is not None
    fields = {PREFIX + domain: value for domain, value in weights.items()}
    return {
        "preset": "trial",
        "reason": "Asked for by the board",
        "seen": newest.pk,
        "again_from": "",
        **fields,
        **more,
    }


def test_new_weights_are_in_force_at_once(admin_page: Client, ada: User) -> None:
    weights = {**EQUAL, "gender": 4000}
    assert admin_page.post(reverse(ADD), typed(weights)).status_code == 302
    row = WeightSet.objects.first()
    assert row is not None
    assert (row.weights, row.author, row.reason) == (weights, ada.name, "Asked for by the board")
    assert rank_now(Stated(), seed=1).weight_set_id == row.pk
    assert AuditEntry.objects.filter(verb="weights.set", actor_id=str(ada.pk)).exists()


@pytest.mark.parametrize(
    "wrong", [{"gender": -1}, {"gender": 10_001}, {"gender": "much"}, {"gender": ""}, {"gender": 1.5}]
)
def test_odd_weights_are_refused_in_words(admin_page: Client, wrong: dict[str, Any]) -> None:
    page = admin_page.post(reverse(ADD), typed({**EQUAL, **wrong}))
    assert page.status_code == 200
    assert page.context["adminform"].form.errors[f"{PREFIX}gender"]
    assert 'value="1000"' in page.content.decode(), "what was typed stays"
    assert WeightSet.objects.count() == 2


@pytest.mark.parametrize(
    ("weights", "words"),
    [(dict.fromkeys(DOMAINS, 0), "At least one weight must be more than 0"), (EVIDENCE, "in force already")],
)
def test_weights_that_say_nothing_are_refused(admin_page: Client, weights: dict[str, int], words: str) -> None:
    page = admin_page.post(reverse(ADD), typed(weights))
    assert page.status_code == 200
    assert words in page.content.decode()
    assert WeightSet.objects.count() == 2


def test_a_reason_is_needed(admin_page: Client) -> None:
    page = admin_page.post(reverse(ADD), typed({**EQUAL, "time": 5}, reason=" "))
    assert page.context["adminform"].form.errors["reason"]
    with pytest.raises(ValidationError):
        weight_set_add(preset="x", weights=EQUAL, reason=" ", actor=ACTOR)


def test_the_form_begins_with_what_is_in_force(admin_page: Client) -> None:
    initial = admin_page.get(reverse(ADD)).context["adminform"].form.initial
    assert {domain: initial[PREFIX + domain] for domain in DOMAINS} == EVIDENCE


def test_an_older_set_is_chosen_again_as_a_new_row(admin_page: Client) -> None:
    older = WeightSet.objects.get(preset="equal")
    link = f"{reverse(ADD)}?again={older.pk}"
    assert link in admin_page.get(reverse(LIST)).content.decode()
    initial = admin_page.get(link).context["adminform"].form.initial
    assert initial["preset"] == "equal"
    form = {key: "" if value is None else value for key, value in initial.items()}
    assert admin_page.post(link, {**form, "reason": "The trial is over"}).status_code == 302
    row = WeightSet.objects.first()
    assert row is not None
    assert (row.again_id, row.weights, WeightSet.objects.count()) == (older.pk, EQUAL, 3)


@pytest.mark.parametrize("wanted", ["x", "999999", "9" * 40, "²"])
def test_an_older_set_that_is_not_there(admin_page: Client, wanted: str) -> None:
    assert admin_page.get(reverse(ADD), {"again": wanted}).status_code == 200


def test_the_history_says_what_each_changed(admin_page: Client) -> None:
    row = weight_set_add(preset="trial", weights={**EVIDENCE, "time": 100}, reason="A trial", actor=ACTOR)
    ranking = rank_now(Stated(), seed=1)
    match_run_record(ranking=ranking, preferences=preferences_record(stated=Stated()), seed=1, actor=ACTOR)
    history = admin_page.get(reverse(LIST)).content.decode()
    assert "Appointment times: 2000 → 100" in history
    assert f"trial (number {row.pk}, in force)" in history
    page = admin_page.get(reverse("admin:matching_weightset_change", args=[row.pk])).content.decode()
    for words in ("Type of therapy: 2900", "Appointment times: 2000 → 100", "A trial"):
        assert words in page
    assert set(DOMAIN_WORDS) == set(DOMAINS)


def test_somebody_else_was_quicker(admin_page: Client) -> None:
    form = typed({**EQUAL, "gender": 1})
    weight_set_add(preset="quick", weights={**EQUAL, "gender": 2}, reason="Quicker", actor=ACTOR)
    answer = admin_page.post(reverse(ADD), form, follow=True)
    assert "Somebody has changed the weights since you opened this page" in answer.content.decode()
    assert WeightSet.objects.filter(preset="trial").count() == 0


def test_a_clock_put_back_does_not_hide_a_new_set(admin_page: Client) -> None:
    first = weight_set_add(preset="one", weights={**EQUAL, "gender": 2}, reason="x", actor=ACTOR)
    with clock.frozen(first.created_at.replace(year=2020)):
        second = weight_set_add(preset="two", weights={**EQUAL, "gender": 3}, reason="x", actor=ACTOR)
    assert WeightSet.objects.first() == second


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("careful", [True, False])
def test_of_two_at_once_only_one_is_added(careful: bool) -> None:
    """Both looked at the same set. Without saying what was seen (the negative control), both are added."""
    load_weight_sets(overwrite=False)
    newest = WeightSet.objects.first()
    assert newest is not None
    together, refused = threading.Barrier(2), []

    def add(gender: int) -> None:
        together.wait()
        try:
            weight_set_add(
                preset="race",
                weights={**EQUAL, "gender": gender},
                reason="race",
                actor=ACTOR,
                seen=newest.pk if careful else None,
            )
        except ValidationError as problem:
            refused.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(gender,)) for gender in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (WeightSet.objects.filter(preset="race").count(), len(refused)) == ((1, 1) if careful else (2, 0))


@pytest.mark.django_db(transaction=True)
def test_every_process_ranks_with_them_from_its_next_question_on() -> None:
    load_weight_sets(overwrite=False)
    processes = [Store(), Store()]
    for store in processes:
        assert store.current().weights == EVIDENCE
    row = weight_set_add(preset="trial", weights=EQUAL, reason="A trial", actor=ACTOR)
    for store in processes:
        found = store.current()
        assert (found.weight_set_id, found.weights) == (row.pk, EQUAL)


def test_nothing_is_changed_or_deleted(admin_page: Client) -> None:
    row = WeightSet.objects.earliest("pk")
    assert admin_page.get(reverse(LIST)).status_code == 200
    change = reverse("admin:matching_weightset_change", args=[row.pk])
    assert admin_page.post(change, {"preset": "x"}).status_code == 403
    assert (
        admin_page.post(reverse("admin:matching_weightset_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    )
