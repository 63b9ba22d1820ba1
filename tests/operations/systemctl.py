#!/usr/bin/env python3
"""In the place of systemd's own where no systemd runs: doors by their units' settings, and nginx.

The units themselves are tried on a booted machine (tests/audit).
"""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

RUN = Path("/run/know-the-signs")
UNITS = Path("/etc/systemd/system")
ENABLED = UNITS / "multi-user.target.wants"
HOSTS = {"public": "www.example.org", "desk": "desk.example.org"}


def main(verb, *units):
    with (RUN / "asked").open("a") as asked:
        asked.write(" ".join((verb, *units)) + "\n")
    for unit in units:
        if verb in ("enable", "disable"):
            wanted(unit, verb == "enable")
        name = unit.removesuffix(".service")
        if "@" in name and not name.endswith(".socket"):
            serve, _, colour = name.removeprefix("kts-").partition("@")
            if verb in ("stop", "restart"):
                stop(serve, colour)
            if verb in ("start", "restart"):
                start(serve, colour)
    if (verb, units) == ("reload", ("nginx",)):
        subprocess.run(["nginx", "-s", "reload"], check=True)
    if (verb, units) == ("start", ("kts-backup.service",)):
        sys.exit((RUN / "no-backup").exists())


def wanted(unit, at_a_boot):
    name = unit if unit.endswith((".socket", ".timer")) else f"{unit}.service"
    template = re.sub("@.*[.]", "@.", name)
    if at_a_boot and not (UNITS / template).exists():
        sys.exit(f"Unit file {name} does not exist.")
    ENABLED.mkdir(exist_ok=True)
    (ENABLED / name).touch() if at_a_boot else (ENABLED / name).unlink(missing_ok=True)


def start(serve, colour):
    folder = Path("/opt/know-the-signs") / colour
    lines = [
        line
        for name in ("common", serve)
        for line in Path(f"/etc/know-the-signs/{name}.env").read_text().splitlines()
    ]
    told = dict(line.split("=", 1) for line in lines)
    path = RUN / f"{serve}-{colour}.sock"
    door = subprocess.Popen(
        [folder / ".venv/bin/python", "-m", "gunicorn", "-c",
         "python:slu_antitrafficking.gunicorn_conf", f"--bind=unix:{path}",
         "slu_antitrafficking.wsgi"],
        cwd=folder.resolve(),
        env=told | {"SERVE": serve, "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=(RUN / f"{serve}-{colour}.log").open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    (RUN / f"{serve}-{colour}.pid").write_text(str(door.pid))
    while not answers(path, serve):  # as Type=notify waits
        if door.poll() is not None:
            sys.exit(f"{serve}@{colour} ended: {(RUN / f'{serve}-{colour}.log').read_text()}")
        time.sleep(0.1)


def stop(serve, colour):
    file = RUN / f"{serve}-{colour}.pid"
    if file.exists():
        with contextlib.suppress(ProcessLookupError):  # it was killed
            os.kill(int(file.read_text()), signal.SIGTERM)
        while Path(f"/proc/{file.read_text()}/cmdline").exists() and cmdline(file):
            time.sleep(0.1)
        file.unlink()
        (RUN / f"{serve}-{colour}.sock").unlink(missing_ok=True)


def cmdline(file):
    try:
        return Path(f"/proc/{file.read_text()}/cmdline").read_bytes()
    except OSError:
        return b""


def answers(path, serve):
    line = http.client.HTTPConnection(HOSTS[serve], timeout=5)
    try:
        line.sock = socket.socket(socket.AF_UNIX)
        line.sock.connect(str(path))
        line.request("GET", "/health/", headers={"X-Forwarded-Proto": "https"})
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


if __name__ == "__main__":
    main(*[word for word in sys.argv[1:] if not word.startswith("-")])
