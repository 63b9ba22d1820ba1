"""The first supervisor's words and the recovery sheets: shown, and two sheets asked back."""

import os
import subprocess
import sys

from slu_antitrafficking import is_by_starter
from slu_antitrafficking.start.console import say
from slu_antitrafficking.start.options import MANAGE
from slu_antitrafficking.start.state import State

SHEETS = 3


class FirstSupervisor:
    """What the first start leaves to do until two recovery sheets have been typed back."""

    def __init__(self, state: State, desk_url: str, environment: dict[str, str]) -> None:
        self._file, self._page = state.first_supervisor, state.recovery_sheets
        self._desk = f"{desk_url}/desk/"
        self._environment = environment
        self.asking = False
        self._first_sheet = ""

    def show(self) -> None:
        """Names the file while it exists. The secrets themselves only on somebody's screen."""
        if not is_by_starter(self._file):
            return
        say()
        if not _on_screen():
            say(f"NOT FINISHED: read {self._file}, log in with its words at {self._desk},")
            say(f"print {self._page}, three recovery sheets for three people, and type two of them")
            say(f"back at {self._desk}recovery/, which deletes both files.")
            return
        lines = (line.split("\t") for line in self._file.read_text().splitlines())
        secrets = {line[0]: line[1:] for line in lines}
        say(f"Not finished. {self._file} holds, until two recovery sheets have been typed back:")
        name, words = secrets["account"]
        say(f"  the first supervisor   {name}")
        say(f"  one-time passphrase    {words}     (log in with it at {self._desk})")
        say(f"  recovery sheets        to print from {self._page}")
        for number in range(1, SHEETS + 1):
            say(f"  sheet {number}   {secrets[f'recovery-{number}'][0]}")
        say("Give each sheet to somebody else, in a sealed envelope. Any two open every tip.")
        if _somebody_types():
            self.asking = True
            self._ask()

    def answer(self, line: str) -> None:
        """Takes a sheet typed back, one line each; Enter leaves it for later."""
        typed = line.strip()
        if not typed:
            self.asking, self._first_sheet = False, ""
            say(f"Later, then: at {self._desk}recovery/")
        elif not self._first_sheet:
            self._first_sheet = typed
        else:
            both, self._first_sheet = f"{self._first_sheet}\n{typed}\n", ""
            command, environment = [*MANAGE, "confirm_sheets"], self._environment
            result = subprocess.run(command, env=environment, input=both, text=True, check=False)
            self.asking = result.returncode != 0 and is_by_starter(self._file)
        if self.asking:
            self._ask()

    def _ask(self) -> None:
        which = "another sheet" if self._first_sheet else "one sheet"
        say(f"Type {which} back from the paper (Enter: later, at {self._desk}recovery/):")


def _on_screen() -> bool:
    return sys.stdout.isatty() and "JOURNAL_STREAM" not in os.environ


def _somebody_types() -> bool:
    # A background job that reads from its terminal would be stopped.
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False
