"""What an attempt is, what there is to be had, and what the attempts are made with."""

import ctypes
from collections.abc import Callable
from typing import NamedTuple, TypedDict


class Targets(TypedDict):
    """What there is to be had: all that one needs to know of the machine, learnt beforehand."""

    files: list[str]  # secrets that this user may read
    folder: str  # where this user may write; holds the file "there"
    processes: list[int]  # of this user
    address: int  # where the first of the processes has SECRET
    sockets: list[str]  # of PostgreSQL
    ports: list[int]  # of the doors


class Attempt(NamedTuple):
    """One thing to try, whether it ends the worker, and whether one must be root to succeed."""

    act: Callable[[Targets], object]
    deadly: bool
    by_root: bool


SECRET = b"the key that only the process itself has"
# Descriptors that a worker would find open if what starts it forgot to close them.
LEAKED_FILE, LEAKED_PIPE, LEAKED_UNIX, LEAKED_INET = 20, 21, 22, 23

libc = ctypes.CDLL(None, use_errno=True)


def attempt(
    *, deadly: bool = False, by_root: bool = False
) -> Callable[[Callable[[Targets], object]], Attempt]:
    """Makes a function an attempt, which is in the list under the function's name."""
    return lambda act: Attempt(act, deadly, by_root)


def call(name: str, *arguments: object) -> int:
    """A function of the C library; OSError where it says -1."""
    result: int = getattr(libc, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result
