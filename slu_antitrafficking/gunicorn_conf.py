"""How gunicorn serves the door that SERVE names. Nothing about a client is ever written down."""

import ctypes
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from gunicorn import util
from gunicorn.glogging import Logger

from slu_antitrafficking import database_deadline, logs, short_page, ttl_cache

# Only ./run dev sets it; the browser asks one process which release of the code it runs.
LIVE_RELOAD = os.environ.get("LIVE_RELOAD") == "1"
ROOT = Path(__file__).resolve().parent.parent
WATCHED = (
    *("templates/**/*", "static/**/*", "slu_antitrafficking/locale/**/*.mo"),
    # gunicorn itself forgets a module that fails while it is loaded.
    *("campaign/**/*.py", "tips/**/*.py", "slu_antitrafficking/**/*.py"),
)

# The desk's throttle is plain memory.
workers = 2 if os.environ.get("SERVE") == "public" and not LIVE_RELOAD else 1
# Replaced where there is another that serves meanwhile.
worker_class = (
    "slu_antitrafficking.recycling.RecycledWorker"
    if workers > 1
    else "slu_antitrafficking.slow_clients.ImpatientWorker"
)
threads = 8
preload_app = not LIVE_RELOAD
reload = LIVE_RELOAD
reload_extra_files = [f"{ROOT}/{files}" for files in WATCHED] if LIVE_RELOAD else []
graceful_timeout = 0 if LIVE_RELOAD else 5
keepalive = 5
# Filters and other sites of a domain add headers: 32 KB of them pass here and at nginx. What
# gunicorn itself refuses gets the short page.
limit_request_line = 8190
limit_request_field_size = 32_768
limit_request_fields = 200
util.write_error = short_page.write_error
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True
# Whose X-Forwarded-Proto counts: who connects to a unix socket, and on a port this machine alone.
forwarded_allow_ips = "127.0.0.1,::1"
# And no more than that: SCRIPT_NAME or PATH_INFO in a header would turn every address of a page.
forwarder_headers = ""

# gunicorn's own words about its own life. Everything else may quote a request or an address.
HARMLESS = (
    "Starting gunicorn %s",
    "Listening at: %s (%s)",
    "Using worker: %s",
    "Booting worker with pid: %s",
    "Handling signal: %s",
    "Worker exiting (pid: %s)",
    "Worker reloading: %s modified",
    "Shutting down: %s",
    "Reason: %s",
    "WORKER TIMEOUT (pid:%s)",
    "Worker (pid:%s) was sent %s!",
    "Worker (pid:%s) was sent SIG%s!",
    "Worker (pid:%s) exited with code %s.",
    "Worker (pid:%s) exited with code %s",
)


class BareFormatter(logs.BareFormatter):
    """A harmless message whole, of an exception its class and line, and of others the level."""

    def format(self, record: logging.LogRecord) -> str:
        what = record.getMessage() if record.msg in HARMLESS else self.raised(record)
        what = what or "a server's fault, not written down"
        return f"{self.formatTime(record, logs.HOUR)} [{record.process}] {record.levelname} {what}"


def is_no_client_s(record: logging.LogRecord) -> bool:
    """Whether the record is about gunicorn itself: a client's mistake leaves no line at all."""
    return record.msg in HARMLESS or bool(record.exc_info) or record.levelno >= logging.ERROR


class BareLogger(Logger):
    """gunicorn's log without addresses, request lines and access lines."""

    def setup(self, cfg: Any) -> None:
        """Every handler gets the bare formatter, and hears of no client."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(BareFormatter())
            handler.addFilter(is_no_client_s)

    def access(self, *_: Any, **__: Any) -> None:
        """Nobody's visit is written down."""


logger_class = BareLogger


class WrongSettings(RuntimeError):
    """A system check refuses them."""


def on_starting(_server: Any) -> None:
    """Refuses to serve with settings that the system checks call wrong."""
    if not LIVE_RELOAD:  # what is loaded here would never be loaded anew
        _check()


def when_ready(server: Any) -> None:
    """The sockets are the starter's and live on; gunicorn, which would take the name of a unix
    socket with it when it ends, leaves systemd's alone."""
    server.systemd = True


def post_worker_init(_worker: Any) -> None:
    """The same, of a worker that loads the code by itself. What is broken the browser shows."""
    if LIVE_RELOAD:
        try:
            _check()
        except WrongSettings:
            raise
        except Exception as error:  # noqa: BLE001 - whatever somebody is in the middle of
            logging.getLogger(__name__).warning("not checked: %s", type(error).__name__)


def worker_int(_worker: Any) -> None:
    """gunicorn calls it before it starts a worker anew, which would wait for the open line of each
    browser, and these never end."""
    if LIVE_RELOAD:
        time.sleep(0.5)  # for the answers under way
        os._exit(0)


def _check() -> None:
    from django.core import checks

    wrong = [m for m in checks.run_checks() if m.is_serious() and not m.is_silenced()]
    if wrong:
        # gunicorn prints this without a traceback and ends.
        raise WrongSettings(" ".join(str(m.msg) for m in wrong))


def post_fork(_server: Any, _worker: Any) -> None:
    """A worker whose gunicorn was killed ends its answers and goes; none waits long for a database
    that says nothing."""
    database_deadline.install(os.environ.get("SERVE", ""))
    ttl_cache.renew_apart()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(signal.SIGTERM), 0, 0, 0)  # PR_SET_PDEATHSIG
