"""./run upgrade FILE: the next release beside the one that serves, tried, swapped in, and watched.

Red before the swap: nobody has seen anything. Red after it: the old doors serve again within a
second, by themselves. What was migrated stays: the old release can live with it.
"""

import argparse
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from slu_antitrafficking.operations import archive, asking, server, shell, version
from slu_antitrafficking.operations.upgrade import settling
from slu_antitrafficking.operations.upgrade.plan import BEFORE_SWAP, FROM_SWAP, Step, by_hand
from slu_antitrafficking.start.console import Problem, say, step, warn
from slu_antitrafficking.start.options import ROOT, clean_environment, named_path

LOCK = Path("/run/know-the-signs-upgrade.lock")
PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WATCHED = 60  # seconds after the swap
FAULTS = 5  # answers of the new doors' own fault meanwhile, over what the old ones had
ROOM = 12  # times the file's size: unpacked, with its packages, and compiled


def main(arguments: Sequence[str]) -> int:
    """Upgrades this server to a release's file. Raises Problem when it may not, or did not work."""
    parser = argparse.ArgumentParser(prog="./run upgrade", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=named_path, nargs="?", help="know-the-signs-X.Y.Z.tar.gz")
    parser.add_argument("--check", action="store_true", help="show what it would do; write nothing")
    parser.add_argument("--watch", type=int, default=WATCHED, help="seconds after the swap")
    # What the steps call: do both doors of a colour answer, all the time? And a release's own
    # settings, in the place of another's.
    parser.add_argument("--watch-doors", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--settle", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not server.is_installed(ROOT) or os.geteuid() != 0:
        raise Problem("Only root upgrades, and only an installed server.")
    if options.watch_doors:
        colour, seconds = options.watch_doors
        watch(colour, int(seconds), _usual_faults(int(seconds)))
    elif options.settle:
        settling.settle(options.settle)
    elif options.file is None:
        parser.error("which file?")
    elif options.check:
        _check(options.file)
    else:
        upgrade(options.file, options.watch)
    return 0


def upgrade(file: Path, seconds: int) -> None:
    """Every step; where one fails, those that can be taken back are, the last first."""
    os.umask(0o022)
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    with step("No other upgrade is at work"):
        fcntl.flock(lock, fcntl.LOCK_EX)
    with step("Signature and sums"):
        number = _newer(file)
        new = _unpacked(file, number)
    serving = server.serving()
    cut_off = (server.HOME / serving).resolve() == new
    other = next(colour for colour in server.COLOURS if colour != serving)
    colours = (serving, other) if cut_off else (other, serving)
    told = {
        "NEW": str(new),
        "OLD": str((server.HOME / colours[1]).resolve()),
        "COLOUR": colours[0],
        "OLD_COLOUR": colours[1],
        "SECONDS": str(seconds),
        "FAULTS_BEFORE": str(_faults(colours[1])),
        "BEGAN": str(time.monotonic()),
    }
    _do((*BEFORE_SWAP, *FROM_SWAP), len(BEFORE_SWAP) if cut_off else 0, told, lock)
    say(f"Release {number} serves. {told['OLD']} can be deleted when nobody misses it.")
    if settling.KEPT.exists():
        say(settling.kept())


def _do(steps: Sequence[Step], first: int, told: dict[str, str], lock: int) -> None:
    """From the first on; an upgrade that was cut off did those before it, and they go back, too."""
    environment = clean_environment() | told | {"PATH": PATHS, "LC_ALL": "C.UTF-8"}
    for number, one in enumerate(steps[first:], first):
        try:
            with step(one.title.replace("$SECONDS", told["SECONDS"])):
                shell.run(one.title, one.lines, environment, Path("/"), lock)
        except Problem:
            for done in reversed(steps[: number + 1]):
                _take_back(done, environment, lock)
            raise


def _take_back(one: Step, environment: dict[str, str], lock: int) -> None:
    """Goes on to the next where it fails: the visitors matter most, and they come first."""
    title = f"Back: {one.title}"
    try:
        if one.back:
            with step(title):
                shell.run(title, one.back, environment, Path("/"), lock)
    except Problem as problem:
        warn(str(problem))


def watch(colour: str, seconds: int, usual_faults: float = 0) -> None:
    """Returns when both doors of this colour have answered all the time.

    Raises Problem when one answers anything else, or more answers to anybody than is usual were the
    doors' own fault; at once.
    """
    until, before = time.monotonic() + seconds, _faults(colour)
    while True:
        for serve, host in _hosts().items():
            for page in ("/health/", "/report/" if serve == "public" else "/desk/login/"):
                status = asking.status(server.socket(serve, colour), host, page)
                if status != 200:
                    raise Problem(f"The {serve} door says {status or 'nothing'} at {page}.")
        if (faults := _faults(colour) - before) > FAULTS + usual_faults:
            raise Problem(f"{faults} answers of the new doors were 500 or above.")
        if time.monotonic() >= until:
            return
        time.sleep(1)


def _hosts() -> dict[str, str]:
    common = server.settings("common")
    return {
        "public": urlsplit(common["SITE_URL"]).netloc,
        "desk": urlsplit(common["DESK_URL"]).netloc,
    }


def _faults(colour: str) -> int:
    """Answers of both doors of this colour that were their own fault, since they were started."""
    return sum(
        asking.own_faults(server.socket(serve, colour), host) for serve, host in _hosts().items()
    )


def _usual_faults(seconds: int) -> float:
    """As many as the old doors had in as long a time since the upgrade began; they still run."""
    if "BEGAN" not in os.environ:
        return 0
    since = time.monotonic() - float(os.environ["BEGAN"])
    more = _faults(os.environ["OLD_COLOUR"]) - int(os.environ["FAULTS_BEFORE"])
    return max(more, 0) * seconds / max(since, 1)


def _newer(file: Path) -> str:
    """The file's number. Raises Problem for a file that is not believed, or not newer."""
    number = archive.verify(file).removeprefix("know-the-signs-")
    here = version.of(server.CURRENT.resolve()).number
    if _ordered(number) < _ordered(here):
        raise Problem(f"{number} is older than {here}, which serves: data never go back.")
    if number == here and server.CURRENT.resolve() == (server.HOME / server.serving()).resolve():
        other = next(colour for colour in server.COLOURS if colour != server.serving())
        if not server.socket("public", other).exists():
            raise Problem(f"Release {number} serves already.")
    return number


def _ordered(number: str) -> list[int]:
    return [int(part) for part in number.split(".")]


def _unpacked(file: Path, number: str) -> Path:
    """The release's folder, whole; what a killed upgrade left half made is made anew."""
    folder = server.RELEASES / number
    if not (folder / ".installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _refuse_without_room(file)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=server.RELEASES) as new:
            archive.unpack(file, Path(new)).rename(folder)
    return folder


def _refuse_without_room(file: Path) -> None:
    """Raises Problem where the release, with its packages, may not fit beside the one there is."""
    lacking = ROOM * file.stat().st_size - shutil.disk_usage(server.RELEASES).free
    if lacking > 0:
        raise Problem(f"Too little room below {server.RELEASES}: {(lacking >> 20) + 1} MB more.")


def _check(file: Path) -> None:
    """Raises Problem for what would refuse the upgrade before its first step."""
    _newer(file)
    _refuse_without_room(file)
    watch(server.serving(), 0)
    say(f"{file} is whole, ours and newer, and both doors answer. As root it would run:\n")
    say(by_hand())
