"""./run doctor: one screen that says whether all is well, without a name, a key or a word of
anybody's.

Exit 0: well; 1: somebody should see to it; 2: somebody must, now.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from slu_antitrafficking import ages, disk_space, sandbox
from slu_antitrafficking.operations import asking, server, version
from slu_antitrafficking.start.console import say
from slu_antitrafficking.start.options import HOST, ROOT, Options

SHOWN = {"ok": "  ok   ", "-": "  -    ", "warn": " AMBER ", "bad": "  RED  "}
CODES = {"ok": 0, "-": 0, "warn": 1, "bad": 2}
NGINX = Path("/etc/nginx/nginx.conf")
HERE_ALONE = "does not apply: this store is not an installed server's"
DATABASE_WITHIN = 35  # seconds
LISTS = Path("/var/lib/apt/lists/partial")  # each apt-get update changes it
LISTS_OLD = 7 * 24 * 3600
NOT_FETCHED = "nobody asked for a week: apt-get install unattended-upgrades, apt-get update"
CERTIFICATE = timedelta(days=21), timedelta(days=7)


class Line(NamedTuple):
    """State, what is looked at, and what was seen."""

    state: str
    name: str
    text: str


def run(options: Options) -> int:
    """Prints every line, and gives the worst as exit code."""
    if server.is_installed(ROOT):
        told = server.settings("common")
        options = replace(
            options, var=server.VAR, site_url=told["SITE_URL"], desk_url=told["DESK_URL"]
        )
    lines = list(look(options))
    width = max(len(line.name) for line in lines)
    for line in lines:
        say(f"{SHOWN[line.state]} {line.name:<{width}}  {line.text}")
    return max(CODES[line.state] for line in lines)


def look(options: Options) -> Iterator[Line]:
    """All lines, the database's after the machine's."""
    installed = server.is_installed(ROOT)
    yield _release()
    yield from _doors(options, installed)
    yield from _disks(options)
    yield _clock()
    yield _photos()
    yield _certificate() if installed else Line("-", "Certificate", HERE_ALONE)
    yield _units() if installed else Line("-", "Services", HERE_ALONE)
    yield from _backups(options, installed)
    yield _updates()
    yield from _database()


def _release() -> Line:
    release = version.of(ROOT)
    age = datetime.now(UTC).date() - release.day
    return Line(ages.state(age, ages.RELEASE), "Release", f"{release.number} of {release.day}")


def _doors(options: Options, installed: bool) -> Iterator[Line]:
    for serve, url in (("public", options.site_url), ("desk", options.desk_url)):
        port = options.port if serve == "public" else options.desk_port
        where = server.socket(serve, server.serving()) if installed else (HOST, port)
        health = asking.status(where, urlsplit(url).netloc)
        name = "Public door" if serve == "public" else "Desk door"
        yield Line("ok" if health == 200 else "bad", name, DOORS.get(health, f"says {health}"))


DOORS = {200: "answers, and reaches its database", 0: "does not answer", 503: "has no database"}


def _disks(options: Options) -> Iterator[Line]:
    """Each file system once: the store's, PostgreSQL's and the system's."""
    data = Path("/var/lib/postgresql")
    folders = (options.var, Path("/"), *([data] if data.exists() else []), server.SPOOL)
    found = {folder.stat().st_dev: folder for folder in reversed(folders) if folder.exists()}
    for folder in found.values():
        state, free = disk_space.seen(folder)
        yield Line(state, "Disk", f"{free} % free of the one with {folder}")


def _clock() -> Line:
    said = _said("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if said == "yes":
        return Line("ok", "Clock", "set by the network")
    if said == "no":
        return Line("warn", "Clock", "not set by the network: apt-get install systemd-timesyncd")
    return Line("-", "Clock", "this system does not say who sets it")


def _photos() -> Line:
    if not sandbox.cleans_a_photo():
        return Line("bad", "Photos", "a trial photo was lost in the sandbox")
    if missing := sandbox.missing():
        return Line("warn", "Photos", missing)
    return Line("ok", "Photos", "a trial photo was cleaned in the sandbox")


def _certificate() -> Line:
    """Of the file that nginx serves."""
    named = re.search(r"^\s*ssl_certificate (\S+);", NGINX.read_text(), re.MULTILINE)
    said = _said("openssl", "x509", "-noout", "-enddate", "-in", named[1]) if named else ""
    if not said.startswith("notAfter="):
        return Line("bad", "Certificate", "cannot be read")
    ends = datetime.strptime(said.removeprefix("notAfter="), "%b %d %H:%M:%S %Y %Z")
    left = ends - datetime.now(UTC).replace(tzinfo=None)
    state = "bad" if left < CERTIFICATE[1] else "warn" if left < CERTIFICATE[0] else "ok"
    return Line(state, "Certificate", f"{left.days} days left")


def _units() -> Line:
    said = _said("systemctl", "list-units", "--failed", "--plain", "--no-legend",
                 "kts-*", "nginx*", "postgresql*")  # fmt: skip
    if failed := [line.split()[0] for line in said.splitlines() if line]:
        return Line("bad", "Services", f"failed: {', '.join(failed)}")
    return Line("ok", "Services", "none has failed")


def _backups(options: Options, installed: bool) -> Iterator[Line]:
    folder = server.SPOOL if installed else options.var / "backups"
    for name, file, kind, limits in (
        ("Backup", "backup.json", "dump", ages.BACKUP),
        ("Backup off the machine", "push.json", "", ages.BACKUP),
        ("Drill of this month", "drill.json", "", ages.DRILL),
    ):
        at = _noted(folder / file, kind)
        state = ages.state(datetime.now(UTC) - at if at else None, limits)
        if state == "bad" and not installed:
            state = "warn"
        yield Line(state, name, f"last good {at.astimezone():%-d %b %Y, %H:00}" if at else "never")


def _noted(file: Path, kind: str) -> datetime | None:
    """When it last went well, as the command noted it."""
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    at = (known.get(kind, {}) if kind else known).get("at")
    return datetime.fromisoformat(at) if at else None


def _updates() -> Line:
    """Of the lists that apt fetched last; they are not fetched here, nor by Debian unasked."""
    if not shutil.which("apt-get"):
        return Line("-", "Debian's updates", "does not apply: this is no Debian")
    if not LISTS.exists() or time.time() - LISTS.stat().st_mtime > LISTS_OLD:
        return Line("warn", "Debian's updates", NOT_FETCHED)
    if Path("/run/reboot-required").exists():
        return Line("warn", "Debian's updates", "a new start of the machine waits")
    said = _said("apt-get", "--simulate", "-o", "Debug::NoLocking=1", "upgrade")
    waiting = [line for line in said.splitlines() if line.startswith("Inst ")]
    security = sum("security" in line.lower() for line in waiting)
    text = f"{len(waiting)} wait, {security} of them for security"
    return Line("warn" if security else "ok", "Debian's updates", text)


def _database() -> list[Line]:
    """By a management command, as the owner."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "slu_antitrafficking.start", "manage", "doctor"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DATABASE_WITHIN,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return [Line("bad", "Database", "could not be asked: ./run manage doctor says why")]
    return [Line(*line.split("\t")) for line in done.stdout.splitlines()]


def _said(*command: str) -> str:
    """What the program prints; empty where there is none, or where it fails."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
