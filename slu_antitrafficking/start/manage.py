"""./run manage: management commands, whether the site runs or not."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from signal import SIGINT

from slu_antitrafficking.operations import server
from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import MANAGE, ROOT, Options, clean_environment
from slu_antitrafficking.start.postgres import database
from slu_antitrafficking.start.postgres.data_folder import MARK
from slu_antitrafficking.start.postgres.database import Database, Embedded
from slu_antitrafficking.start.processes import Stopped
from slu_antitrafficking.start.state import Lock, State

PATIENCE = 30  # seconds for a server that another command is just starting or stopping


def run(options: Options, arguments: Sequence[str]) -> int:
    """Any management command as the owner, on the server that runs or on one started for it."""
    processes.stop_on_signals()
    if server.is_installed(ROOT):
        return _on_the_server(arguments)
    state = State(options.var)
    # What a command prints may go into a file; what we say does not belong there.
    with ExitStack() as cleanup, redirect_stdout(sys.stderr):
        where = running_database(options, state, cleanup, "manage")
        environment = options.environment(SERVE="both", OWNER_DATABASE_URL=where.owner_url)
        child = subprocess.Popen(
            [*MANAGE, *arguments], env=environment, preexec_fn=processes.tied_to_us()
        )
        try:
            return child.wait()
        except Stopped:
            processes.end(child, SIGINT, 10)
            return 130


def _on_the_server(arguments: Sequence[str]) -> int:
    """As the owner's user, who is let in without a password. Raises Problem for all but root."""
    if os.geteuid() != 0:
        raise Problem("Here only root runs management commands.")
    environment = clean_environment() | server.settings("common", "owner")
    child = subprocess.Popen(
        [*MANAGE, *arguments],
        env=environment | {"SERVE": "both", "HOME": "/"},
        cwd=ROOT,
        umask=0o077,
        user=server.OWNER_USER,
        group=server.OWNER_USER,
        extra_groups=[],
    )
    try:
        return child.wait()
    except Stopped:
        processes.end(child, SIGINT, 10)
        return 130


def running_database(options: Options, state: State, cleanup: ExitStack, command: str) -> Database:
    """The one that runs, or one started for this command and stopped with it.

    Raises Problem when another command is at work for too long.
    """
    if options.database_url:
        return database.choose(options, state)
    lock = Lock(state.var)
    deadline = time.monotonic() + PATIENCE
    while holder := lock.take(command):
        # The starter keeps its server up; another command's goes when that command ends.
        if holder == "run" and state.mark(MARK):
            running = database.choose(options, state)
            if isinstance(running, Embedded) and running.cluster.answers():
                return running
        if time.monotonic() > deadline:
            raise Problem(f"./run {holder} is at work on {state.var}: try again when it has ended.")
        time.sleep(0.2)
    cleanup.callback(lock.release)
    ours = database.choose(options, state)
    cleanup.callback(ours.stop)
    ours.start()
    return ours
