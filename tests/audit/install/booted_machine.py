"""A Debian with systemd, booted in a folder: processes, mounts and a network of its own.

It reaches nobody. What it needs to download lies in it before, as after a slow line's evening.
"""

import contextlib
import ctypes
import http.client
import os
import pty
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from slu_antitrafficking.start.console import step
from slu_antitrafficking.start.processes import tied_to_us
from tests.attacks.visitor import Answer, Visitor
from tests.audit import bare_machine
from tests.running import until

SYSTEM = ("systemd", "systemd-sysv", "dbus", "iproute2", "procps")
PATHS = bare_machine.PATHS["root"]
NSPAWN = ("systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit")
ALONE = ("--private-network", "--console=pipe")
CLONE_NEWNET = 0x40000000
Typing = Callable[[str], str | signal.Signals | None]
_libc = ctypes.CDLL(None, use_errno=True)


def why_not() -> str:
    """The sentence that says why this machine may not boot one; empty where it may try."""
    if not shutil.which("systemd-nspawn"):
        return "A machine is booted by systemd-nspawn, which is not here."
    return bare_machine.why_not()


class BootedMachine:
    """One such machine. What it writes stays over a reboot."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.console = root.with_suffix(".console")
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def boot(self) -> None:
        """Returns when all that starts by itself has started."""
        with self.console.open("ab") as console:
            self._nspawn = subprocess.Popen(
                [*NSPAWN, *ALONE, "-D", str(self.root)],
                # Newer systemds know no other groups of processes than the second kind.
                env=os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                preexec_fn=tied_to_us(signal.SIGKILL),
            )
        until(lambda: self._is_up() or self._nspawn_ended(), 180, "a boot", every=0.5)
        assert not self._nspawn_ended(), self.console.read_text()

    def stop(self) -> None:
        """As whoever types poweroff."""
        if self._nspawn and self._nspawn.poll() is None:
            os.kill(self._leader, signal.SIGRTMIN + 4)
            self._nspawn.wait(180)

    def call(self, line: str) -> tuple[int, str]:
        """Root's shell line: its exit code and all that it said."""
        done = subprocess.run(
            self._entering(line),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def must(self, line: str) -> str:
        """What the line said; it has to go well."""
        code, said = self.call(line)
        assert code == 0, f"{line}: {said}"
        return said

    def at_a_terminal(self, line: str, answer: Typing) -> tuple[int, str]:
        """Root's line in a terminal: its exit code, and all that it said. `answer` is asked what to
        type, or what signal to send to all processes of the line, after what was said since."""
        process, terminal = pty.fork()
        if process == 0:
            command = self._entering(line)
            os.execvp(command[0], command)
        said = new = ""
        with contextlib.suppress(OSError):  # a terminal that everybody has left
            while piece := os.read(terminal, 65536):
                said, new = said + piece.decode(), new + piece.decode()
                if isinstance(typed := answer(new), signal.Signals):
                    os.killpg(process, typed)
                elif typed is not None:
                    new = ""
                    os.write(terminal, f"{typed}\n".encode())
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said

    def connect(self, port: int, source: str = "127.0.0.1") -> socket.socket:
        """A connection to a port of its loopback, from within its network."""
        ours = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        theirs = os.open(f"/proc/{self._leader}/ns/net", os.O_RDONLY)
        try:
            assert _libc.setns(theirs, CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            return socket.create_connection(("127.0.0.1", port), 30, (source, 0))
        finally:
            _libc.setns(ours, CLONE_NEWNET)
            os.close(ours)
            os.close(theirs)

    def _entering(self, line: str) -> list[str]:
        enter = ["nsenter", "--target", str(self._leader), "-m", "-p", "-n", "-u", "-i", "-C", "--"]
        alone = ["env", "-i", f"PATH={PATHS}", "HOME=/root", "TERM=dumb"]
        return [*enter, *alone, "/bin/sh", "-c", f"cd /root; {line}"]

    def _is_up(self) -> bool:
        assert self._nspawn
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        # The first ones only make the machine ready: whoever kept such a number would ask nobody.
        if not (found := children.read_text().split()):
            return False
        self._leader = int(found[0])
        return self.call("systemctl is-system-running")[1].strip() in ("running", "degraded")

    def _nspawn_ended(self) -> bool:
        return self._nspawn is not None and self._nspawn.poll() is not None


class VisitorByTLS(Visitor):
    """A visitor in the machine's network, who trusts this certificate and no other."""

    def __init__(self, machine: BootedMachine, certificate: Path, **headers: str) -> None:
        super().__init__("127.0.0.1", **headers)
        self._machine = machine
        self._trust = ssl.create_default_context(cafile=str(certificate))

    def ask(self, url: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """As a browser says by which page it was sent: one of the same site."""
        where = urlsplit(url)
        return super().ask(url, method, body, Origin=f"{where.scheme}://{where.netloc}", **headers)

    def line(self, where: SplitResult) -> http.client.HTTPConnection:
        """By the name in the address, which the certificate must have."""
        line: Any = http.client.HTTPSConnection(str(where.hostname), timeout=60)
        line.sock = self.secure(str(where.hostname))
        return line

    def secure(self, name: str, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """A connection to nginx under this name."""
        return self._trust.wrap_socket(self._machine.connect(443, source), server_hostname=name)


@contextlib.contextmanager
def booted(root: Path) -> Iterator[BootedMachine]:
    """A machine that is stopped at the end."""
    machine = BootedMachine(root)
    try:
        with step("A boot"):
            machine.boot()
        yield machine
    finally:
        machine.stop()
