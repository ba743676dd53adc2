"""What can go wrong around the worker. Each fault breaks something while work goes on; `FaultStack.heal` mends it."""

import datetime
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

import psycopg2
from django.db import DatabaseError, connections

from core import clock
from core.clock import LONDON
from devtools import postgres
from notifications.models import Message
from notifications.services import message_retry
from tests.referrals.given import TICK
from tests.stack.fault_stack import FaultStack
from tests.stack.holds import what_is_wrong
from tests.support.facts import histories
from tests.support.smtp_faults import Mode
from tests.support.stack import PATIENCE
from tests.support.world import World

Fault = Callable[[FaultStack, World, Random], None]
FAULTS: dict[str, Fault] = {}
ON_ITS_WAY = (Message.State.QUEUED, Message.State.SENDING)
STUCK_FOR = datetime.timedelta(minutes=3)


def fault(function: Fault) -> Fault:
    FAULTS[function.__name__] = function
    return function


def suffer(name: str, stack: FaultStack, world: World, dice: Random) -> None:
    """Let people do things, let the fault strike among them, mend it, and see that all is well."""
    world.throw(dice, 4)
    FAULTS[name](stack, world, dice)
    stack.heal()
    settle(stack)
    # A place that a tick frees is the next one's to offer.
    if what_is_wrong(stack.mails()):
        stack.wait_beat()
        stack.wait_beat()
    wrong = what_is_wrong(stack.mails()) + stack.trouble()
    assert not wrong, "\n".join([name, *wrong, *histories(wrong), stack.logs()])


def settle(stack: FaultStack) -> None:
    """Wait until nothing is on its way: what a dead worker left, what is tried again, what a person sends again."""
    deadline = time.monotonic() + 2 * PATIENCE
    on_its_way = Message.objects.filter(state__in=ON_ITS_WAY)
    while True:
        for failed in Message.objects.filter(state=Message.State.FAILED):
            message_retry(message=failed, actor=TICK)
        stack.travel(STUCK_FOR)
        _to_working_hours(stack)
        # The first may belong to a tick that had begun before.
        stack.wait_beat()
        stack.wait_beat()
        if not on_its_way.exists() and not Message.objects.filter(state=Message.State.FAILED).exists():
            return
        assert time.monotonic() < deadline, f"still on their way: {list(on_its_way.values())}\n{stack.logs()}"


def _to_working_hours(stack: FaultStack) -> None:
    """In quiet hours messages wait, and nothing would tell a lost one from one that waits for the morning."""
    now = clock.now().astimezone(LONDON)
    if not 9 <= now.hour < 19:
        morning = datetime.datetime.combine(
            now.date() + datetime.timedelta(days=now.hour >= 19), datetime.time(9), LONDON
        )
        stack.travel(morning - now)


# The worker


@fault
def killed_somewhere(stack: FaultStack, world: World, dice: Random) -> None:
    world.do("send", dice.randrange(24), dice.randrange(24), 7)
    time.sleep(dice.uniform(0, 0.5))
    stack.kill("worker")
    world.throw(dice, 2)


@fault
def killed_between_sending_and_record(stack: FaultStack, world: World, dice: Random) -> None:
    """The mail server has the message, the row still says that it is being sent."""
    stack.smtp.misbehave(Mode.TAKEN_UNSAID)
    _somebody_writes(stack, world, dice)
    stack.kill("worker")
    arrived = [mail.message_id for mail in stack.mails()]
    assert Message.objects.filter(state=Message.State.SENDING, message_id__in=arrived).exists()


@fault
def killed_in_the_middle_of_a_tick(stack: FaultStack, world: World, dice: Random) -> None:
    """It waits for a therapist whom somebody else holds, with half of the tick done."""
    with _therapists_held() as waiting:
        stack.travel(datetime.timedelta(days=dice.choice([4, 8, 15])))
        stack.wait(waiting, "a tick in the middle of its work", seconds=15)
        stack.kill("worker")


