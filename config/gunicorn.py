"""Gunicorn: processes scale with WEB_CONCURRENCY, threads carry requests that wait for the database."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# No access log: paths hold tokens, and an address with a time tells who sought help when.
accesslog = None
errorlog = "-"
# Nothing here talks to it, and its default place is a home folder that several servers would share.
control_socket_disable = True
# Heartbeat files on disk can stall a worker for seconds.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
