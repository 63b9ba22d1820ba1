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

# Until our end of its pipe is closed, however that comes.
START_AGAIN = 'read -r _; exec systemctl start "$@"'


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
    """Whatever of ours was at work is stopped meanwhile, and started again also after an error, and
    by a process of its own after a kill -9 of ours.

    Raises Problem where it does not start.
    """
    listed = subprocess.run(
        ["systemctl", "list-units", "--plain", "--no-legend", f"--state={AT_WORK}", "kts-*"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = [line.split()[0] for line in listed.splitlines()]
    if not names:  # somebody stopped everything before
        yield
        return
    starting = subprocess.Popen(
        ["sh", "-c", START_AGAIN, "start", *names], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        subprocess.run(["systemctl", "stop", *names], check=True)
        yield
    finally:
        starting.communicate()
    if starting.returncode:
        raise Problem(f"Not everything started again: systemctl start {' '.join(names)}")
