"""Which question follows which: tried on one flow by hand and on random ones by machine."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.flow import Flow, Step

FLOW = Flow(
    [
        Step("nation", keys=("nation",)),
        Step("funder", keys=("funder",), condition=lambda a: a.get("nation") == "england"),
        Step("funder-ref", keys=("funder_ref",), condition=lambda a: a.get("funder") == "icb"),
        Step("words", keys=("words",), optional=True),
        Step("format", keys=("formats", "strength")),
    ]
)


def slugs(answers):
    return [step.slug for step in FLOW.steps(answers)]


def test_answers_open_and_close_branches():
    assert slugs({}) == ["nation", "words", "format"]
    assert slugs({"nation": "england"}) == ["nation", "funder", "words", "format"]
    assert slugs({"nation": "england", "funder": "icb"}) == ["nation", "funder", "funder-ref", "words", "format"]


def test_an_abandoned_branch_neither_lives_on_nor_keeps_another_open():
    answers = {"nation": "wales", "funder": "icb", "funder_ref": "7", "other": 1}
    assert slugs(answers) == ["nation", "words", "format"]
    assert FLOW.cleaned_answers(answers) == {"nation": "wales", "other": 1}


def test_next_and_previous():
    answers = {"nation": "england"}
    assert FLOW.next_step("nation", answers).slug == "funder"
    assert FLOW.previous_step("words", answers).slug == "funder"
    assert FLOW.previous_step("nation", answers) is None
    assert FLOW.next_step("format", answers) is None
    for unreachable in ("funder-ref", "nowhere"):
        with pytest.raises(LookupError):
            FLOW.next_step(unreachable, answers)


def test_the_first_unanswered_skips_what_is_optional():
    assert FLOW.first_unanswered({}).slug == "nation"
    assert FLOW.first_unanswered({"nation": "england"}).slug == "funder"
    assert FLOW.first_unanswered({"nation": "wales"}).slug == "format"
    assert FLOW.first_unanswered({"nation": "wales", "strength": 3}) is None
    assert FLOW.first_unanswered({"nation": "wales", "formats": []}).slug == "format"


def test_no_is_an_answer():
    flow = Flow([Step("adult", keys=("adult",))])
    assert flow.first_unanswered({"adult": False}) is None


@pytest.mark.parametrize("steps", [[Step("a"), Step("a")], [Step("a", keys=("k",)), Step("b", keys=("k",))]])
def test_two_steps_cannot_share(steps):
    with pytest.raises(ValueError, match="two steps"):
        Flow(steps)


NAMES = [f"q{number}" for number in range(6)]


@st.composite
def flows(draw):
    """A flow whose conditions each look for one value of one question, not always an earlier one."""
    steps = []
    for name in NAMES:
        looks_at, wanted = draw(st.sampled_from(NAMES)), draw(st.integers(0, 2))
        open_ = draw(st.booleans())
        condition = (lambda a: True) if open_ else (lambda a, k=looks_at, v=wanted: a.get(k) == v)
        steps.append(Step(name, keys=(name,), condition=condition))
    return Flow(steps)


ANSWERS = st.dictionaries(st.sampled_from([*NAMES, "unowned"]), st.integers(0, 2))


@given(flows(), ANSWERS)
def test_cleaning_changes_nothing_that_can_be_reached_and_is_done_once(flow, answers):
    cleaned = flow.cleaned_answers(answers)
    assert flow.steps(cleaned) == flow.steps(answers)
    assert flow.cleaned_answers(cleaned) == cleaned
    assert cleaned.items() <= answers.items()
    reachable = {step.slug for step in flow.steps(answers)}
    assert all(key in reachable or key == "unowned" for key in cleaned)


@given(flows(), ANSWERS)
def test_next_walks_every_reachable_step_and_previous_walks_back(flow, answers):
    steps = flow.steps(answers)
    for before, after in itertools.pairwise(steps):
        assert flow.next_step(before.slug, answers) == after
        assert flow.previous_step(after.slug, answers) == before
