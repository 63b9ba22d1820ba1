"""Two people restore a backup at the terminal of some machine."""

from collections.abc import Callable
from pathlib import Path

from tests.operations.console import both, converse
from tests.running import RunningSite

NEW = Callable[[], RunningSite]
LEFT = "Who has left since"


def restore(
    site: RunningSite,
    file: Path,
    sheets: tuple[str, str],
    *left: str,
    arguments: tuple[str, ...] = (),
) -> tuple[int, str]:
    """What `./run restore` answers at a terminal of that machine."""
    answers = [*both(*sheets), *((LEFT, names) for names in left)]
    command = ["./run", "restore", str(file), *arguments]
    return converse(command, site.environment, answers)


def sheets_of(site: RunningSite, one: int = 1, other: int = 3) -> tuple[str, str]:
    return site.first[f"recovery-{one}"][0], site.first[f"recovery-{other}"][0]
