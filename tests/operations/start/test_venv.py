"""./run on a machine that lacks things, and the .venv that it makes there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from slu_antitrafficking.start import usage
from slu_antitrafficking.start.options import clean_environment
from tests.operations.start import tree

BASICS = ("sh", "dirname", "mkdir", "ln", "rm")  # what ./run and the pretended apt-get call
PREPARE = """
import sys
from slu_antitrafficking.start import console, venv
try:
    venv.prepare("run")
except console.Problem as problem:
    sys.exit(str(problem))
print("ready", flush=True)
sys.stdin.read()
"""
MARKS = """
from slu_antitrafficking.start import venv
(venv.VENV / ".ok").write_text(venv._fingerprint(*venv.RUNTIME))
(venv.VENV / ".ok-dev").write_text(venv._fingerprint(venv.TOOLS))
"""


class Machine:
    """A copy of the tree whose requirements are empty, and a PATH with next to nothing on it."""

    def __init__(self, folder: Path) -> None:
        self.tree = tree.copy(folder / "tree", tree.STARTER)
        for requirements in self.tree.glob("requirements*.txt"):
            requirements.write_text("")
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name in BASICS:
            self.has(name, Path(str(shutil.which(name))))
        self.has("python3", Path(sys._base_executable))  # type: ignore[attr-defined]
        self.habits = folder / "habits"
        self.habits.mkdir()
        self.environment = clean_environment() | {
            "PATH": str(self.programs),
            "PYTHON": str(self.programs / "python3"),
            "PYTHONPATH": str(self.habits),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def has(self, name: str, target: Path) -> None:
        (self.programs / name).symlink_to(target)

    def python_begins_with(self, lines: str) -> None:
        (self.habits / "sitecustomize.py").write_text(lines)

    def has_a_venv(self) -> None:
        """One that fits, though its Python does nothing."""
        (self.tree / ".venv" / "bin").mkdir(parents=True)
        (self.tree / ".venv" / "bin" / "python").symlink_to("/bin/true")
        command = [self.programs / "python3", "-c", MARKS]
        subprocess.run(command, cwd=self.tree, env=self.environment, check=True)

    def run(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ["./run", *arguments],
            cwd=self.tree,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def prepare(self) -> subprocess.Popen[str]:
        """A process that makes .venv where it must, and uses it until its input ends."""
        return subprocess.Popen(
            [self.programs / "python3", "-c", PREPARE],
            cwd=self.tree,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


WITHOUT_VENV = "import sys\nsys.modules['ensurepip'] = None\n"


def test_a_user_is_told_all_at_once_in_one_line_before_any_download(
    machine: Machine,
) -> None:
    machine.python_begins_with(WITHOUT_VENV)
    code, said = machine.run("test")
    sentence, line = said.splitlines()
    assert code == 1
    assert sentence.startswith("This machine lacks python3.")
    assert line.startswith(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends python3."
    )
    packages = line.split("--no-install-recommends ")[1].split()
    venv = f"python3.{sys.version_info[1]}-venv"
    assert {venv, "chromium", "chromium-headless-shell", "gettext"} <= set(packages)
    assert not (machine.tree / ".venv").exists()


def test_the_site_alone_needs_no_program_of_the_tests_and_either_line_is_the_only_one(
    machine: Machine,
) -> None:
    machine.python_begins_with(WITHOUT_VENV)
    _code, said = machine.run()
    _sentence, line, instead, whole = said.splitlines()
    assert line.endswith(f" --no-install-recommends python3.{sys.version_info[1]}-venv")
    assert instead == "To run the tests as well, paste this one instead:"
    assert whole.startswith(f"{line} ")
    assert set(whole.split()) == set(machine.run("test")[1].splitlines()[1].split())


# Every start of Python writes a line; the superuser is pretended, and so is what Debian would do.
ROOT_AT_WORK = """
import os, sys
os.geteuid = lambda: 0
with open({log!r}, "a") as log:
    log.write(f"{{os.getpid()}} {{' '.join(sys.orig_argv[1:])}}\\n")
