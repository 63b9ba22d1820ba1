"""The real thing: `./run run` on a $VAR and ports of its own."""

import fcntl
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from slu_antitrafficking.start import options, unix_sockets
from slu_antitrafficking.start.dev.suite import neutral_environment
from slu_antitrafficking.start.door_users import AS_ROOT
from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.postgres.cluster import DATABASE, OWNER, SUPERUSER
from slu_antitrafficking.start.postgres.data_folder import IN_VAR, MARK, delete
from slu_antitrafficking.start.processes import tied_to_us

T = TypeVar("T")
MEASURED = "COVERAGE_PROCESS_START"
# For a site on which nobody measures what a guess at somebody's words costs.
CHEAP_WORDS = {"PYTHONPATH": str(ROOT / "tests" / "cheap_words")}


def until(ask: Callable[[], T], seconds: float = 20, what: str = "", every: float = 0) -> T:
    """The first true answer; fails loudly when there is none in time.

    Asks 20 times a second, and what takes long 4 times: asking keeps a processor from the answer.
    """
    began = time.monotonic()
    while not (answer := ask()):
        waited = time.monotonic() - began
        assert waited < seconds, f"not within {seconds} s: {what or ask}"
        time.sleep(every or min(0.05 + waited / 20, 0.25))
    return answer


# Each process of a suite has a quarter of the ports that Linux gives to no connection elsewhere,
# and gives none of them twice: whoever asked for one may listen only seconds later.
_SIDE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 4
_ports = list(range(11_000 + _SIDE, 32_768, 4))
random.SystemRandom().shuffle(_ports)


def free_port() -> int:
    """A port that nothing listens on just now."""
    while True:
        port = _ports.pop()
        with socket.socket() as probe, suppress(OSError):
            probe.bind((options.HOST, port))
            return port


