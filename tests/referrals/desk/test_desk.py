"""The desk: tasks taken and closed, stepping in with a logged reason, answers only for the safety clinician."""

import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import DutyShift
from core import clock
from core.actors import system
from core.choices import Role
from core.models import AccessEntry, AuditEntry, Task
from core.worklist import task_open
from notifications.models import Message
from referrals import kinds
from referrals.models import Referral, SafetyQuestion
from referrals.services.requests import request_decline
from referrals.services.safety import safety_answer_record
from referrals.services.withdrawal import call_me
from tests.factories import make_place, make_user
from tests.referrals.given import VISITOR, actor_of, client_of, draft, open_offer, sent, state
from tests.support.sign_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(dev):
    return signed_in(dev)


@pytest.fixture
def referral(ben):
    return sent(ben)


@pytest.fixture
def call(referral):
    return call_about(referral.pk)


def call_about(pk):
    return task_open(
        kind=kinds.CALL_CLIENT,
        subject_type="referral",
        subject_id=pk,
        owner_role=Role.COORDINATOR,
        due_at=clock.now() + datetime.timedelta(hours=4),
        actor=system("test"),
    )


@pytest.fixture
def safety_task(ben, sam):
    call_command("load_reference", only=["safety questions"], verbosity=0)
    DutyShift.objects.create(user=sam, starts_at=clock.now(), ends_at=clock.now() + datetime.timedelta(hours=6))
    question = SafetyQuestion.objects.filter(options__open_task=True).first()
    option = question.options.filter(open_task=True).first()
    safety_answer_record(submission=draft(ben), question=question, value=option.value, actor=VISITOR)
    return Task.objects.get(kind=kinds.SAFETY_CALL)


def page(name, pk):
    return reverse(f"referrals:{name}", args=[pk])


def test_the_desk_counts_open_unowned_and_late(browser, referral):
    text = browser.get(reverse("referrals:desk")).content.decode()
    assert "0 referrals without an owner" in text
    assert "Nothing waits" in text
    Referral.objects.filter(pk=referral.pk).update(due_at=clock.now() - datetime.timedelta(days=2))
    assert browser.get(reverse("referrals:desk")).context["figures"].overdue == 1
    assert referral.reference in browser.get(reverse("referrals:desk_overdue")).content.decode()


def test_a_task_is_taken_by_one_and_closed_with_an_outcome(browser, dev, call):
    browser.post(page("desk_task_take", call.pk))
    call.refresh_from_db()
    assert call.owner_label == dev.name
    other = signed_in(make_user(Role.COORDINATOR, name="Eve"))
    assert (
        f"{dev.name} has taken this already"
        in other.post(page("desk_task_take", call.pk), follow=True).content.decode()
    )
    assert "Choose what came of it" in browser.post(page("desk_task", call.pk), {}).content.decode()
    browser.post(page("desk_task", call.pk), {"outcome": "reached", "note": "Will choose again."})
    call.refresh_from_db()
    assert (call.state, call.outcome, call.note) == ("done", "reached", "Will choose again.")
    assert browser.post(page("desk_task", call.pk), {"outcome": "done"})["Location"] == reverse("referrals:desk")
    assert other.post(page("desk_task", call.pk), {"outcome": "done"}).status_code == 404
    call.refresh_from_db()
    assert call.outcome == "reached"


def test_no_answer_needs_a_note(browser, call):
    answer = browser.post(page("desk_task", call.pk), {"outcome": "no_answer"}).content.decode()
    assert "Write when you tried" in answer


def test_safety_answers_are_the_safety_clinicians_alone_and_the_look_is_recorded(browser, sam, ada, safety_task, now):
    clinician = signed_in(sam)
    text = clinician.get(page("desk_task", safety_task.pk)).content.decode()
    assert "What they answered" in text
    assert AccessEntry.objects.filter(purpose="safety_call", actor_id=str(sam.pk)).exists()
    assert browser.get(page("desk_task", safety_task.pk)).status_code == 404
    assert "worrying" not in browser.get(reverse("referrals:desk")).content.decode()
    Task.objects.filter(pk=safety_task.pk).update(escalated_at=clock.now())
    late = signed_in(ada).get(page("desk_task", safety_task.pk)).content.decode()
    assert "What they answered" not in late


def test_a_referral_shows_who_acts_next_and_the_look_is_recorded(browser, dev, referral):
    text = browser.get(page("desk_referral", referral.pk)).content.decode()
    assert referral.client.family_name in text
    assert "Therapist, by" in text
    assert AccessEntry.objects.filter(object_id=str(referral.client_id), actor_id=str(dev.pk), purpose="desk").exists()
    assert "My very own words" not in text


