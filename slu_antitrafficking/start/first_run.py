"""The first supervisor's words and the recovery key: shown, and the key asked back."""

import os
import subprocess
import sys

from slu_antitrafficking.start.console import say
from slu_antitrafficking.start.options import MANAGE
from slu_antitrafficking.start.state import State


class FirstSupervisor:
    """What the first start leaves to do until the recovery key has been typed back."""

    def __init__(self, state: State, desk_url: str, environment: dict[str, str]) -> None:
        self._file = state.first_supervisor
        self._desk = f"{desk_url}/desk/"
        self._environment = environment
        self.asking = False

    def show(self) -> None:
        """Names the file while it exists. The secrets themselves only on somebody's screen."""
        if not self._file.exists():
            return
        say()
        if not _on_screen():
            say(f"NOT FINISHED: read {self._file}, sign in with its words at {self._desk},")
            say("keep the recovery key on paper in two places, and type it back at")
            say(f"{self._desk}recovery/, which deletes the file.")
            return
        lines = (line.split("\t") for line in self._file.read_text().splitlines())
        secrets = {line[0]: line[1:] for line in lines}
        name, words = secrets["account"]
        say(f"Not finished. {self._file} holds, until the recovery key has been typed back:")
        say(f"  the first supervisor   {name}")
        say(f"  one-time passphrase    {words}     (sign in with it at {self._desk})")
        say(f"  recovery key           {secrets['recovery'][0]}")
        say("Write the recovery key on paper, twice, and keep it in two places.")
        if _somebody_types():
            self.asking = True
            self._ask()

    def answer(self, line: str) -> None:
        """Takes the line typed back; Enter leaves it for later."""
        typed = line.strip()
        if typed:
            command = [*MANAGE, "confirm_recovery_key"]
            environment = self._environment
            result = subprocess.run(command, env=environment, input=typed, text=True, check=False)
            self.asking = result.returncode != 0 and self._file.exists()
        else:
            self.asking = False
            say(f"Later, then: at {self._desk}recovery/")
        if self.asking:
            self._ask()

    def _ask(self) -> None:
        say(f"Type it back from the paper (Enter: later, at {self._desk}recovery/):")


def _on_screen() -> bool:
    return sys.stdout.isatty() and "JOURNAL_STREAM" not in os.environ


def _somebody_types() -> bool:
    # A background job that reads from its terminal would be stopped.
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False
