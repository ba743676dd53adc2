import datetime

import pytest

from core import clock, worklist
from core.actors import Actor, system
from core.choices import Role
from core.models import AuditEntry, Task

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
DEV = Actor("user", "1", "Dev", frozenset({Role.COORDINATOR}))
DAN = Actor("user", "2", "Dan", frozenset({Role.COORDINATOR}))
SAM = Actor("user", "3", "Sam", frozenset({Role.SAFETY_CLINICIAN}))
ADA = Actor("user", "4", "Ada", frozenset({Role.ADMINISTRATOR}))
BEN = Actor("user", "5", "Ben", frozenset({Role.THERAPIST}))
CARA = Actor("user", "6", "Cara", frozenset({Role.THERAPIST}))


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(worklist, "_kinds", {})
    worklist.register_kind("call", "A call", "Call them", link=lambda task: f"/desk/{task.subject_id}")


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(NOON) as frozen:
        yield frozen


def opened(**fields):
    values = {"kind": "call", "subject_type": "referral", "subject_id": 1, "owner_role": Role.COORDINATOR}
    return worklist.task_open(**{**values, "due_at": NOON + 2 * HOUR, "actor": system("tick"), **fields})


def test_opening_twice_gives_one_task_until_it_is_closed():
    first = opened()
    assert opened(due_at=NOON + 9 * HOUR).pk == first.pk
    worklist.task_close(task=first, actor=DEV, outcome="reached")
    assert opened().pk != first.pk
    assert opened(subject_id=2).pk != opened().pk


def test_an_unregistered_kind_and_a_therapists_task_without_her_are_refused():
    with pytest.raises(LookupError):
        opened(kind="unheard")
    with pytest.raises(ValueError, match="therapist"):
        opened(owner_role=Role.THERAPIST)
    assert not Task.objects.exists()


def test_one_of_two_takes_a_task_and_the_other_is_told_who():
    task = opened()
    worklist.task_take(task=task, actor=DEV)
    worklist.task_take(task=task, actor=DEV)
    with pytest.raises(worklist.TakenBySomebody, match="Dev"):
        worklist.task_take(task=task, actor=DAN)
    assert list(worklist.tasks_for(DEV)) == [task]
    assert list(worklist.tasks_for(DAN)) == []
    assert list(worklist.tasks_visible_to(DAN)) == [task]


def test_closing_keeps_who_when_and_what_and_happens_once():
    task = worklist.task_close(task=opened(), actor=DEV, outcome="reached", note="She will ring back.")
    assert (task.state, task.outcome, task.closed_by_label, task.closed_at) == ("done", "reached", "Dev", NOON)
    assert Task.objects.get().note == "She will ring back."
    with pytest.raises(worklist.NotOpen):
        worklist.task_close(task=task, actor=DEV, outcome="reached")
    with pytest.raises(worklist.NotOpen):
        worklist.task_take(task=task, actor=DEV)
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"task_open", "task_close"}


def test_only_the_role_or_an_administrator_lays_hands_on_a_task():
    task = opened()
    for stranger in (SAM, BEN):
        with pytest.raises(worklist.NotYours):
            worklist.task_take(task=task, actor=stranger)
        with pytest.raises(worklist.NotYours):
            worklist.task_close(task=task, actor=stranger, outcome="reached")
    worklist.task_close(task=task, actor=ADA, outcome="reached")


def test_a_therapists_task_is_seen_and_done_by_her_alone():
    task = opened(owner_role=Role.THERAPIST, owner_id=5)
    assert list(worklist.tasks_for(BEN)) == [task]
    assert not worklist.tasks_visible_to(CARA) and not worklist.tasks_visible_to(DEV)
    with pytest.raises(worklist.NotYours):
        worklist.task_close(task=task, actor=CARA, outcome="done")
    worklist.task_close(task=task, actor=BEN, outcome="done")


def test_cancelling_takes_it_off_the_list():
    opened()
    worklist.tasks_cancel_for(kind="call", subject_type="referral", subject_id=1, actor=system("tick"))
    assert not worklist.tasks_for(DEV)
    assert Task.objects.get().state == "cancelled"


def test_overdue_tasks_reach_administrators_once_and_not_a_second_early(now):
    told = []
    worklist.register_kind("call", "A call", "Call them", told=lambda task, what: told.append((task.pk, what)))
    task = opened()
    assert worklist.tasks_escalate_due(now=task.due_at) == 0
    assert not worklist.tasks_for(ADA)
    assert worklist.tasks_escalate_due(now=task.due_at + datetime.timedelta(seconds=1)) == 1
    assert worklist.tasks_escalate_due(now=task.due_at + HOUR) == 0
    assert list(worklist.tasks_for(ADA)) == [task] == list(worklist.tasks_for(DEV))
    assert told == [(task.pk, "overdue")]


def test_at_half_time_a_taken_task_goes_back_to_everybody_of_the_role():
    told = []
    worklist.register_kind("safety", "Safety", "Call", second_person=True, told=lambda task, what: told.append(what))
    task = worklist.task_take(task=opened(kind="safety", owner_role=Role.SAFETY_CLINICIAN), actor=SAM)
    plain = worklist.task_take(task=opened(), actor=DEV)
    assert worklist.tasks_escalate_due(now=NOON + HOUR) == 0
    assert worklist.tasks_escalate_due(now=NOON + HOUR + datetime.timedelta(seconds=1)) == 1
    assert worklist.tasks_escalate_due(now=NOON + HOUR + datetime.timedelta(seconds=2)) == 0
    task.refresh_from_db()
    plain.refresh_from_db()
    assert (task.owner_id, task.detail["first_owner_id"], plain.owner_id) == (None, 3, 1)
    assert told == ["second_person"]


def test_kinds_give_words_and_links():
    task = opened()
    assert worklist.kind_of(task).label == "A call"
    assert worklist.link_of(task) == "/desk/1"


def test_opening_again_brings_a_task_forward_and_raises_its_role_only_when_asked():
    task = worklist.task_take(task=opened(), actor=DEV)
    raised = {"due_at": NOON + HOUR, "owner_role": Role.SAFETY_CLINICIAN}
    untouched = opened(**raised)
    assert (untouched.pk, untouched.due_at, untouched.owner_role) == (task.pk, task.due_at, Role.COORDINATOR)
    assert opened(due_at=NOON + 9 * HOUR, tighten=True).due_at == task.due_at
    assert list(worklist.tasks_for(SAM)) == []
    tightened = opened(**raised, tighten=True)
    assert (tightened.pk, tightened.due_at, tightened.owner_role) == (task.pk, NOON + HOUR, Role.SAFETY_CLINICIAN)
    assert list(worklist.tasks_for(SAM)) == [task]
    assert list(worklist.tasks_for(DEV)) == []
    again = opened(tighten=True)
    assert (again.due_at, again.owner_role) == (NOON + HOUR, Role.SAFETY_CLINICIAN)