"""
APT = """#!/bin/sh
echo "apt $*" >> {log}
case $1 in install) {install};; esac
"""


def pretend_root(machine: Machine, install: str) -> Path:
    log = machine.programs.parent / "log"
    machine.python_begins_with(ROOT_AT_WORK.format(log=str(log)))
    apt = machine.programs / "apt-get"
    apt.write_text(APT.format(log=log, install=install))
    apt.chmod(0o755)
    return log


def test_root_s_start_begins_again_once_the_packages_are_there(machine: Machine) -> None:
    """They may have brought a newer build of the very Python that runs."""
    machine.has_a_venv()
    log = pretend_root(machine, f"ln -s /bin/true {machine.programs}/xgettext")
    machine.run("check")
    _version, started, update, install, again = log.read_text().splitlines()
    assert started.endswith("-m slu_antitrafficking.start.venv check")
    assert update.startswith("apt update")
    assert "--no-install-recommends gettext" in install
    assert again == started  # the same process, from the start


def test_packages_that_do_not_bring_what_is_missing_are_named_once(machine: Machine) -> None:
    log = pretend_root(machine, "true")
    code, said = machine.run("check")
    assert code == 1
    assert said.splitlines()[-1] == "Installed, and yet not to be found: gettext."
    assert log.read_text().count("apt install") == 1


def test_an_unknown_command_is_named_before_anything_is_made(machine: Machine) -> None:
    code, said = machine.run("nonsense")
    assert code == 2
    assert said.startswith("There is no command nonsense.\n./run run ")
    assert not (machine.tree / ".venv").exists()
    code, said = machine.run("help")
    assert code == 0
    assert "There is no" not in said


@pytest.mark.parametrize("command", sorted(usage.NAMES - usage.WITH_HELP_OF_THEIR_OWN))
@pytest.mark.parametrize("asked", usage.HELP)
def test_a_command_that_is_asked_what_it_does_says_it_and_starts_nothing(
    machine: Machine, command: str, asked: str
) -> None:
    code, said = machine.run(command, asked)
    assert code == 0
    assert said.startswith(f"./run {command} ")
    assert len(said.splitlines()) == 1
    assert not (machine.tree / ".venv").exists()


@pytest.mark.parametrize("command", ["run", "demo", "dev", "check", "version"])
def test_a_command_that_takes_nothing_is_not_started_with_something(
    machine: Machine, command: str
) -> None:
    assert machine.run(command, "--port=80") == (
        2,
        f"./run {command} takes no arguments; nothing was started.\n",
    )
    assert not (machine.tree / ".venv").exists()


def test_a_venv_in_use_is_never_made_anew(machine: Machine) -> None:
    machine.has_a_venv()
    first = machine.prepare()
    assert first.stdout
    assert first.stdout.readline() == "ready\n"
    of_before = machine.tree / ".venv" / "of-before"
    of_before.touch()
    with (machine.tree / "requirements.txt").open("a") as requirements:
        requirements.write("# something new\n")
    second = machine.prepare()
    _said, refused = second.communicate("")
    assert second.returncode == 1
    assert "no longer fits, and another ./run works with it" in refused
    assert of_before.exists()
    first.communicate("")
    third = machine.prepare()
    said, wrong = third.communicate("")
    assert said.endswith("ready\n"), wrong
    assert not of_before.exists()


UV = """#!/bin/sh
case "$*" in
  --version) echo uv ;;
  *--seed*) exec "$6" -m venv "$7" ;;
  venv*) exec "$5" -m venv --without-pip "$6" ;;
esac
"""


@pytest.mark.parametrize("packages_are_here", [False, True])
def test_uv_s_venv_has_pip_for_a_release_unless_nothing_is_to_be_fetched(
    machine: Machine, packages_are_here: bool
) -> None:
    """pip is what `./run release` downloads by, and --seed has uv fetch it."""
    uv = machine.programs / "uv"
    uv.write_text(UV)
    uv.chmod(0o755)
    if packages_are_here:
        (machine.tree / "wheels").mkdir()
    said, wrong = machine.prepare().communicate("")
    assert said.endswith("ready\n"), wrong
    assert (machine.tree / ".venv" / "bin" / "pip").exists() is not packages_are_here


FINGERPRINT = """
import sys
sys.version = sys.argv[1]
from slu_antitrafficking.start import venv
print(venv._fingerprint("requirements.txt"))
"""


def test_a_newer_build_of_the_same_python_keeps_the_venv(machine: Machine) -> None:
    builds = ("3.11.2 (main, Nov 30 2024)", "3.11.2 (main, May  8 2026)")
    marks = {
        subprocess.check_output([sys.executable, "-c", FINGERPRINT, build], cwd=machine.tree)
        for build in builds
    }
    assert len(marks) == 1
