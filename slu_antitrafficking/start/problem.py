"""What may go wrong at the start, said in one sentence."""

import errno
import re

FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class Problem(Exception):
    """A sentence for whoever typed the command; ends it with exit 1 and without a traceback."""


def of_system(error: OSError) -> str:
    """The system's refusal as a sentence."""
    where = f": {error.filename}" if error.filename else ""
    if error.errno in FULL:
        return f"The disk is full{where}"
    if error.errno in FORBIDDEN:
        return f"No permission to write or read{where}"
    return f"{error.strerror or error}{where}"


def of_output(text: str) -> str:
    """The sentence in what a failed child wrote: a failed system check, PostgreSQL's reason, or
    the last line of a traceback."""
    if "No space left on device" in text:
        return "The disk is full."
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    checks = [m[1] for line in lines if (m := re.match(r".*?: \(\w+\.E\d+\) (.+)", line))]
    if checks:
        return " ".join(checks)
    refusals = [m[1] for line in lines if (m := re.match(r".*(?:FATAL|PANIC|error): +(.+)", line))]
    if refusals:
        return refusals[-1]
    # The exception's class is for programmers.
    return re.sub(r"^(?:[\w.]*\.)?[A-Z]\w*: ", "", lines[-1]) if lines else ""
