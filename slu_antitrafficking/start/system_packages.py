"""What a command needs of the system beside Python, and Debian's packages of it.

Asked before anything is downloaded: the standard library only.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from slu_antitrafficking.start.console import Problem, step

FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")


@dataclass(frozen=True)
class SystemPackage:
    """A Debian package, and whether what it brings is there, from wherever it came."""

    package: str
    is_there: Callable[[], bool]


def program(name: str, package: str = "") -> SystemPackage:
    """A program; the PATH of many a user has no folder of servers."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return SystemPackage(package or name, lambda: shutil.which(name, path=path) is not None)


def of_root(name: str, package: str = "") -> SystemPackage:
    """A program that nobody else can use."""
    ours = program(name, package)
    return SystemPackage(ours.package, lambda: os.geteuid() != 0 or ours.is_there())


def library(file: str, package: str) -> SystemPackage:
    """A shared library that the loader finds under this name."""

    def loads() -> bool:
        try:
            ctypes.CDLL(file)
        except OSError:
            return False
        return True

    return SystemPackage(package, loads)


def font(file: str, package: str) -> SystemPackage:
    """A font, by the name of one of its files."""
    return SystemPackage(package, lambda: any(any(folder.rglob(file)) for folder in FONTS))


GETTEXT = program("xgettext", "gettext")
# For a clock that goes wrong; the loader does not find it by its name.
FAKETIME = SystemPackage(
    "libfaketime", lambda: any(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
)
HEADLESS = (
    program("chromium-headless-shell"),
    font("DejaVuSans.ttf", "fonts-dejavu-core"),
    library("libatomic.so.1", "libatomic1"),  # of Playwright's node
)
NGINX = program("nginx")
SYSTEMD = program("systemd-analyze", "systemd")  # looks at unit files, whatever starts the machine
AGE = program("age")
TESTS = (
    program("chromium"),
    *HEADLESS,
    font("LiberationSans-Regular.ttf", "fonts-liberation"),
    NGINX,
    SYSTEMD,
    GETTEXT,
    AGE,
    program("sshd", "openssh-server"),
    program("sftp", "openssh-client"),
    FAKETIME,
)
AUDIT = (
    *TESTS,
    program("node", "nodejs"),
    program("npm"),
    program("java", "default-jre-headless"),
    program("heif-convert", "libheif-examples"),
    # Only root may build a bare machine, and boot it.
    of_root("debootstrap"),
    of_root("systemd-nspawn", "systemd-container"),
)
NEEDED: dict[str, Sequence[SystemPackage]] = {
    "test": TESTS,
    "check": (GETTEXT,),
    "audit": AUDIT,
    "bench": (*HEADLESS, NGINX, program("wrk"), AGE),
    "backup": (AGE,),
    "drill": (AGE,),
    "restore": (AGE,),
    "restore-drill": (AGE,),
}


def missing(command: str) -> list[str]:
    """The packages that this command needs and this system lacks."""
    return [one.package for one in NEEDED.get(command, ()) if not one.is_there()]


def install(packages: Sequence[str], for_tests: Sequence[str]) -> None:
    """Installs Debian's packages as root.

    Raises Problem with the one line to paste where it may not: the packages of this command, or as
    well those `for_tests`, so that nobody has to paste a second one.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        lines = [f"This machine lacks {_listed(packages)}. Paste this line, then start again:"]
        lines.append(_line(packages))
        if more := [name for name in for_tests if name not in packages]:
            lines += [
                "To run the tests as well, paste this one instead:",
                _line([*packages, *more]),
            ]
        raise Problem("\n".join(lines))
    with step(_listed(packages)):
        _apt("apt-get", "update")
        _apt(*INSTALL, *packages)


def _line(packages: Sequence[str]) -> str:
    return f"sudo apt-get update && sudo {' '.join((*INSTALL, *packages))}"


def _apt(*command: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(
        [*command, "-qq"], env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if result.returncode:
        lines = result.stderr.strip().splitlines() or ["no reason given"]
        raise Problem(f"{' '.join(command[:2])} failed: {lines[-1].strip()}")


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
