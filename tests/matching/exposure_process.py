"""A process that shows seven lists, for tests that stop it: `python -m tests.matching.exposure_process SECONDS`."""

import os
import signal
import sys
import time


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = os.environ["TEST_PROCESS_DATABASE"]

    from matching.exposure import recorder as recorders
    from matching.exposure.recorder import Recorder
    from matching.services.exposure import _keep
    from tests.matching.test_exposure_recorder import always, seen

    recorders.DRAIN_SECONDS = 0.05
    # As a web server does: a request to stop ends the process in an orderly way.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    flush_seconds = float(sys.argv[1])
    recorder = Recorder(first_time=always, keep=_keep, flush_seconds=flush_seconds)
    for seed in range(7):
        recorder.note(seen(seed))
    while recorder._pending:
        time.sleep(0.01)
    print("counted", flush=True)
    if flush_seconds > 60:
        time.sleep(60)
    time.sleep(2)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
