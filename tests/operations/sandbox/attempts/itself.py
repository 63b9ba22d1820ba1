"""Attempts of the worker to change what holds itself: limits, memory, signals, the filter."""

import ctypes
import mmap
import os
import resource
import signal
import struct
import time

from tests.operations.sandbox.attempts.attempt import Targets, attempt, call, libc

FUTEX = {"x86_64": 202, "aarch64": 98}[os.uname().machine]
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


@attempt()
def be_dumpable_again(_targets: Targets) -> None:
    call("prctl", 4, 1, 0, 0, 0)


@attempt()
def outlive_the_parent(_targets: Targets) -> None:
    call("prctl", 1, 0, 0, 0, 0)


@attempt()
def change_a_limit(_targets: Targets) -> None:
    call("setrlimit", resource.RLIMIT_NOFILE, struct.pack("NN", 31, 31))


@attempt(by_root=True)
def take_back_niceness(_targets: Targets) -> None:
    os.nice(-5)


@attempt()
def choose_processors(_targets: Targets) -> None:
    os.sched_setaffinity(0, range(1024))


@attempt(by_root=True)
def become_another_user(_targets: Targets) -> None:
    call("setresuid", 0, 0, 0)


@attempt()
def map_new_code(_targets: Targets) -> None:
    # Named as the call itself is, for Python's mmap would open /dev/zero.
    if libc.mmap(None, mmap.PAGESIZE, 7, 0x22, -1, 0) == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mmap")


@attempt()
def make_memory_code(_targets: Targets) -> None:
    page = libc.mmap(None, mmap.PAGESIZE, 3, 0x22, -1, 0)
    call("mprotect", page, mmap.PAGESIZE, 5)


@attempt()
def advise_on_memory(_targets: Targets) -> None:
    page = libc.mmap(None, mmap.PAGESIZE, 3, 0x22, -1, 0)
    call("madvise", ctypes.c_void_p(page), ctypes.c_size_t(mmap.PAGESIZE), 20)  # MADV_COLD


@attempt()
def lock_by_priority(_targets: Targets) -> None:
    lock = ctypes.create_string_buffer(4)
    call("syscall", FUTEX, lock, 6, 0, None)


@attempt()
def set_a_timer(_targets: Targets) -> None:
    signal.setitimer(signal.ITIMER_REAL, 60)


@attempt()
def take_back_the_alarm(_targets: Targets) -> None:
    call("setitimer", signal.ITIMER_REAL, bytes(32), None)


@attempt()
def catch_a_signal(_targets: Targets) -> None:
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)


@attempt()
def sleep(_targets: Targets) -> None:
    time.sleep(0.001)


@attempt()
def filter_itself_anew(_targets: Targets) -> None:
    call("prctl", 38, 1, 0, 0, 0)
    call("prctl", 22, 2, struct.pack("@HP", 1, ctypes.addressof(_ALLOW_ALL)), 0, 0)


_ALLOW_ALL = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0x7FFF0000))
