from config import celery_app
from config.beat import TABLE, schedule


def test_every_entry_names_a_task_that_exists():
    celery_app.loader.import_default_modules()
    missing = {entry.task for entry in TABLE} - set(celery_app.tasks)
    assert not missing


def test_every_entry_says_why():
    assert all(entry.why for entry in TABLE)


def test_ticks_follow_the_setting_and_expire_before_they_pile_up():
    plan = schedule(60)
    assert plan["referrals.tasks.tick"]["schedule"] == 60.0
    assert all(item["options"]["expires"] for item in plan.values())
    assert plan["referrals.tasks.tick"]["options"]["expires"] <= 120
    assert schedule(1)["referrals.tasks.tick"]["schedule"] == 1.0


def test_beat_uses_the_table(settings):
    assert set(celery_app.conf.beat_schedule) == {entry.task for entry in TABLE}


def test_worker_settings_lose_nothing():
    conf = celery_app.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    # A task that outlives the visibility time-out would be given to a second worker.
    assert conf.task_soft_time_limit < conf.task_time_limit < conf.broker_transport_options["visibility_timeout"]
    assert conf.broker_connection_max_retries is None
