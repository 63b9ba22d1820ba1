"""Attempts to use what was left open, and to make more descriptors."""

import ctypes
import fcntl
import os
import select
import struct

from tests.operations.sandbox.attempts.attempt import (
    LEAKED_FILE,
    LEAKED_INET,
    LEAKED_PIPE,
    Targets,
    attempt,
    call,
)


@attempt()
def read_what_was_left_open(_targets: Targets) -> None:
    assert os.read(LEAKED_FILE, 1)


@attempt()
def write_what_was_left_open(_targets: Targets) -> None:
    os.write(LEAKED_PIPE, b"x")


@attempt()
def talk_on_what_was_left_open(_targets: Targets) -> None:
    call("getsockopt", LEAKED_INET, 1, 3, ctypes.create_string_buffer(4), struct.pack("i", 4))


@attempt()
def copy_a_descriptor(_targets: Targets) -> None:
    os.dup(1)


@attempt()
def change_a_descriptor(_targets: Targets) -> None:
    fcntl.fcntl(1, fcntl.F_GETFL)


@attempt()
def ask_a_device(_targets: Targets) -> None:
    fcntl.ioctl(LEAKED_FILE, 0x5421, struct.pack("i", 0))  # FIONBIO


@attempt()
def make_a_pipe(_targets: Targets) -> None:
    os.pipe()


@attempt()
def make_a_pair_of_sockets(_targets: Targets) -> None:
    call("socketpair", 1, 1, 0, ctypes.create_string_buffer(8))


@attempt()
def wait_for_a_descriptor(_targets: Targets) -> None:
    select.select([1], [], [], 0)
