"""What must hold after any fault, once things are well again."""

from core import clock
from core.models import Task
from notifications.models import Message
from referrals.services.reconciliation import problems
from tests.support.invariants import broken_after_tick, broken_invariants
from tests.support.mail import Mail

State = Message.State
OVER = (State.SENT, State.CANCELLED, State.FAILED, State.BOUNCED, State.TO_PRINT)


def what_is_wrong(arrived: list[Mail]) -> list[str]:
    """Return sentences: nothing is lost or doubled, no place over or lost, everybody has an owner and a due time."""
    now = clock.now()
    stuck = [f"referral {pk}: {what}" for pk, what in problems(now).items()]
    return [*_messages(arrived), *stuck, *broken_invariants(now), *broken_after_tick(now)]


def _messages(arrived: list[Mail]) -> list[str]:
    """Each row that says "sent" stands in the sink under its own Message-ID; nothing stands there that no row sent.

    A worker killed between sending and recording leaves a message that has arrived; if nobody wants it any more when
    it is taken up again, its row ends as cancelled after an attempt.
    """
    rows = list(Message.objects.filter(channel="email").values_list("message_id", "state", "attempts", "pk"))
    in_sink = {mail.message_id for mail in arrived}
    tried = {message_id for message_id, state, attempts, _ in rows if attempts or state == State.SENT}
    found = [f"message {pk} is lost" for key, state, _, pk in rows if state == State.SENT and key not in in_sink]
    found += [f"{key} was sent by nobody" for key in in_sink - tried]
    found += [f"message {pk} is {state}" for _, state, _, pk in rows if state not in OVER]
    to_look_at = [pk for _, state, _, pk in rows if state in (State.FAILED, State.BOUNCED)]
    looked_at = set(Task.objects.filter(subject_type="message").values_list("subject_id", flat=True))
    return found + [f"message {pk} failed, and nobody knows" for pk in to_look_at if pk not in looked_at]