@pytest.mark.parametrize(
    ("act", "data", "after"),
    [
        ("redirect", {"reason": "Needs the crisis team."}, "closed"),
        ("withdraw", {"reason": "Asked on the phone."}, "closed"),
        ("close", {"code": "duplicate", "reason": "Sent twice."}, "closed"),
    ],
)
def test_stepping_in_needs_a_reason_which_is_recorded(browser, referral, act, data, after):
    address = reverse("referrals:desk_referral_act", args=[referral.pk, act])
    assert "Write the reason" in browser.post(address, {}).content.decode()
    assert state(referral) == "requested"
    browser.post(address, data)
    assert state(referral) == after
    assert AuditEntry.objects.filter(object_id=str(referral.pk), reason=data["reason"]).exists()
    again = browser.post(address, data, follow=True).content.decode()
    assert "not possible any more" in again


def test_a_closed_referral_is_opened_again(browser, referral):
    close = reverse("referrals:desk_referral_act", args=[referral.pk, "close"])
    browser.post(close, {"code": "unreachable", "reason": "Three calls."})
    reopen = reverse("referrals:desk_referral_act", args=[referral.pk, "reopen"])
    browser.post(reopen, {"reason": "She rang us."})
    assert state(referral) in {"choosing", "requested"}


def test_what_the_state_forbids_is_not_offered(browser, sam, referral):
    titles = [act["slug"] for act in browser.get(page("desk_referral", referral.pk)).context["acts"]]
    assert titles == ["redirect", "withdraw", "close"]
    clinician = signed_in(sam).get(page("desk_referral", referral.pk))
    assert [act["slug"] for act in clinician.context["acts"]] == ["redirect"]
    assert browser.get(reverse("referrals:desk_referral_act", args=[referral.pk, "explode"])).status_code == 404


def test_finding_by_reference_as_people_say_it(browser, referral):
    spoken = referral.reference.lower().replace("-", " ")
    response = browser.post(reverse("referrals:desk_find"), {"reference": spoken})
    assert response["Location"] == page("desk_referral", referral.pk)
    wrong = browser.post(reverse("referrals:desk_find"), {"reference": "RP-1"}).content.decode()
    assert "There is a problem" in wrong
    assert "Enter a reference, or a family name" in browser.post(reverse("referrals:desk_find"), {}).content.decode()


def test_finding_somebody_without_a_reference_by_name_and_birth(browser, referral):
    client = referral.client
    year, month, day = client.date_of_birth.split("-")
    born = {"born_day": day, "born_month": month, "born_year": year}
    asked = {"family_name": f" {client.family_name.upper()} ", **born}
    response = browser.post(reverse("referrals:desk_find"), asked)
    assert response["Location"] == page("desk_referral", referral.pk)
    other = browser.post(reverse("referrals:desk_find"), asked | {"family_name": "Nobody"}).content.decode()
    assert "no such referral" in other
    half = browser.post(reverse("referrals:desk_find"), {"family_name": client.family_name}).content.decode()
    assert "Enter the date of birth too" in half


def test_two_records_that_may_be_one_person_stand_side_by_side(browser, dev, ben, referral):
    make_place(ben)
    later = sent(ben)
    task = task_open(
        kind=kinds.IDENTITY_CHECK,
        subject_type="client",
        subject_id=later.client_id,
        owner_role=Role.COORDINATOR,
        due_at=clock.now(),
        actor=system("test"),
        detail={"perhaps": [referral.client_id]},
    )
    text = browser.get(page("desk_task", task.pk)).content.decode()
    assert later.client.family_name in text
    assert referral.client.family_name in text
    looked = AccessEntry.objects.filter(purpose="identity_check", actor_id=str(dev.pk))
    assert set(looked.values_list("object_id", flat=True)) == {str(later.client_id), str(referral.client_id)}


def test_a_number_nobody_can_find_stands_on_its_task(browser):
    asks = make_user(Role.THERAPIST, name="Nia Evans")
    task = task_open(
        kind="registration_not_found",
        subject_type="user",
        subject_id=asks.pk,
        owner_role=Role.COORDINATOR,
        due_at=clock.now(),
        actor=system("test"),
        detail={"register": "BACP", "number": "X-77"},
    )
    text = browser.get(page("desk_task", task.pk)).content.decode()
    for words in ("Nia Evans", asks.email, "BACP", "X-77"):
        assert words in text


def test_a_failed_message_is_sent_again_once(browser, referral):
    message = Message.objects.filter(state="queued").first()
    Message.objects.filter(pk=message.pk).update(state="failed", last_error="No such address", attempts=5)
    assert "No such address" in browser.get(reverse("referrals:desk_messages")).content.decode()
    for _ in range(2):
        browser.post(page("desk_message", message.pk))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)
    assert AuditEntry.objects.filter(verb="message_retry").count() == 1
    assert "every message has gone out" in browser.get(reverse("referrals:desk_messages")).content.decode()


