"""Every page of the desk, wide and narrow, with work on it and empty."""

import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import DutyShift
from core import clock
from core.actors import system
from core.models import Task
from core.worklist import task_open
from notifications.models import Message
from referrals import kinds
from referrals.models import Referral, SafetyQuestion
from referrals.services.safety import safety_answer_record
from tests.factories import make_place
from tests.referrals.given import VISITOR, draft, sent
from tests.support.browser import DESKTOP, PHONE
from tests.support.look import look
from tests.support.sign_in import sign_in_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_busy_desk(live_server, open_page, axe, ben, dev, width):
    make_place(ben)
    referral, late = sent(ben), sent(ben)
    Referral.objects.filter(pk=late.pk).update(due_at=clock.now() - datetime.timedelta(days=1))
    task = task_open(
        kind=kinds.CALL_CLIENT,
        subject_type="referral",
        subject_id=referral.pk,
        owner_role="coordinator",
        due_at=clock.now() - datetime.timedelta(hours=2),
        actor=system("test"),
    )
    message = Message.objects.first()
    Message.objects.filter(pk=message.pk).update(state="failed", last_error="No such address", attempts=5)
    page = open_page(width)
    sign_in_page(page, live_server.url, dev)
    for name, address in {
        "desk": reverse("referrals:desk"),
        "task": reverse("referrals:desk_task", args=[task.pk]),
        "referral": reverse("referrals:desk_referral", args=[referral.pk]),
        "close": reverse("referrals:desk_referral_act", args=[referral.pk, "close"]),
        "find": reverse("referrals:desk_find"),
        "overdue": reverse("referrals:desk_overdue"),
        "messages": reverse("referrals:desk_messages"),
        "message": reverse("referrals:desk_message", args=[message.pk]),
    }.items():
        look(page, live_server.url + address, axe, f"desk_{name}")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_safety_clinicians_desk(live_server, open_page, axe, ben, sam, width):
    call_command("load_reference", only=["safety questions"], verbosity=0)
    now = clock.now()
    shift = DutyShift.objects.create(user=sam, starts_at=now, ends_at=now + datetime.timedelta(hours=6))
    question = SafetyQuestion.objects.filter(options__open_task=True).first()
    value = question.options.filter(open_task=True).first().value
    safety_answer_record(submission=draft(ben), question=question, value=value, actor=VISITOR)
    task = Task.objects.get(kind=kinds.SAFETY_CALL)
    page = open_page(width)
    sign_in_page(page, live_server.url, sam)
    for name, address in {
        "desk_safety": reverse("referrals:desk"),
        "safety_task": reverse("referrals:desk_task", args=[task.pk]),
        "rota": reverse("referrals:desk_rota"),
        "rota_remove": reverse("referrals:desk_rota_remove", args=[shift.pk]),
    }.items():
        look(page, live_server.url + address, axe, f"desk_{name}")