class RunningSite:
    """One `./run run`. `var`, `url` and `desk_url` stay the same over every stop and start."""

    def __init__(self, command: str = "run", tree: Path = ROOT, **environment: str) -> None:
        self.command, self.tree = command, tree
        self.folder = Path(tempfile.mkdtemp(prefix="know-the-signs-site-"))
        self.folder.chmod(0o711)
        self.var = self.folder / "var"
        self.port, self.desk_port = free_port(), free_port()
        self.url = f"http://{options.HOST}:{self.port}"
        self.desk_url = f"http://{options.HOST}:{self.desk_port}"
        self.said = self.folder / "said"
        self.process: subprocess.Popen[bytes] | None = None
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.environment = neutral_environment() | {
            "TMPDIR": str(self.temporary),
            "VAR": str(self.var),
            "PORT": str(self.port),
            "DESK_PORT": str(self.desk_port),
            "A_SECRET_OF_ROOT_S_SHELL": "for nobody",
            **environment,
        }

    @property
    def up(self) -> bool:
        """Whether the starter lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> "RunningSite":
        """Starts it unless it runs, and returns when it has said that it serves."""
        if not self.up:
            with self.said.open("wb") as said:
                self.process = subprocess.Popen(
                    ["./run", self.command],
                    cwd=self.tree,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                    preexec_fn=tied_to_us(),
                )
            until(self._serves_or_ended, 120, "a start")
            assert self.up, f"it did not start: {self.said.read_text()}"
            if (self.first_start / "first-supervisor.txt").exists():  # a restored store has none
                _ = self.first  # whoever types two sheets back deletes the file
        return self

    def after_first_start(self) -> "RunningSite":
        """Begins where a first start ended: one site of a run made that start for all of them."""
        # A copy would share data that lie elsewhere; those of the run's own database tell.
        if (Path(os.environ["VAR"]) / MARK).read_text() == IN_VAR:
            subprocess.run(["cp", "-a", first_started(), self.var], check=True)
        return self

    def with_static_of(self, other: "RunningSite") -> "RunningSite":
        """Begins with the other's static files: they take seconds to make, and these are right."""
        self.var.mkdir(0o711)
        shutil.copytree(other.var / "static", self.var / "static")
        shutil.copy(other.var / "static-made", self.var)
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop; its exit code."""
        assert self.process
        self.process.send_signal(how)
        return self.process.wait(60)

    def kill(self) -> None:
        """Kills the starter as the machine might."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def restart(self) -> "RunningSite":
        """A clean stop and a second start."""
        self.stop()
        return self.start()

    def throw_away(self) -> None:
        """Ends it and deletes everything. Killed, it tidies up nothing that goes anyway."""
        if self.up and MEASURED in os.environ:
            self.stop()  # whoever is killed does not write down where it went
        elif self.up:
            self.kill()
            for number, command in self.processes().items():
                with suppress(ProcessLookupError):
                    # Told to quit, PostgreSQL takes its shared memory with it.
                    os.kill(number, signal.SIGQUIT if "postgres" in command else signal.SIGKILL)
            until(lambda: not self.processes(), what="the end of its processes")
        delete(self.var)
        shutil.rmtree(self.folder)

    def run(self, *arguments: str, typed: str = "", **environment: str) -> tuple[int, str]:
        """Another `./run …` on the same $VAR: its exit code and all it said."""
        result = subprocess.run(
            ["./run", *arguments],
            preexec_fn=tied_to_us(),
            cwd=ROOT,
            env=self.environment | environment,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,  # only what hangs takes so long
            check=False,
        )
        return result.returncode, result.stdout

    @cached_property
    def first(self) -> dict[str, list[str]]:
        """The first supervisor's file: `account` → name and words, `recovery-1` … → a sheet."""
        lines = (self.first_start / "first-supervisor.txt").read_text().splitlines()
        return {line.split("\t")[0]: line.split("\t")[1:] for line in lines}

    @cached_property
    def owner_url(self) -> str:
        """The database as its owner; no serving process has this."""
        return self._url(OWNER, "owner")

    @cached_property
    def superuser_url(self) -> str:
        """The database as PostgreSQL's superuser."""
        return self._url(SUPERUSER, "superuser")

    @property
    def first_start(self) -> Path:
        """The folder of the first supervisor's words and of the sheets to print."""
        return self.var / "first-start"

    @property
    def sockets(self) -> list[Path]:
        """The unix sockets of the two doors, the public one first; none under too long a name."""
        folder = self.var / "sockets"
        return [folder / name for name in unix_sockets.NAMES.values() if unix_sockets.fit(folder)]

    @property
    def doors_are_apart(self) -> bool:
        """Whether its doors run as users of their own: root's do, where the system lets them."""
        return os.geteuid() == 0 and AS_ROOT not in self.said.read_text()

    def logs(self) -> str:
        """Everything in $VAR/log, and all the starter said."""
        files = [*sorted((self.var / "log").iterdir()), self.said]
        return "".join(file.read_text(errors="replace") for file in files)

    def processes(self) -> dict[int, str]:
        """Every process that belongs to it: number → command."""
        data = self.var / "postgres" / "data"
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes().split(b"\0")
                ours = f"VAR={self.var}".encode() in environment
                if ours or (process / "cwd").readlink() == data:
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(process.name)] = command
            except OSError:
                continue
        return found

    def gunicorn(self, serve: str) -> int:
        """The number of a door's gunicorn, the one that the workers belong to; waits for it."""
        return until(lambda: self._gunicorn(serve), 20, f"a gunicorn for the {serve} door")

    def workers(self) -> set[int]:
        """The workers of the public door."""
        master = self.gunicorn("public")
        children = Path(f"/proc/{master}/task/{master}/children").read_text()
        return {int(one) for one in children.split()}

    def _gunicorn(self, serve: str) -> int:
        assert self.process
        for number in self.processes():
            try:
                environment = Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
                status = Path(f"/proc/{number}/status").read_text()
            except OSError:
                continue  # it ended meanwhile
            if f"SERVE={serve}".encode() in environment and f"PPid:\t{self.process.pid}" in status:
                return number
        return 0

    def postgres(self) -> int:
        """The number of PostgreSQL's first process."""
        lines = (self.var / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
        return int(lines[0])

    def healthy(self) -> bool:
        """Whether both doors answer, at port and socket, that all is well with the database too."""
        ports = [(options.HOST, port) for port in (self.port, self.desk_port)]
        return {self.health(port) for port in ports} | {
            self.health(path) for path in self.sockets
        } == {200}

    def health(self, place: tuple[str, int] | Path) -> int:
        """The status of a door's health at this port or socket; 0 where nobody answers."""
        try:
            with socket.socket(
                socket.AF_UNIX if isinstance(place, Path) else socket.AF_INET
            ) as connection:
                connection.settimeout(5)
                connection.connect(str(place) if isinstance(place, Path) else place)
                connection.sendall(b"GET /health/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                answer = connection.recv(64).split()
                return int(answer[1]) if answer else 0
        except OSError:
            return 0

    def _url(self, user: str, secret: str) -> str:
        secrets = json.loads((self.var / "secrets.json").read_text())
        sockets = self.var / "postgres" / "s"
        return f"postgresql://{user}:{secrets[secret]}@/{DATABASE}?host={sockets}"

    def _serves_or_ended(self) -> bool:
        return not self.up or "Ctrl-C stops everything." in self.said.read_text()


def first_started() -> Path:
    """The $VAR of a site that was started once and stopped; the same for all sides of a run."""
    with (Path(tempfile.gettempdir()) / "first-started").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if not (var := file.read()):
            site = RunningSite("run", ROOT, **CHEAP_WORDS).start()
            site.stop()
            file.write(var := str(site.var))
    return Path(var)


def kill(number: int) -> None:
    """Kills a process as the machine might."""
    os.kill(number, signal.SIGKILL)
