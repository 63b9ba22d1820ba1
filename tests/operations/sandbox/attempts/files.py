"""Attempts to read, make and change files."""

import os
import struct
from pathlib import Path

from tests.operations.sandbox.attempts.attempt import Targets, attempt, call


@attempt()
def read_secrets(targets: Targets) -> None:
    for file in targets["files"]:
        assert Path(file).read_bytes()


@attempt()
def read_passwords(_targets: Targets) -> None:
    os.open("/etc/passwd", os.O_RDONLY)


@attempt()
def open_by_the_newer_call(_targets: Targets) -> None:
    call("syscall", 437, -100, b"/etc/passwd", struct.pack("QQQ", 0, 0, 0), 24)  # openat2


@attempt()
def list_a_folder(targets: Targets) -> None:
    os.listdir(targets["folder"])


@attempt()
def look_at_a_file(targets: Targets) -> None:
    os.stat(targets["folder"])


@attempt()
def read_a_link(_targets: Targets) -> None:
    os.readlink("/proc/self/exe")


@attempt()
def make_a_file(targets: Targets) -> None:
    os.open(f"{targets['folder']}/new", os.O_CREAT | os.O_WRONLY)


@attempt()
def make_a_folder(targets: Targets) -> None:
    os.mkdir(f"{targets['folder']}/folder")


@attempt()
def make_a_link(targets: Targets) -> None:
    os.symlink("/etc/passwd", f"{targets['folder']}/link")


@attempt()
def close_a_file_to_others(targets: Targets) -> None:
    os.chmod(f"{targets['folder']}/there", 0o600)


@attempt()
def empty_a_file(targets: Targets) -> None:
    os.truncate(f"{targets['folder']}/there", 0)


@attempt()
def rename_a_file(targets: Targets) -> None:
    os.rename(f"{targets['folder']}/there", f"{targets['folder']}/gone")


@attempt()
def delete_a_file(targets: Targets) -> None:
    os.unlink(f"{targets['folder']}/gone")


@attempt()
def change_folder(targets: Targets) -> None:
    os.chdir(targets["folder"])


@attempt()
def make_a_file_of_memory(_targets: Targets) -> None:
    os.memfd_create("code")


@attempt(by_root=True)
def change_root(_targets: Targets) -> None:
    os.chroot("/")


@attempt(deadly=True, by_root=True)
def mount(targets: Targets) -> None:
    call("mount", b"none", targets["folder"].encode(), b"tmpfs", 0, None)
    call("umount2", targets["folder"].encode(), 2)