@contextmanager
def _therapists_held() -> Iterator[Callable[[], bool]]:
    """Hold every therapist's row. Yields the question whether somebody waits for one."""
    settings = connections["default"].settings_dict
    holder = psycopg2.connect(postgres.address(settings["HOST"], settings["NAME"]))
    watcher = psycopg2.connect(postgres.address(settings["HOST"], settings["NAME"]))
    watcher.autocommit = True
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT id FROM therapists_therapist FOR UPDATE")

        def waiting() -> bool:
            with watcher.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                return bool(cursor.fetchone()[0])

        yield waiting
    finally:
        holder.close()
        watcher.close()


# Redis


@fault
def redis_stopped(stack: FaultStack, world: World, dice: Random) -> None:
    stack.stop_redis()
    world.throw(dice, 3)
    time.sleep(dice.uniform(0, 2))


@fault
def redis_forgets(stack: FaultStack, world: World, dice: Random) -> None:
    world.do("send", dice.randrange(24), dice.randrange(24), 7)
    time.sleep(dice.uniform(0, 0.3))
    stack.flush_redis()
    world.throw(dice, 2)


@fault
def worker_killed_while_redis_is_away(stack: FaultStack, world: World, dice: Random) -> None:
    stack.stop_redis()
    world.throw(dice, 2)
    stack.kill("worker")


@fault
def beat_killed(stack: FaultStack, world: World, dice: Random) -> None:
    stack.kill("beat")
    world.throw(dice, 2)


# PostgreSQL


@fault
def postgres_stopped(stack: FaultStack, world: World, dice: Random) -> None:
    """Whatever anybody does meanwhile fails whole."""
    world.do("send", dice.randrange(24), dice.randrange(24), 7)
    time.sleep(dice.uniform(0, 0.3))
    stack.database.stop()
    try:
        world.throw(dice, 1)
    except DatabaseError:
        connections.close_all()
    time.sleep(dice.uniform(0, 2))


# The mail server


@fault
def smtp_refuses(stack: FaultStack, world: World, dice: Random) -> None:
    stack.smtp.refuse()
    tried = _tries()
    world.do("send", dice.randrange(24), dice.randrange(24), 7)
    stack.wait(lambda: _tries() > tried, "a message that was refused", seconds=15)


@fault
def smtp_hangs(stack: FaultStack, world: World, dice: Random) -> None:
    stack.smtp.misbehave(dice.choice([Mode.HANGS, Mode.TAKEN_UNSAID]))
    tried = _tries()
    _somebody_writes(stack, world, dice)
    stack.wait(lambda: _tries() > tried, "a message that was given up for now", seconds=15)


@fault
def smtp_breaks_off(stack: FaultStack, world: World, dice: Random) -> None:
    stack.smtp.misbehave(Mode.DROPS)
    _somebody_writes(stack, world, dice)


@fault
def smtp_says_later(stack: FaultStack, world: World, dice: Random) -> None:
    stack.smtp.misbehave(dice.choice([Mode.RECIPIENT_LATER, Mode.DATA_LATER]))
    _somebody_writes(stack, world, dice)


@fault
def smtp_says_never(stack: FaultStack, world: World, dice: Random) -> None:
    """A person is told of each message that failed, and sends it again."""
    stack.smtp.misbehave(dice.choice([Mode.RECIPIENT_NEVER, Mode.DATA_NEVER]))
    _somebody_writes(stack, world, dice)
    failed = Message.objects.filter(state=Message.State.FAILED)
    stack.wait(failed.exists, "a message that failed", seconds=15)


def _somebody_writes(stack: FaultStack, world: World, dice: Random) -> None:
    """Something happens of which somebody is told, until a message has met the mail server."""
    deadline = time.monotonic() + PATIENCE
    while not stack.smtp.wait_seen(1):
        world.do("send", dice.randrange(24), dice.randrange(24), 7)
        world.throw(dice, 1)
        stack.supervisor.look_once()
        assert time.monotonic() < deadline, f"no message met the mail server\n{stack.logs()}"


def _tries() -> int:
    """How often a message was put back after a problem."""
    return Message.objects.exclude(last_error="").count()
