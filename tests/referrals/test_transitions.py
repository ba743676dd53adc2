"""Every cell, legal and illegal."""

import ast
from itertools import product
from pathlib import Path

import pytest
from django.core.management import call_command

from referrals import transitions
from referrals.models import Choice, Offer, Placement, Referral
from referrals.transitions import CHOICE, LIVES, OFFER, PLACEMENT, REFERRAL, Life, NotAllowed

CELLS = [(life, state, action) for life in LIVES for state, action in product(("", *life.states), life.actions)]
LEGAL = {
    "choosing": {
        "ask": "requested",
        "change_choices": "choosing",
        "remind": "choosing",
        "carry_on": "choosing",
        "hand_over": "choosing",
        "call_me": "choosing",
        "withdraw": "closed",
        "redirect": "closed",
        "close": "closed",
    },
    "requested": {
        "change_choices": "requested",
        "take_back": "choosing",
        "interest": "requested",
        "decline": "choosing",
        "lapse": "choosing",
        "unlist": "choosing",
        "accept": "meeting",
        "call_me": "requested",
        "withdraw": "closed",
        "redirect": "closed",
        "close": "closed",
    },
    "meeting": {
        "contact": "meeting",
        "say_go_ahead": "meeting",
        "go_ahead": "in_therapy",
        "not_this_time": "choosing",
        "hand_over": "meeting",
        "call_me": "meeting",
        "end": "closed",
        "withdraw": "closed",
        "redirect": "closed",
        "close": "closed",
    },
    "in_therapy": {
        "review": "in_therapy",
        "call_me": "in_therapy",
        "end": "closed",
        "withdraw": "closed",
        "redirect": "closed",
        "close": "closed",
    },
    "closed": {"undo": "choosing", "reopen": "choosing"},
    "": {"submit": "choosing"},
}
SMALL = {
    OFFER: {
        "": {"hold": "open"},
        "open": {"accept": "accepted", "decline": "declined", "lapse": "lapsed", "withdraw": "withdrawn"},
    },
    PLACEMENT: {
        "": {"begin": "meeting"},
        "meeting": {"go_ahead": "active", "end": "ended"},
        "active": {"end": "ended"},
    },
    CHOICE: {
        "": {"choose": "untried"},
        "untried": {"ask": "asked"},
        "asked": {
            "decline": "no",
            "lapse": "unanswered",
            "unlist": "unavailable",
            "take_back": "untried",
            "accept": "yes",
        },
        "yes": {"end": "ended"},
    },
}


def expected(life: Life, state: str, action: str) -> str | None:
    return (LEGAL if life is REFERRAL else SMALL[life]).get(state, {}).get(action)


@pytest.mark.parametrize(("life", "state", "action"), CELLS, ids=lambda value: getattr(value, "name", value or "new"))
def test_each_cell(life: Life, state: str, action: str) -> None:
    wanted = expected(life, state, action)
    if wanted is None:
        with pytest.raises(NotAllowed) as refusal:
            life.step(state, action)
        assert (refusal.value.state, refusal.value.action) == (state, action)
    else:
        assert life.step(state, action) == wanted


@pytest.mark.parametrize(
    ("life", "column"),
    [(REFERRAL, Referral.State), (OFFER, Offer.State), (PLACEMENT, Placement.State), (CHOICE, Choice.State)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_state_fits_its_column(life: Life, column: type) -> None:
    assert set(life.states) <= set(column.values)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_every_state_can_be_reached_and_nothing_leads_elsewhere(life: Life) -> None:
    assert set(life.table.values()) == set(life.states)


def test_replay_gives_the_state() -> None:
    assert REFERRAL.replay(["submit", "ask", "decline", "ask", "accept", "go_ahead"]) == "in_therapy"
    with pytest.raises(NotAllowed):
        REFERRAL.replay(["ask"])


def test_the_tables_know_no_framework() -> None:
    tree = ast.parse(Path(transitions.__file__).read_text())
    modules = {getattr(node, "module", "") for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any((module or "").startswith("django") for module in modules)


def test_the_page_is_current() -> None:
    call_command("document_lifecycles", check=True)
