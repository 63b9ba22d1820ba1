"""./run install: shows what it will do to this server, asks, and does it.

Runs before anything is installed: the standard library only.
"""

import argparse
import fcntl
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from slu_antitrafficking.operations import server, shell, version
from slu_antitrafficking.operations.install import answers
from slu_antitrafficking.operations.install.plan import SETTINGS, STEPS, Step, by_hand
from slu_antitrafficking.start.console import Problem, say, step
from slu_antitrafficking.start.options import ROOT, SECRET_URLS, clean_environment

LOCK = Path("/run/know-the-signs-install.lock")
PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEBIANS = ("12", "13")


def main(arguments: Sequence[str]) -> int:
    """Installs this release on this server. Raises Problem when it cannot, or may not."""
    parser = argparse.ArgumentParser(prog="./run install", description=__doc__.splitlines()[0])
    parser.add_argument("--dry-run", action="store_true", help="show it, and change nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask before it begins")
    answers.add_to(parser)
    options = parser.parse_args(arguments)
    told = answers.read(options) | {
        "VERSION": version.of(ROOT).number,
        "COLOUR": server.serving(),
    }
    say("\n".join(_shown(told)))
    if options.dry_run:
        return 0
    _must_be_possible(told, options.answers)
    if not options.yes and input("Do all this on this server? Type yes: ") != "yes":
        say("Nothing was changed.")
        return 1
    install(told)
    return 0


def _shown(told: dict[str, str]) -> list[str]:
    hidden = {name: "(not shown)" for name in answers.SECRET if told[name]}
    values = [f"{name}={value}" for name, value in (told | hidden).items()]
    return [f"In {ROOT}, with", *values, "", by_hand(), ""]


def _must_be_possible(told: dict[str, str], file: Path | None) -> None:
    """Raises Problem with the first reason why this server cannot be installed on."""
    if os.geteuid() != 0:
        raise Problem("Only root can install it; --dry-run shows everybody what would be done.")
    system = platform.freedesktop_os_release()
    if system["ID"] != "debian" or system.get("VERSION_ID") not in DEBIANS:
        raise Problem(f"This is for Debian {' or '.join(DEBIANS)}.")
    if not Path("/run/systemd/system").is_dir():
        raise Problem("systemd does not run here, and everything is started by it.")
    if server.CURRENT.exists() and server.CURRENT.resolve().name != told["VERSION"]:
        there = server.CURRENT.resolve().name
        raise Problem(f"Release {there} is installed here: ./run upgrade goes on from it.")
    secret = [file] if file else []
    if not told["ACME_EMAIL"]:
        Path(told["CERTIFICATE"]).stat()
        secret.append(Path(told["KEY"]))
    for path in secret:
        if path.stat().st_uid or path.stat().st_mode & 0o077:
            raise Problem(
                f"{path} can be read by others than root: chown root, and chmod 600 it first."
            )
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Problem(
            "At the end the first supervisor's words are shown, to two people at a terminal and to"
            " no pipe or file: start it at one (ssh -t)."
        )


def install(told: dict[str, str]) -> None:
    """Every step, the next when the one before went well. Raises Problem with a step's reason."""
    os.umask(0o022)
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(lock, True)
    # Its children hold it too: what a killed one left at work is waited for.
    with step("No other installation is at work"):
        fcntl.flock(lock, fcntl.LOCK_EX)
    every = clean_environment() | told | {"PATH": PATHS, "LC_ALL": "C.UTF-8"}
    # What a step starts as another user has that step's environment.
    plain = {name: value for name, value in every.items() if name not in SECRET_URLS}
    for number, one in enumerate(STEPS, 1):
        title = f"{number}. {one.title}"
        environment = every if one is SETTINGS else plain
        if one.at_the_console:
            say(title)
            _two_people()
            _at_the_console(one, environment, lock)
        else:
            with step(title):
                shell.run(one.title, one.lines, environment, ROOT, lock)
    say(f"The site  https://{told['PUBLIC_HOST']}/")
    say(f"The desk  https://{told['DESK_HOST']}/desk/")


def _two_people() -> None:
    while input("Two people must be here, and nobody else sees this screen. Type two: ") != "two":
        say("Without a second person it can wait: Ctrl-C, and start again when there is one.")


def _at_the_console(one: Step, environment: dict[str, str], lock: int) -> None:
    command = ["/bin/sh", "-euc", one.lines]
    if code := subprocess.call(command, cwd=ROOT, env=environment, pass_fds=[lock]):
        raise Problem(f"{one.title}: it ended with {code}. Start again.")
