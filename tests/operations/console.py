"""A person at a terminal: a program behind a pty, what it asks and what is typed."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

from slu_antitrafficking.start.options import ROOT


def converse(
    command: Sequence[str],
    environment: Mapping[str, str],
    answers: Sequence[tuple[str, str | signal.Signals]],
    seconds: float = 120,
) -> tuple[int, str]:
    """Types each answer once its question was asked, or sends it where it is a signal; exit code,
    and all that the screen showed.

    What is still asked when the answers are over finds the end of the input.
    """
    master, slave = pty.openpty()

    def at_this_terminal() -> None:
        os.setsid()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as under nohup: nothing ends by that alone
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        preexec_fn=at_this_terminal,
    )
    os.close(slave)
    screen, left, seen = "", list(answers), 0
    deadline = time.monotonic() + seconds
    while True:
        assert time.monotonic() < deadline, f"it hangs: {screen}"
        if select.select([master], [], [], 0.2)[0]:
            try:
                screen += os.read(master, 65536).decode(errors="replace")
            except OSError:  # the last one who had it is gone
                break
        if left and (asked := re.search(left[0][0], screen[seen:])):
            seen += asked.end()
            answer = left.pop(0)[1]
            if isinstance(answer, signal.Signals):
                process.send_signal(answer)
            else:
                os.write(master, f"{answer}\n".encode())
    os.close(master)
    return process.wait(), screen.replace("\r\n", "\n")


def both(first: str, second: str) -> list[tuple[str, str | signal.Signals]]:
    """Two sheets, each in one go."""
    return [("One sheet, word 1:", first), ("Another sheet, word 1:", second)]
