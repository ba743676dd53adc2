"""Celery on Redis. A queue is only a wake-up: what is due can always be told from the database."""

from config import env

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")

CELERY_BROKER_URL = env.redis_broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# None: try for ever. The default gives up after a hundred tries and leaves a worker that looks alive.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task may run, or a slow task would be given to a second worker.
    "visibility_timeout": 300,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "retry_on_timeout": True,
    "health_check_interval": 10,
}
# Whoever publishes is answering a person: one more try, then leave it to the tick.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}

# A task is acknowledged when it has ended, and given again when its worker was killed: tasks must bear running twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/London"
CELERY_WORKER_SEND_TASK_EVENTS = False

# A worker that has been given nothing for this long has lost its broker without noticing, and ends to be started anew.
WORKER_SILENCE_SECONDS = env.integer("WORKER_SILENCE_SECONDS", 300)
