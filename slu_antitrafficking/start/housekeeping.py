"""manage.py housekeeping, once a minute, as the owner."""

import subprocess
import time
from signal import SIGTERM

from slu_antitrafficking.start import children
from slu_antitrafficking.start.children import Log
from slu_antitrafficking.start.options import MANAGE

EVERY = 60
AT_MOST = 600  # seconds, after which something hangs


class Housekeeper:
    """Starts one housekeeping after another, never two at once."""

    def __init__(self, environment: dict[str, str], log: Log) -> None:
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._started = time.monotonic()

    def keep_up(self) -> bool:
        """True when one was started just now."""
        since = time.monotonic() - self._started
        if self._process and self._process.poll() is None:
            if since > AT_MOST:
                self.stop()
            return False
        if since < EVERY:
            return False
        self._log.turn_over()
        self._started = time.monotonic()
        command = [*MANAGE, "housekeeping"]
        self._process = children.spawn(command, self._environment, self._log)
        return True

    def stop(self) -> None:
        """Ends the one at work; the next start makes up for it."""
        children.end(self._process, SIGTERM, 5)
