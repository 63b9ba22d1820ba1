"""What the filter answers to every system call there is, and where there is none."""

import ctypes
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from errno import EINVAL, ENOSYS
from pathlib import Path
from signal import SIGSYS
from typing import TypeVar

import pytest

from slu_antitrafficking import sandbox, seccomp
from slu_antitrafficking.start.options import ROOT
from tests.operations.sandbox import kinds
from tests.running import RunningSite
from tips.public import photos

T = TypeVar("T")
MACHINE = seccomp.MACHINES[os.uname().machine]
X32 = 0x40000000
# uretprobe and uprobe, about which newer kernels ask no filter: they serve its probes alone.
TRAMPOLINES = (335, 336)


def python(code: str) -> "subprocess.CompletedProcess[bytes]":
    """A process of its own that knows the filter."""
    return subprocess.run(
        [sys.executable, "-c", f"from slu_antitrafficking import seccomp\n{code}"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )


def test_every_call_but_a_few_is_refused_whatever_its_number() -> None:
    numbers = {name: call[MACHINE.column] for name, call in seccomp.ALLOWED.items()}
    deadly = {call[MACHINE.column] for call in seccomp.DEADLY.values()}
    asked = [n for n in range(600) if n not in numbers.values() and n not in TRAMPOLINES]
    asked += [X32, X32 + 59, X32 + 2**29]
    command = [sys.executable, "-m", "tests.operations.sandbox.sweep", *map(str, asked)]
    result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    assert json.loads(result.stdout) == {
        str(number): (
            "SIGSYS"
            if number in deadly or number >= X32
            else "ENOSYS"
            if number >= seccomp.YOUNG
            else "EPERM"
        )
        for number in asked
    }


def test_another_machines_calls_end_the_process() -> None:
    (other,) = {name for name, machine in seccomp.MACHINES.items() if machine != MACHINE}
    code = f"seccomp.program = lambda _, real=seccomp.program: real(seccomp.MACHINES[{other!r}])"
    assert python(f"{code}\nseccomp.load()").returncode == -SIGSYS


def test_it_holds_for_threads_that_run_already() -> None:
    result = python(
        "import os, threading\n"
        "go, done = threading.Event(), []\n"
        "def late():\n"
        "    go.wait()\n"
        "    try:\n"
        "        os.listdir('/')\n"
        "    except PermissionError:\n"
        "        done.append('refused')\n"
        "thread = threading.Thread(target=late)\n"
        "thread.start()\n"
        "assert seccomp.load() == ''\n"
        "go.set()\n"
        "thread.join()\n"
        "print(*done)\n"
    )
    assert result.stdout == b"refused\n"


def test_nothing_is_missing_where_the_kernel_filters() -> None:
    assert sandbox.missing() == ""


def test_a_filter_that_ends_its_own_trial_is_said_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "trial.py").write_text("import os\nos.kill(os.getpid(), 31)\n")
    monkeypatch.setattr(seccomp, "__file__", str(tmp_path / "trial.py"))
    assert sandbox.missing() == "Photos cannot be cleaned: their filter's trial ended with -31."


@pytest.mark.parametrize("error", [EINVAL, ENOSYS])
def test_without_seccomp_photos_are_cleaned_and_it_is_said(error: int) -> None:
    def act() -> tuple[str, list[bytes | photos.Lost]]:
        return sandbox.missing(), photos.clean([kinds.jpeg()])

    said, (photo,) = without_seccomp(error, act)
    assert said == (
        "Photos are cleaned without a filter of system calls: "
        f"the kernel gives no seccomp filter ({os.strerror(error)})."
    )
    assert isinstance(photo, bytes)
    assert photo == photos.clean([kinds.jpeg()])[0]


def test_without_seccomp_the_start_says_what_is_missing() -> None:
    other = RunningSite().after_first_start()
    try:
        # All on that thread: the starter ends with the thread that started it.
        healthy = without_seccomp(ENOSYS, lambda: other.start().healthy())
        lines = [line for line in other.said.read_text().splitlines() if "filter" in line]
        assert lines == [
            "Photos are cleaned without a filter of system calls: "
            "the kernel gives no seccomp filter (Function not implemented)."
        ]
        assert healthy
    finally:
        other.throw_away()


def test_with_seccomp_the_start_says_nothing_of_it(site: RunningSite) -> None:
    assert "filter" not in site.said.read_text()


def without_seccomp(error: int, act: Callable[[], T]) -> T:
    """What `act` returns on a thread, and with children, whose kernel knows no seccomp."""
    results: list[T] = []

    def run() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        code = [
            (0x20, 0, 0, 0),  # the number
            (0x15, 3, 0, MACHINE.seccomp),
            (0x15, 0, 3, {"x86_64": 157, "aarch64": 167}[os.uname().machine]),  # prctl
            (0x20, 0, 0, 16),  # its first argument
            (0x15, 0, 1, 22),  # PR_SET_SECCOMP
            (0x06, 0, 0, 0x50000 | error),
            (0x06, 0, 0, 0x7FFF0000),
        ]
        packed = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in code))
        libc.prctl(38, 1, 0, 0, 0)
        header = struct.pack("@HP", len(code), ctypes.addressof(packed))
        assert libc.syscall(MACHINE.seccomp, 1, 0, header) == 0
        results.append(act())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    (result,) = results
    return result
