"""On an installed server a command of root's is its unit's work: with that user, in those walls."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from slu_antitrafficking.operations import server
from slu_antitrafficking.start.console import Problem, say
from slu_antitrafficking.start.options import ROOT

# What ends by itself, and what waits to be started again, is never "active".
AT_WORK = "active,activating,reloading,deactivating"


def root_on_a_server() -> bool:
    """Whether somebody types this as root in an installed release."""
    return os.geteuid() == 0 and server.is_installed(ROOT)


def start(name: str) -> None:
    """Starts a unit that ends by itself, and returns when it has. Raises Problem when it failed."""
    if subprocess.run(["systemctl", "start", f"{name}.service"], check=False).returncode:
        raise Problem(f"It failed: journalctl --namespace know-the-signs -u {name}")
    say(f"{name}: done.")


@contextmanager
def all_stopped() -> Iterator[None]:
    """Whatever of ours was at work is stopped meanwhile, and started again also after an error."""
    listed = subprocess.run(
        ["systemctl", "list-units", "--plain", "--no-legend", f"--state={AT_WORK}", "kts-*"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = [line.split()[0] for line in listed.splitlines()]
    _must("stop", names)
    try:
        yield
    finally:
        _must("start", names)


def _must(verb: str, names: list[str]) -> None:
    """Without a name systemctl would complain: who restores may have stopped everything before."""
    if names:
        subprocess.run(["systemctl", verb, *names], check=True)
