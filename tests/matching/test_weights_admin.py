"""Weights in the admin: adding puts them in force, with who and why; nothing else is offered."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from clients.preferences import Stated
from core.models import AuditEntry
from matching.models import WeightSet
from matching.services.ranking import rank_now
from matching.weights import EQUAL, load_weight_sets
from tests.support.sign_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_page(ada: User) -> Client:
    load_weight_sets(overwrite=False)
    return signed_in(ada)


def test_new_weights_are_in_force_at_once(admin_page: Client, ada: User) -> None:
    weights = {**EQUAL, "gender": 4000}
    form = {"preset": "trial", "weights": json.dumps(weights), "reason": "Asked for by the board"}
    assert admin_page.post(reverse("admin:matching_weightset_add"), form).status_code == 302
    row = WeightSet.objects.first()
    assert row is not None
    assert (row.weights, row.author, row.reason) == (weights, ada.name, "Asked for by the board")
    assert rank_now(Stated(), seed=1).weight_set_id == row.pk
    assert AuditEntry.objects.filter(verb="weights.set", actor_id=str(ada.pk)).exists()


@pytest.mark.parametrize("weights", ["{}", "[]", '"x"', '{"gender": -1}', "nonsense", ""])
def test_odd_weights_are_refused_in_words(admin_page: Client, weights: str) -> None:
    form = {"preset": "trial", "weights": weights, "reason": "x"}
    page = admin_page.post(reverse("admin:matching_weightset_add"), form)
    assert page.status_code == 200
    assert page.context["adminform"].form.errors["weights"]
    assert WeightSet.objects.count() == 2


def test_nothing_is_changed_or_deleted(admin_page: Client) -> None:
    row = WeightSet.objects.earliest("pk")
    assert admin_page.get(reverse("admin:matching_weightset_changelist")).status_code == 200
    change = reverse("admin:matching_weightset_change", args=[row.pk])
    assert admin_page.post(change, {"preset": "x"}).status_code == 403
    assert (
        admin_page.post(reverse("admin:matching_weightset_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    )
