"""A bare Debian 12 in a folder: debootstrap's smallest, then python3 and git, and nothing else.

It has processes and mounts of its own and shares the network. It reaches the packages that this
machine reaches: apt's mirrors and settings, pip's and uv's, and the certificates are handed on.
"""

import os
import platform
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.processes import tied_to_us
from tests.running import until

RELEASE = "bookworm"  # Debian 12
USER = "somebody"
# As Debian sets them.
PATHS = {
    "root": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    USER: "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
}
SERVES = "Ctrl-C stops everything."
PIP = ("etc/pip.conf", "etc/xdg/pip", "etc/uv")
HANDED_ON = re.compile(r"(?:PIP|UV)_\w+|(?:https?|no)_proxy", re.IGNORECASE)
CERTIFICATES = Path("etc/certificates-of-the-outer-machine.crt")
# All mounts go with the namespace, which goes with its first process. Its root is a mount, as a
# machine's is: without that nobody in it gets a view of the files of their own.
ENTER = """
mount --bind "$0" "$0" &&
mount -t proc proc "$0/proc" && mount -t tmpfs -o mode=1777 shm "$0/dev/shm" &&
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts" &&
exec chroot "$0" "$@"
"""
INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
ALONE = ("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL")


def why_not() -> str:
    """The sentence that says why this machine may not build one; empty where it may."""
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return "Only root on Debian may build a bare machine."
    if not shutil.which("debootstrap"):
        return "A bare machine is built by debootstrap, which is not here."
    tried = subprocess.run([*ALONE, "true"], capture_output=True, text=True, check=False)
    return f"No bare machine can be entered: {tried.stderr.strip()}" if tried.returncode else ""


class BareMachine:
    """One such machine, and the committed tree in it as a stranger's clone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.said = root.with_suffix(".said")
        self.environment = {"PATH": PATHS["root"], "LANG": "C.UTF-8"} | {
            name: value for name, value in os.environ.items() if HANDED_ON.fullmatch(name)
        }
        if (root / CERTIFICATES).exists():
            self.environment["PIP_CERT"] = f"/{CERTIFICATES}"

    def clone(self, user: str) -> None:
        """Clones the committed tree to the user's home."""
        home = self.root / self.home(user).lstrip("/")
        clone = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(home / "site")]
        subprocess.run(clone, check=True)
        self.call("root", f"chown -R {user}: {self.home(user)}/site")

    def home(self, user: str) -> str:
        """The folder that the clone lies in."""
        return "/root" if user == "root" else f"/home/{user}"

    def start(self, user: str, line: str) -> "subprocess.Popen[bytes]":
        """Starts a shell's line as this user, in the clone where there is one."""
        line = f"PATH={PATHS[user]}; cd {self.home(user)}; cd site 2>/dev/null; {line}"
        command = [*ALONE, "sh", "-c", ENTER, str(self.root), "su", user, "-s", "/bin/sh", "-c"]
        with self.said.open("wb") as said:
            return subprocess.Popen(
                [*command, line],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                preexec_fn=tied_to_us(),
            )

    def call(self, user: str, line: str) -> tuple[int, str]:
        """The line's exit code and all that it said."""
        with self._ending(self.start(user, line)) as process:
            return process.wait(), self.said.read_text()

    @contextmanager
    def serving(self, user: str, line: str) -> Iterator[str]:
        """A line that serves until it is ended; what it said before that."""
        with self._ending(self.start(user, line)) as process:
            until(lambda: process.poll() is not None or SERVES in self.said.read_text(), 900)
            yield self.said.read_text()

    def users_of_doors(self) -> set[int]:
        """Whom the gunicorns in it run as."""
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                inside = Path(os.readlink(process / "root")).is_relative_to(self.root)
                if inside and b"gunicorn" in (process / "cmdline").read_bytes():
                    found.add(process.stat().st_uid)
        return found

    @contextmanager
    def _ending(self, process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def build(root: Path, *include: str, release: str = RELEASE) -> None:
    """Debian's own first steps, with these packages, and then what this machine is told of the
    world."""
    _must("apt-get", "update", "-qq")
    mirror, sources = _sources(release)
    with_these = [f"--include={','.join(include)}"] if include else []
    _must("debootstrap", "--variant=minbase", *with_these, release, str(root), mirror)
    for name in PIP:
        if (outer := Path("/", name)).is_dir():
            shutil.copytree(outer, root / name)
        elif outer.exists():
            shutil.copy(outer, root / name)
    if certificates := ssl.get_default_verify_paths().cafile:
        shutil.copy(certificates, root / CERTIFICATES)
    settings = _must("apt-config", "dump").splitlines()
    acquire = [line for line in settings if line.startswith("Acquire::")]
    (root / "etc/apt/apt.conf.d/90-outer-machine").write_text("\n".join(acquire) + "\n")
    # From the release alone: its updates come with the first packages that ./run asks for, and may
    # bring a newer build of the Python that runs.
    must_in(root, f"apt-get update -qq; {INSTALL} python3 git; useradd --create-home {USER}")
    (root / "etc/apt/sources.list").write_text(sources)


def _sources(release: str) -> tuple[str, str]:
    """The mirror of this machine, and all of its sources as those of this release."""
    outer = platform.freedesktop_os_release()["VERSION_CODENAME"]
    wanted = "$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)"
    targets = _must("apt-get", "indextargets", "--format", wanted, "Created-By: Packages")
    sources = {}
    for line in targets.splitlines():
        address, codename, component, origin = line.split(maxsplit=3)
        if (component, origin) == ("main", "Debian") and codename.startswith(outer):
            sources[codename.replace(outer, release, 1)] = address
    lines = [f"deb {address} {codename} main" for codename, address in sources.items()]
    return sources[release], "\n".join(lines) + "\n"


def _must(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def must_in(root: Path, line: str) -> None:
    code, said = BareMachine(root).call("root", f"set -e; {line}")
    assert code == 0, said[-2000:]
