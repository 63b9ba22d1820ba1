"""./run test, check, audit and bench: what looks at the project, on databases nobody will miss."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT

from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem, say, sentence_in, step
from slu_antitrafficking.start.options import ROOT, clean_environment
from slu_antitrafficking.start.postgres.data_folder import MARK, delete
from slu_antitrafficking.start.postgres.database import Embedded
from slu_antitrafficking.start.processes import Log, Stopped
from slu_antitrafficking.start.state import Lock, State, abandoned

SUITE = "know-the-signs-suite-"  # the folder of one, which holds all that its tests write
LIGHTHOUSE = "tests/audit/test_lighthouse.py"
BARE_MACHINE = "tests/audit/test_bare_machine.py"
INSTALL = "tests/audit/install"
BREAKING = ("-p", "tests.audit.mutation_plugin")  # broken code, and which test notices
MEASURED = "--coverage"
# Real servers are started, killed, filled, upgraded: minutes. Only who names the folder runs it.
WITHOUT_OPERATIONS = ("--ignore=tests/operations", "tests")
# Settings of the person who types the command; a test sets its own.
PERSONAL = (
    *("VAR", "SITE_URL", "DESK_URL", "EXIT_URL", "ALLOWED_HOSTS", "DEBUG", "PG_BIN"),
    *("RUNTIME_DIRECTORY", "WEB_MACHINES"),
    "PYTHONDONTWRITEBYTECODE",  # a run starts a hundred Pythons
    *("EMAIL_URL", "DESK_EMAIL", "DUTY_EMAIL", "ALARM_URL"),
)


def test(arguments: Sequence[str]) -> int:
    """pytest with these arguments on a database and a browser of its own.

    With --coverage among them also which lines and branches no process of the run went through.
    """
    _try_node()
    measured = MEASURED in arguments
    arguments = [argument for argument in arguments if argument != MEASURED]
    with throw_away() as environment:
        if measured:
            environment |= _measuring(environment)
        # Three at once, for they also wait; each file on one side, the longest first
        # (tests/conftest.py), and each side with a database and a running site of its own.
        every = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", *WITHOUT_OPERATIONS]
        kept = ["--create-db", "--reuse-db"]  # all of the server is thrown away afterwards
        command = [sys.executable, "-m", "pytest", *kept, *(arguments or every)]
        code = _call(command, environment)
        return max(code, _report(environment)) if measured else code


def audit(arguments: Sequence[str]) -> int:
    """The full matrices; what measures time, or runs a whole suite, comes last and alone."""
    if arguments[:1] == ["mutants"]:
        return test([*BREAKING, f"--mutants={','.join(arguments[1:])}", *WITHOUT_OPERATIONS])
    if arguments == ["variants"]:
        return test([*BREAKING, "--variants", *WITHOUT_OPERATIONS])
    alone = (LIGHTHOUSE, BARE_MACHINE, INSTALL)
    chosen = ["-m", "audit", "-rs"]  # what could not be played is named
    if arguments:
        return test([*chosen, "-s", *arguments])
    others = [f"--deselect={file}" for file in alone]
    parts = [["-n", "2", "--dist", "load", *others, "tests"], *(["-s", file] for file in alone)]
    codes = [test([*chosen, *part]) for part in parts]
    return max(*codes, audit(["variants"]), audit(["mutants"]))


def bench(arguments: Sequence[str]) -> int:
    """The measured figures, on a database that is as careful as a real one."""
    with throw_away(durable=True) as environment:
        return _call([sys.executable, "-m", "bench", *arguments], environment)


def check() -> int:
    """Everything that can be said about the code without running it.

    Raises Problem naming the parts that are not in order.
    """
    environment = neutral_environment() | {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
        "SITE_URL": "https://example.org",
        "DESK_URL": "https://desk.example.org",
        "SECRET_KEY": "f8a0c1d2-only-for-the-check-4b5e6f708192a3b4c5d6e7f8091a2b3c",
        # makemigrations would like to compare with a database that is not there.
        "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history",
    }
    python = [sys.executable, "-m"]
    manage = [sys.executable, "manage.py"]
    commands = {
        "Lint": [*python, "ruff", "check", "."],
        "Format": [*python, "ruff", "format", "--check", "."],
        "Types": [*python, "mypy"],
        "Templates": [*python, "djlint", "--lint", "--quiet", "templates"],
        "Settings": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "Migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "Upgrade": [*manage, "expand", "--judge"],
        "Translations": [*python, "slu_antitrafficking.start.dev.translations"],
    }
    failed = [
        name for name, command in commands.items() if not _run_part(name, command, environment)
    ]
    if failed:
        raise Problem(f"Not in order: {', '.join(failed)}.")
    return 0


@contextmanager
def throw_away(*, durable: bool = False) -> Iterator[dict[str, str]]:
    """The environment of a new PostgreSQL whose owner may make databases; gone afterwards."""
    processes.stop_on_signals()
    for old in abandoned(Path(tempfile.gettempdir()), SUITE):
        _forget(old)
    folder = Path(tempfile.mkdtemp(prefix=SUITE))
    folder.chmod(0o711)
    lock = Lock(folder).take_or_refuse("test")
    state = State(folder / "var")
    database = Embedded(state, Log(state.log / "postgresql.log"), durable=durable)
    try:
        database.start(rights="CREATEROLE CREATEDB")
        database.close_catalog()
        database.close_catalog("template1")  # every test database is a copy of it
        yield neutral_environment() | {
            "DATABASE_URL": database.owner_url,
            "VAR": str(state.var),
            "TMPDIR": str(folder),
        }
    finally:
        database.stop()
        _forget(folder)
        lock.release()


def neutral_environment() -> dict[str, str]:
    """Our environment without anything personal, so that every machine tests the same."""
    clean = clean_environment()
    return {name: value for name, value in clean.items() if name not in PERSONAL}


def _call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    child = subprocess.Popen(command, env=environment, cwd=ROOT, preexec_fn=processes.tied_to_us())
    try:
        return child.wait()
    except Stopped:
        processes.end(child, SIGINT, 20)
        return 130


def _measuring(environment: Mapping[str, str]) -> dict[str, str]:
    """What makes every Python that inherits it write down where it went (coverage's own .pth)."""
    folder = Path(environment["TMPDIR"]) / "coverage"
    folder.mkdir()
    folder.chmod(0o1777)  # whoever a process becomes
    return {
        "COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml"),
        "COVERAGE_FILE": str(folder / "data"),
    }


def _report(environment: Mapping[str, str]) -> int:
    """Prints what was missed; above 0 when that is more than pyproject.toml allows."""
    quiet = {name: value for name, value in environment.items() if name != "COVERAGE_PROCESS_START"}
    command = [sys.executable, "-m", "coverage"]
    return _call([*command, "combine", "--quiet"], quiet) or _call([*command, "report"], quiet)


def _forget(folder: Path) -> None:
    # Its own store, and those of the sites that its tests started.
    for mark in (*folder.glob(f"*/{MARK}"), *folder.glob(f"*/var/{MARK}")):
        delete(mark.parent)
    shutil.rmtree(folder, ignore_errors=True)


def _run_part(name: str, command: Sequence[str], environment: dict[str, str]) -> bool:
    with step(name):
        result = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
    if result.returncode:
        say((result.stdout + result.stderr).strip())
    return result.returncode == 0


def _try_node() -> None:
    """Raises Problem with the reason when the node that Playwright brings does not start here."""
    package = find_spec("playwright")
    assert package, "requirements-dev.txt has it"
    assert package.origin
    node = Path(package.origin).parent / "driver" / "node"
    result = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if result.returncode:
        raise Problem(f"Playwright's node does not start: {sentence_in(result.stderr)}")
