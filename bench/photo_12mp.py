"""photo-12mp: a phone's photo cleaned, beside a bare child; what hostile and huge ones cost."""

import tempfile
from pathlib import Path
from statistics import median

from bench import pictures
from bench.cleaner import Cleaned, clean
from bench.figure import Figure, alone, compared

ROUNDS = 5
SECONDS, MEMORY = "<= 40 s", "<= 900 MB"  # what the child is limited to
HARD = ("48mp", "inflated", "bomb", "truncated")


def measure() -> list[Figure]:
    """Rounds in turn; then each hard picture once. Raises ValueError when a good one is refused."""
    with tempfile.TemporaryDirectory(prefix="know-the-signs-bench-") as folder:
        files = pictures.all_of(Path(folder))
        start, starts = _in_turn(files["tiny"])
        ours, bare = _in_turn(files["12mp"])
        hard = {name: clean("ours", files[name]) for name in HARD}
    if not ours[0].size or not hard["48mp"].size:
        raise ValueError("a good photo was not cleaned")
    figures = [
        _compared("photo-12mp", ours, bare, "<= 1.2"),
        _compared("photo-12mp-start", start, starts, "-"),
        compared("photo-12mp-memory", _peaks(ours), _peaks(bare), "MB", "-"),
    ]
    for name, cleaned in hard.items():
        kept = "kept" if cleaned.size else "refused"
        figures.append(alone(f"photo-{name}-{kept}", cleaned.seconds, "s", SECONDS))
        figures.append(alone(f"photo-{name}-memory", cleaned.memory, "MB", MEMORY))
    return figures


def _in_turn(photo: Path) -> tuple[list[Cleaned], list[Cleaned]]:
    rounds = [(clean("ours", photo), clean("bare", photo)) for _ in range(ROUNDS)]
    return [mine for mine, _theirs in rounds], [theirs for _mine, theirs in rounds]


def _compared(name: str, ours: list[Cleaned], bare: list[Cleaned], bar: str) -> Figure:
    return compared(
        name, [each.seconds for each in ours], [each.seconds for each in bare], "s", bar
    )


def _peaks(cleaned: list[Cleaned]) -> list[float]:
    return [median(each.memory for each in cleaned)]
