"""One acceptance in a process of its own: `python -m tests.concurrency.accepting OFFER guarded|unguarded`.

Says "ready", waits for a line, says yes, and prints the name of what came of it.
"""

import os
import subprocess
import sys
import time

from tests.support.stack import database_url

# Long enough for the other to have read as well, however busy the machine.
READING = 1.5


def in_processes(offer_ids: list[int], *, guarded: bool) -> list[str]:
    """Accept each offer in a process of its own, all at once, against this process's database."""
    running = [_start(pk, "guarded" if guarded else "unguarded") for pk in offer_ids]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].strip() for process in running]


def _start(offer_id: int, word: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.concurrency.accepting", str(offer_id), word]
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def main(offer_id: int, guarded: bool) -> str:
    import django

    django.setup()
    from pytest import MonkeyPatch

    from referrals.models import Offer
    from referrals.services import beginning, offers
    from tests.concurrency.lists import ACTOR, unlocked, wait_after_reading

    whole = Offer.objects.select_related("claim__place", "entry")
    offer = whole.get(pk=offer_id)
    with MonkeyPatch.context() as patch:
        wait_after_reading(patch, lambda: time.sleep(READING))
        if not guarded:
            unlocked(patch)
            # Any offer will do, not only the one that is the referral's open one, and nothing else is set aside.
            patch.setattr(offers, "require_open", lambda _open, pk: whole.get(pk=pk))
            patch.setattr(beginning, "entries_set_aside", lambda **about: [])
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            return type(offers.offer_accept(offer=offer, actor=ACTOR)).__name__
        except Exception as problem:
            return type(problem).__name__


if __name__ == "__main__":
    print(main(int(sys.argv[1]), sys.argv[2] == "guarded"))
