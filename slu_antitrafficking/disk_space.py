"""Whether a disk is nearly full."""

import shutil
from pathlib import Path

WARN, BAD = 15, 5  # per cent that are free


def seen(*folders: Path) -> tuple[str, int]:
    """ok, warn or bad, and how many per cent are free where it is least; what is not there has no
    disk."""
    usages = [shutil.disk_usage(folder) for folder in folders if folder.exists()]
    free = min(100 * usage.free // usage.total for usage in usages)
    return "bad" if free < BAD else "warn" if free < WARN else "ok", free
