"""Machines that are booted once, and installed once, for all that is played on them."""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL, Signals

import pytest

from slu_antitrafficking.operations.install import plan
from slu_antitrafficking.start.console import step
from slu_antitrafficking.start.state import Lock, abandoned
from tests.attacks.visitor import Clerk
from tests.audit import bare_machine
from tests.audit.install import booted_machine
from tests.audit.install.booted_machine import SYSTEM, BootedMachine
from tests.audit.install.installed import (
    INSTALL,
    Installed,
    answers,
    put_certificate,
    put_mail_server,
)
from tests.operations.releasing import Workshop, changed

FOLDER = Path("/var/tmp")  # /tmp may be mounted without devices
PREFIX = "know-the-signs-booted-"
DEBIANS = {"bookworm": "Debian 12", "trixie": "Debian 13"}


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Where the machines lie; gone afterwards."""
    if why := booted_machine.why_not():
        pytest.skip(f"NOT PLAYED: {why}")
    for old in abandoned(FOLDER, PREFIX):
        shutil.rmtree(old)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=FOLDER))
    lock = Lock(folder).take_or_refuse("audit")
    yield folder
    shutil.rmtree(folder)
    lock.release()


@pytest.fixture(scope="session")
def workshop(folder: Path) -> Workshop:
    """Where releases are made of the tree as it is."""
    return Workshop(folder)


@pytest.fixture(scope="session")
def release(folder: Path, workshop: Workshop) -> Path:
    """What a server is installed from."""
    with step("./run release"):
        return workshop.make(folder)


@pytest.fixture(scope="session", params=DEBIANS)
def machine(folder: Path, release: Path, request: pytest.FixtureRequest) -> Iterator[BootedMachine]:
    """A fresh server with Debian's updates, the release unpacked, and a certificate."""
    debian = str(request.param)
    if debian != "bookworm" and " cgroup2 " not in Path("/proc/mounts").read_text():
        pytest.skip(f"NOT PLAYED: {DEBIANS[debian]} boots with the second kind of control groups.")
    with step(f"A {DEBIANS[debian]} with systemd, and what an installation downloads"):
        root = fresh(folder / debian, release)
    with booted_machine.booted(root) as booted:
        yield booted


@pytest.fixture(scope="session")
def spare(
    machine: BootedMachine, folder: Path, release: Path, workshop: Workshop
) -> Iterator[Installed]:
    """Another server of the same Debian, just installed from the release that the first one has in
    the end."""
    debian = machine.root.name
    newer = changed(release, {}, folder, workshop.key, "spare.tar.gz")
    with step(f"Another {DEBIANS[debian]}"):
        root = fresh(folder / f"{debian}-spare", newer)
    with booted_machine.booted(root) as booted:
        code, said = booted.at_a_terminal(INSTALL, answers())
        assert code == 0, said
        yield Installed(booted, root / "root/site.pem", said, 0)


@pytest.fixture(scope="session")
def installed(machine: BootedMachine) -> Installed:
    """Killed in the middle, and then installed."""
    began = time.monotonic()
    with step("./run install, killed while it installs Python's packages"):
        code, said = machine.at_a_terminal(INSTALL, kill_in_the_middle)
    assert code == -SIGKILL, said
    with step("./run install"):
        code, said = machine.at_a_terminal(INSTALL, answers())
    assert code == 0, said
    seconds = time.monotonic() - began
    print(re.sub(r"(account|recovery-.)\t.*", r"\1 …", said[said.index("   0.0 s") :]))
    return Installed(machine, machine.root / "root/site.pem", said, seconds)


@pytest.fixture(scope="session")
def boss(installed: Installed) -> Clerk:
    """The first supervisor, with words of their own."""
    boss = installed.clerk()
    boss.set_up()
    boss.log_in()
    return boss


def fresh(root: Path, release: Path) -> Path:
    """A new server with Debian's updates, the release unpacked, and a certificate; not booted."""
    bare_machine.build(root, *SYSTEM, release=root.name.partition("-")[0])
    downloads = f"{plan.PACKAGES.lines} openssh-server --download-only"
    bare_machine.must_in(root, f"apt-get update -qq; apt-get upgrade -y -qq; {downloads}")
    home = root / "root"
    subprocess.run(["tar", "-xzmf", release, "-C", home, "--no-same-owner"], check=True)
    put_certificate(home)
    put_mail_server(root)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    return root


def kill_in_the_middle(said: str) -> Signals | None:
    """As a power cut does, while Python's packages are installed."""
    return SIGKILL if "…    3. " in said else None