def test_a_letter_is_printed_and_recorded_as_posted(browser, referral):
    client = referral.client
    client.contact_channel, client.address = "letter", "1 Hill Road, Leeds"
    client.save()
    message = Message.objects.filter(recipient_type="client", subject_id=referral.pk).first()
    Message.objects.filter(pk=message.pk).update(state="to_print", channel="letter")
    assert "I have posted it" in browser.get(page("desk_message", message.pk)).content.decode()
    browser.post(page("desk_message", message.pk))
    message.refresh_from_db()
    assert message.state == "sent"


def test_the_rota_shows_gaps_and_takes_shifts(browser, sam):
    text = browser.get(reverse("referrals:desk_rota")).content.decode()
    assert text.count("Nobody on duty") == 14
    data = {"user": sam.pk, "on_day": "24", "on_month": "11", "on_year": "2026", "starts": "9:00", "ends": "17:00"}
    for _ in range(2):
        browser.post(reverse("referrals:desk_rota"), data)
    shift = DutyShift.objects.get()
    assert shift.starts_at == datetime.datetime(2026, 11, 24, 9, tzinfo=clock.LONDON)
    answer = browser.post(reverse("referrals:desk_rota"), data | {"starts": "12:00"}).content.decode()
    assert "already on duty for part of this time" in answer
    assert "9am to 5pm" in answer
    for _ in range(2):
        browser.post(page("desk_rota_remove", shift.pk))
    assert not DutyShift.objects.exists()


def test_a_night_shift_goes_over_midnight(browser, sam):
    data = {"user": sam.pk, "on_day": "24", "on_month": "11", "on_year": "2026", "starts": "20:00", "ends": "08:00"}
    browser.post(reverse("referrals:desk_rota"), data)
    assert DutyShift.objects.get().ends_at == datetime.datetime(2026, 11, 25, 8, tzinfo=clock.LONDON)


@pytest.mark.parametrize(("field", "value"), [("user", ""), ("on_year", "2020"), ("starts", "late"), ("ends", "")])
def test_a_shift_that_cannot_be_is_explained(browser, sam, field, value):
    data = {"user": sam.pk, "on_day": "24", "on_month": "11", "on_year": "2026", "starts": "9:00", "ends": "17:00"}
    answer = browser.post(reverse("referrals:desk_rota"), data | {field: value}).content.decode()
    assert "There is a problem" in answer
    assert not DutyShift.objects.exists()


def test_a_hundred_tasks_need_as_many_queries_as_one(
    browser, ben, call, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16) as one:
        browser.get(reverse("referrals:desk"))
    for number in range(99):
        call_about(1_000_000 + number)
    with django_assert_num_queries(len(one)):
        response = browser.get(reverse("referrals:desk"))
    assert len(response.context["tasks"]) == 50


@pytest.fixture
def standing_with_the_desk(referral, call):
    """Nobody but the desk acts next: her one choice has said no, and she has asked to be called."""
    offer = open_offer(referral)
    request_decline(offer=offer, code="times", actor=actor_of(offer.therapist))
    call_me(referral=referral, actor=client_of(referral))
    referral.refresh_from_db()
    assert (referral.state, referral.action_owner) == ("choosing", "coordinator")
    return referral


def test_a_call_cannot_be_closed_without_saying_what_comes_next(browser, standing_with_the_desk, call):
    answer = browser.post(page("desk_task", call.pk), {"outcome": "reached", "note": "Will think."}).content.decode()
    assert "Choose what happens next" in answer and "Will think." in answer
    call.refresh_from_db()
    assert call.state == "open"
    without = {"outcome": "reached", "then": "carry_on"}
    assert "Write what was agreed" in browser.post(page("desk_task", call.pk), without).content.decode()


@pytest.mark.parametrize(("then", "owner", "calls"), [("carry_on", "client", 0), ("call_again", "coordinator", 1)])
def test_what_comes_after_a_call(browser, standing_with_the_desk, call, then, owner, calls):
    data = {"outcome": "no_answer", "then": then, "note": "Rang twice, 10am and 11am."}
    browser.post(page("desk_task", call.pk), data)
    call.refresh_from_db()
    assert (call.state, call.outcome) == ("done", "no_answer")
    referral = Referral.objects.get(pk=standing_with_the_desk.pk)
    assert (referral.state, referral.action_owner) == ("choosing", owner)
    assert referral.due_at > clock.now()
    left = Task.objects.filter(subject_type="referral", subject_id=referral.pk, state="open")
    assert left.count() == calls


def test_a_call_about_somebody_who_goes_on_by_herself_closes_as_before(browser, referral, call):
    browser.post(page("desk_task", call.pk), {"outcome": "done"})
    call.refresh_from_db()
    assert call.state == "done"
