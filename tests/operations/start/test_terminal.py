"""A first start at a terminal: the words are shown, and two sheets taken back."""

import fcntl
import os
import pty
import select
import subprocess
import termios

from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.processes import tied_to_us
from tests.running import RunningSite, until


def test_a_terminal_is_shown_the_words_and_takes_two_sheets_back(stopped: RunningSite) -> None:
    files = [
        stopped.first_start / name for name in ("first-supervisor.txt", "recovery-sheets.html")
    ]
    kept = [file.read_bytes() for file in files]
    one, two, three = (stopped.first[f"recovery-{number}"][0] for number in (1, 2, 3))
    with Terminal(stopped) as terminal:
        said = terminal.until("Type one sheet back from the paper")
        for words in (stopped.first["account"][1], one, two, three):
            assert words in said
        assert stopped.healthy()
        terminal.type(f"{two}\n")
        terminal.until("Type another sheet back from the paper")
        terminal.type("academic acid\n")
        terminal.until("Second sheet: A sheet has 33 words; here are 2.")
        terminal.until("Type one sheet back from the paper")
        assert all(file.exists() for file in files)
        terminal.type(f"{three}\n")
        terminal.until("Type another sheet back from the paper")
        terminal.type(f"{one}\n")
        until(lambda: not any(file.exists() for file in files))
        terminal.type("\x03")
        terminal.until("Stopping.")
        assert terminal.process.wait(60) == 0
    assert stopped.processes() == {}
    # Other tests have use for them.
    for file, text in zip(files, kept, strict=True):
        file.write_bytes(text)
        file.chmod(0o600)


def test_enter_leaves_the_sheets_for_later(stopped: RunningSite) -> None:
    with Terminal(stopped) as terminal:
        terminal.until("Type one sheet back from the paper")
        terminal.type("\n")
        terminal.until(f"Later, then: at {stopped.desk_url}/desk/recovery/")
        terminal.type("\x03")
        assert terminal.process.wait(60) == 0
    assert (stopped.first_start / "first-supervisor.txt").exists()


class Terminal:
    """`./run run` as somebody at a terminal sees it."""

    def __init__(self, site: RunningSite) -> None:
        self._ours, theirs = pty.openpty()
        self._unread = b""
        tie = tied_to_us()
        self.process = subprocess.Popen(
            ["./run", "run"],
            cwd=ROOT,
            env=site.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: (tie(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)),
        )
        os.close(theirs)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)
        os.close(self._ours)

    def until(self, words: str) -> str:
        """All that is said until these words; what comes after them is for the next question."""

        def heard() -> bool:
            if select.select([self._ours], [], [], 0)[0]:
                self._unread += os.read(self._ours, 4096)
            return words.encode() in self._unread

        until(heard, 120, words)
        said, found, self._unread = self._unread.partition(words.encode())
        return (said + found).decode(errors="replace")

    def type(self, text: str) -> None:
        """Keys pressed."""
        os.write(self._ours, text.encode())
