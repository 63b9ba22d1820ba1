"""A file of bench/results: figures, with the machine and the commit that they are of."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.figure import Figure
from slu_antitrafficking.start.options import ROOT

FOLDER = ROOT / "bench" / "results"


def keep(names: Sequence[str], figures: Sequence[Figure], load_before: float) -> Path:
    """Written beside the others, under today's date and the names that were asked for."""
    today = datetime.now(UTC).date()
    rows = [f"| {f.name} | {f.ours} | {f.bare} | {f.ratio} | {f.bar} |" for f in figures]
    text = [
        f"# `./run bench {' '.join(names)}`, {today:%-d %B %Y}",
        "",
        f"Commit {_commit()}; {_machine()}; load {load_before:.1f} before it began.",
        "",
        "| | ours | bare | ratio | bar |",
        "|---|---|---|---|---|",
        *rows,
    ]
    file = FOLDER / f"{today}-{names[0] if len(names) == 1 else 'bench'}.md"
    file.write_text("\n".join([*text, ""]))
    return file


def _commit() -> str:
    """With a word where the tree is another by now."""
    git = ["git", "-C", str(ROOT)]
    number = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD"], capture_output=True)
    return f"{number.stdout.strip() or 'unknown'}{' and changes' if changed.returncode else ''}"


def _machine() -> str:
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores of {model[1] if model else platform.machine()}, {memory:.0f} GB,"
        f" Linux {platform.release()}, Python {platform.python_version()}"
    )
