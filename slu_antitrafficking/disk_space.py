"""Whether a disk is nearly full."""

import shutil
from pathlib import Path

WARN, BAD = 15, 5  # per cent that are free


def seen(folder: Path) -> tuple[str, int]:
    """ok, warn or bad, and how many per cent of the folder's file system are free."""
    usage = shutil.disk_usage(folder)
    free = 100 * usage.free // usage.total
    return "bad" if free < BAD else "warn" if free < WARN else "ok", free
