"""idle-memory: what starter and gunicorns hold a minute after the start, without PostgreSQL."""

import re
import time
from pathlib import Path

from bench import started
from bench.figure import Figure, alone

AFTER = 60  # seconds


def measure() -> list[Figure]:
    """The sum of the proportional sizes of every process."""
    site, ready, _seconds = started.site()
    time.sleep(max(0, ready + AFTER - time.monotonic()))
    parts = {
        pid: _pss(pid)
        for pid, command in site.processes().items()
        if "postgres" not in command.split(" ")[0]
    }
    return [alone("idle-memory", sum(parts.values()), "MB", "<= 200 MB")]


def _pss(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)
    assert found, "the system does not say how much memory a process has"
    return int(found[1]) * 1024 / 1e6
