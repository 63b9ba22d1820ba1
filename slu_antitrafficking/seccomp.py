"""What a process may still ask of the kernel once it reads what strangers send.

A filter of system calls (Linux, Documentation/userspace-api/seccomp_filter.rst) that lets memory,
threads, reading descriptor 0 and writing descriptor 1 pass, and nothing else: no file, socket,
process, signal or timer is to be had through it, and no new code can be mapped. Run as a script it
loads the filter into itself and prints what is missing here, an empty line where nothing is.

Written here because what PyPI had in November 2026 needs the system's libseccomp, has no wheel for
every Python and processor that we run on, or was weeks old. Imports nothing of ours.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from errno import ENOSYS, EPERM
from typing import NamedTuple

SET_MODE_FILTER, ALL_THREADS, NO_NEW_PRIVS = 1, 1, 38  # linux/seccomp.h, linux/prctl.h
ALLOW, KILL, REFUSE, UNKNOWN = 0x7FFF0000, 0x80000000, 0x50000 | EPERM, 0x50000 | ENOSYS
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06  # linux/bpf_common.h
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # where struct seccomp_data has them
WORD = 0xFFFFFFFF


class Machine(NamedTuple):
    """A processor: its AUDIT_ARCH (linux/audit.h), its column in the tables, and seccomp itself."""

    audit: int
    column: int
    seccomp: int


MACHINES = {"x86_64": Machine(0xC000003E, 0, 317), "aarch64": Machine(0xC00000B7, 1, 277)}


class Only(NamedTuple):
    """A call passes if this argument of it, masked, is one of these values."""

    argument: int
    mask: int
    values: tuple[int, ...]
    otherwise: int = REFUSE


# The numbers on x86-64 and AArch64, and what of the call passes: what decoding JPEG, PNG, WebP,
# HEIC, AVIF and GIF was seen to need, and what the C library needs for threads.
ALLOWED: dict[str, tuple[int, int, Only | None]] = {
    "read": (0, 63, Only(0, WORD, (0,))),
    "write": (1, 64, Only(0, WORD, (1,))),
    "mmap": (9, 222, Only(2, 4, (0,))),  # not PROT_EXEC
    "mprotect": (10, 226, Only(2, 4, (0,))),
    "munmap": (11, 215, None),
    "mremap": (25, 216, None),
    "brk": (12, 214, None),
    # MADV_DONTNEED and MADV_FREE. Others take the machine's memory out of use, where root asks.
    "madvise": (28, 233, Only(2, WORD, (4, 8))),
    # As glibc and musl start a thread: a flag less is a process, a flag more may be a namespace.
    "clone": (56, 220, Only(0, WORD & ~0x400000, (0x3D0F00,), KILL)),
    # Wait, wake and requeue, private or not, by any clock; not the locks that lend priority.
    "futex": (202, 98, Only(1, WORD & ~0x180, (0, 1, 3, 4, 5, 9, 10))),
    "set_robust_list": (273, 99, None),
    "rseq": (334, 293, None),
    "rt_sigprocmask": (14, 135, None),
    "rt_sigreturn": (15, 139, None),
    "restart_syscall": (219, 128, None),  # what a SIGSTOP interrupted
    "sched_yield": (24, 124, None),
    "clock_gettime": (228, 113, None),
    "exit": (60, 93, None),
    "exit_group": (231, 94, None),
}
# What no decoder ever does: whoever asks has taken it over and gets no second try. All the rest is
# refused and no more, for a library may look for a file or a setting and live without it.
DEADLY: dict[str, tuple[int, int | None]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
}
# From here on the numbers are the same everywhere: Linux 5.1 and all that is younger, io_uring,
# pidfd, clone3, openat2. A library that tries one of these has an older way, and ENOSYS sends it
# there; EPERM would not.
YOUNG = 424
X32 = 0x40000000  # from here on x86-64's other ABI, under which every call has a second number


def program(machine: Machine) -> bytes:
    """The filter for this processor in classic BPF, eight bytes an instruction."""
    return b"".join(_instructions(machine))


def load() -> str:
    """Filters this process for good, all threads of it. Says why not where that cannot be had."""
    system = os.uname()
    machine = MACHINES.get(system.machine)
    if not machine or system.sysname != "Linux" or sys.maxsize < 2**32:
        return f"there is none for {system.sysname} on {system.machine}"
    libc = ctypes.CDLL(None, use_errno=True)
    code = program(machine)
    kept = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(kept))  # struct sock_fprog
    # By number, for the C library has no function for it. Above 0 is a thread it cannot filter.
    refused = libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(
        machine.seccomp, SET_MODE_FILTER, ALL_THREADS, header
    )
    if refused:
        return f"the kernel gives no seccomp filter ({os.strerror(ctypes.get_errno())})"
    return ""


def _instructions(machine: Machine) -> Iterator[bytes]:
    yield from (_do(LOAD, ARCHITECTURE), _do(EQUAL, machine.audit, yes=1), _do(RETURN, KILL))
    yield _do(LOAD, NUMBER)
    yield from _answer(AT_LEAST, X32, KILL)
    yield from _answer(AT_LEAST, YOUNG, UNKNOWN)
    for call in ALLOWED.values():
        yield from _pass(call[:2][machine.column], call[2])
    for numbers in DEADLY.values():
        if (number := numbers[machine.column]) is not None:
            yield from _answer(EQUAL, number, KILL)
    yield _do(RETURN, REFUSE)


def _pass(number: int, only: Only | None) -> Iterator[bytes]:
    if not only:
        yield from _answer(EQUAL, number, ALLOW)
        return
    # The low word of the argument: the kernel takes descriptors, flags and operations from there.
    inside = [_do(LOAD, ARGUMENTS + 8 * only.argument), _do(AND, only.mask)]
    for value in only.values:
        inside += _answer(EQUAL, value, ALLOW)
    inside.append(_do(RETURN, only.otherwise))
    yield from (_do(EQUAL, number, no=len(inside)), *inside)


def _answer(comparison: int, value: int, answer: int) -> tuple[bytes, bytes]:
    return _do(comparison, value, no=1), _do(RETURN, answer)


def _do(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One struct sock_filter; `yes` and `no` are how many instructions a comparison skips."""
    return struct.pack("=HBBI", code, yes, no, value)


def _missing() -> str:
    if why := load():
        return why
    try:
        os.listdir("/")
    except PermissionError:
        return ""
    return "the kernel takes a seccomp filter and does not keep to it"


if __name__ == "__main__":
    print(_missing())
