"""Every cell, legal and illegal."""

import ast
from itertools import product
from pathlib import Path

import pytest
from django.core.management import call_command

from referrals import transitions
from referrals.models import Choice, Offer, Placement, Referral, WaitingListEntry
from referrals.transitions import CHOICE, ENTRY, LIVES, OFFER, PLACEMENT, REFERRAL, Life, NotAllowed

CELLS = [(life, state, action) for life in LIVES for state, action in product(("", *life.states), life.actions)]
# By life and state: where each action leads, spelled a second time.
LEGAL = {
    REFERRAL: {
        "": {
            "choosing": "submit",
        },
        "choosing": {
            "requested": "ask",
            "waiting": "wait",
            "choosing": (
                "change_choices join_list ask_list_again interest_list agree_list refuse_list lapse_list "
                "leave_list remove_list drop_list undo_leave park unpark late_yes prioritise move_list merge "
                "answer_check_in freeze_list go_away come_back resume end_old remind carry_on hand_over call_me"
            ),
            "in_therapy": "stay",
            "closed": "withdraw redirect close",
        },
        "requested": {
            "requested": (
                "change_choices interest join_list ask_list_again interest_list agree_list refuse_list "
                "lapse_list leave_list remove_list drop_list undo_leave park unpark late_yes prioritise "
                "move_list merge answer_check_in freeze_list go_away come_back resume end_old call_me"
            ),
            "choosing": "take_back decline lapse unlist unreach",
            "meeting": "accept",
            "in_therapy": "stay",
            "closed": "withdraw redirect close",
        },
        "waiting": {
            "waiting": (
                "change_choices join_list ask_list_again interest_list agree_list undo_leave park unpark "
                "late_yes prioritise move_list merge check_in answer_check_in freeze_list go_away come_back "
                "resume end_old hand_over call_me"
            ),
            "choosing": "rewalk refuse_list lapse_list leave_list remove_list drop_list",
            "offered": "offer_place",
            "in_therapy": "stay",
            "closed": "withdraw redirect close",
        },
        "offered": {
            "offered": (
                "change_choices ask_list_again interest_list agree_list refuse_list lapse_list leave_list "
                "remove_list drop_list undo_leave park unpark late_yes prioritise move_list merge told bounce "
                "remind_offer extend answer_check_in freeze_list go_away come_back resume end_old hand_over call_me"
            ),
            "meeting": "accept",
            "choosing": "keep_place lapse stop_waiting freeze unlist take_back",
            "in_therapy": "stay",
            "closed": "withdraw redirect close",
        },
        "meeting": {
            "meeting": (
                "refuse_list lapse_list leave_list remove_list drop_list undo_leave prioritise move_list merge "
                "answer_check_in come_back contact say_go_ahead end_old hand_over call_me"
            ),
            "in_therapy": "go_ahead",
            "choosing": "not_this_time",
            "closed": "end withdraw redirect close",
        },
        "in_therapy": {
            "in_therapy": ("merge answer_check_in come_back review pause resume call_me"),
            "choosing": "switch",
            "closed": "end withdraw redirect close",
        },
        "closed": {
            "choosing": "undo reopen",
        },
    },
    OFFER: {
        "": {
            "open": "hold",
        },
        "open": {
            "accepted": "accept",
            "declined": "decline",
            "lapsed": "lapse",
            "withdrawn": "withdraw",
        },
    },
    PLACEMENT: {
        "": {
            "meeting": "begin",
        },
        "meeting": {
            "active": "go_ahead",
            "ended": "end",
        },
        "active": {
            "paused": "pause",
            "ended": "end",
        },
        "paused": {
            "active": "resume",
            "ended": "end",
        },
    },
    CHOICE: {
        "": {
            "untried": "choose",
        },
        "untried": {
            "asked": "ask",
            "no": "decline",
            "unanswered": "lapse",
            "unavailable": "unlist",
            "yes": "accept",
            "stopped": "stop",
        },
        "asked": {
            "no": "decline",
            "unanswered": "lapse",
            "unavailable": "unlist",
            "untried": "take_back",
            "yes": "accept",
        },
        "yes": {
            "ended": "end",
        },
        "ended": {
            "yes": "stay",
        },
        "stopped": {
            "untried": "undo",
        },
    },
    ENTRY: {
        "": {
            "asked": "join",
        },
        "asked": {
            "listed": "agree",
            "refused": "refuse",
            "unanswered": "lapse",
            "parked": "park",
            "kept": "keep",
            "left": "leave",
            "removed": "remove",
        },
        "listed": {
            "asked": "ask_again",
            "offered": "offer",
            "parked": "park",
            "kept": "keep",
            "left": "leave",
            "removed": "remove",
        },
        "offered": {
            "kept": "accept",
            "listed": "back",
            "parked": "park",
            "left": "leave",
            "removed": "remove",
        },
        "kept": {
            "listed": "restore",
            "asked": "ask_again",
            "placed": "place",
            "left": "leave",
            "removed": "remove",
        },
        "parked": {
            "listed": "unpark",
            "kept": "keep",
            "left": "leave",
            "removed": "remove",
        },
        "left": {
            "listed": "undo",
            "asked": "undo_asked",
            "parked": "undo_parked",
            "kept": "undo_kept",
        },
    },
}


def expected(life: Life, state: str, action: str) -> str | None:
    leads = LEGAL[life].get(state, {})
    return next((to for to, actions in leads.items() if action in actions.split()), None)


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
    [
        (REFERRAL, Referral.State),
        (OFFER, Offer.State),
        (PLACEMENT, Placement.State),
        (CHOICE, Choice.State),
        (ENTRY, WaitingListEntry.State),
    ],
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
