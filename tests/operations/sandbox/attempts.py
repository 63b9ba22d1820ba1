"""What code would try that has broken a decoder; the worker runs it where it would decode.

Each attempt returns if it got through and raises OSError if it was refused. It must get through in
a worker without the filter, or it would prove nothing.
"""

import ctypes
import fcntl
import mmap
import os
import resource
import select
import signal
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
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

FUTEX = {"x86_64": 202, "aarch64": 98}[os.uname().machine]

ATTEMPTS: dict[str, Attempt] = {}
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def attempt(
    *, deadly: bool = False, by_root: bool = False
) -> Callable[[Callable[[Targets], object]], Callable[[Targets], object]]:
    """Puts a function into the list, under its own name."""

    def put(act: Callable[[Targets], object]) -> Callable[[Targets], object]:
        ATTEMPTS[act.__name__] = Attempt(act, deadly, by_root)
        return act

    return put


def call(name: str, *arguments: object) -> int:
    """A function of the C library; OSError where it says -1."""
    result: int = getattr(libc, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


# Files.


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


# Descriptors.


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


# The network.


@attempt(deadly=True)
def socket_unix(_targets: Targets) -> None:
    socket.socket(socket.AF_UNIX)


@attempt(deadly=True)
def socket_inet(_targets: Targets) -> None:
    socket.socket(socket.AF_INET)


@attempt(deadly=True)
def socket_inet6(_targets: Targets) -> None:
    socket.socket(socket.AF_INET6)


@attempt(deadly=True)
def socket_datagram(_targets: Targets) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


@attempt(deadly=True)
def socket_netlink(_targets: Targets) -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@attempt(deadly=True, by_root=True)
def socket_packet(_targets: Targets) -> None:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


@attempt(deadly=True)
def connect_to_postgresql(targets: Targets) -> None:
    for path in targets["sockets"]:
        address = struct.pack("=H108s", socket.AF_UNIX, path.encode())
        call("connect", LEAKED_UNIX, address, len(address))


@attempt(deadly=True)
def connect_to_a_door(targets: Targets) -> None:
    address = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", targets["ports"][0], LOCAL)
    call("connect", LEAKED_INET, address, len(address))


LOCAL = socket.inet_aton("127.0.0.1")

# Other processes.


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


# Itself.


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
