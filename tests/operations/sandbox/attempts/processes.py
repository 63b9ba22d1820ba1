"""Attempts on other processes: to read, end, trace or start one."""

import ctypes
import os
import signal
import struct
from pathlib import Path

from tests.operations.sandbox.attempts.attempt import SECRET, Targets, attempt, call


@attempt()
def read_their_environment(targets: Targets) -> None:
    for process in targets["processes"]:
        assert Path(f"/proc/{process}/environ").read_bytes()


@attempt()
def read_their_memory(targets: Targets) -> None:
    with open(f"/proc/{targets['processes'][0]}/mem", "rb", buffering=0) as memory:
        memory.seek(targets["address"])
        assert memory.read(len(SECRET)) == SECRET


@attempt(deadly=True)
def read_their_memory_by_call(targets: Targets) -> None:
    taken = ctypes.create_string_buffer(len(SECRET))
    here = struct.pack("PN", ctypes.addressof(taken), len(SECRET))
    there = struct.pack("PN", targets["address"], len(SECRET))
    call("process_vm_readv", targets["processes"][0], here, 1, there, 1, 0)
    assert taken.raw == SECRET


@attempt(deadly=True)
def write_their_memory(targets: Targets) -> None:
    here = struct.pack("PN", ctypes.addressof(ctypes.create_string_buffer(SECRET)), len(SECRET))
    there = struct.pack("PN", targets["address"], len(SECRET))
    call("process_vm_writev", targets["processes"][0], here, 1, there, 1, 0)


@attempt(deadly=True)
def trace_them(targets: Targets) -> None:
    seize = 0x4206
    call("ptrace", seize, targets["processes"][0], None, None)


@attempt(deadly=True)
def signal_them(targets: Targets) -> None:
    for process in targets["processes"]:
        os.kill(process, 0)


@attempt(deadly=True)
def signal_itself(_targets: Targets) -> None:
    signal.raise_signal(signal.SIGCONT)


@attempt()
def hold_on_to_them(targets: Targets) -> None:
    os.pidfd_open(targets["processes"][0])


@attempt()
def ask_who_is_the_parent(_targets: Targets) -> None:
    assert call("getppid")


@attempt(deadly=True)
def fork(_targets: Targets) -> None:
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)


@attempt(deadly=True)
def spawn(_targets: Targets) -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


@attempt(deadly=True)
def execute(_targets: Targets) -> None:
    os.execv("/bin/sh", ["sh", "-c", r"""printf '\0\0\0\021[["execute", ""]]'"""])


@attempt(deadly=True)
def leave_the_shared_files(_targets: Targets) -> None:
    call("unshare", 0x400)  # CLONE_FILES, which everybody may


@attempt()
def reach_shared_memory(_targets: Targets) -> None:
    segment = call("shmget", 0, 4096, 0o1600)
    call("shmctl", segment, 0, None)
