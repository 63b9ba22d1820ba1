"""Makes .venv from the pinned, hashed requirements, and hands over to it; a half-made one is never
used, and one in use never remade.

Runs before anything is installed: the standard library only.
"""

import fcntl
import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NoReturn

from slu_antitrafficking.operations import install, server
from slu_antitrafficking.start import system_packages, usage
from slu_antitrafficking.start.console import Problem, sentence_of, step, warn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
WHEELS = ROOT / "wheels"  # a release brings them: then nothing is fetched
# An installed server has Debian's PostgreSQL.
WITHOUT_POSTGRESQL = WHEELS.is_dir() or server.is_installed(ROOT)
RUNTIME = ("requirements.txt", *([] if WITHOUT_POSTGRESQL else ["requirements-db.txt"]))
TOOLS = "requirements-dev.txt"
FOR_DEVELOPERS = ("dev", "test", "check", "audit", "bench")


def main(arguments: list[str]) -> NoReturn:
    """Goes on as the command itself, in a .venv that holds what it needs."""
    command = arguments[0] if arguments else "run"
    if command not in usage.NAMES:
        sys.exit(usage.explain(command))
    if (code := usage.explain_instead(command, arguments[1:])) is not None:
        sys.exit(code)
    if command == "install":  # makes a .venv of its own, elsewhere
        sys.exit(install.main(arguments[1:]))
    if packages := _missing(command):
        system_packages.install(packages, for_tests=_missing("test"))
        _start_again(command)
    in_use = prepare(command)
    os.set_inheritable(in_use, True)
    os.execv(PYTHON, [str(PYTHON), "-m", "slu_antitrafficking.start", command, *arguments[1:]])


def prepare(command: str) -> int:
    """Makes what is missing for this command. The descriptor holds .venv as in use, until closed.

    Raises Problem when .venv must be made anew and somebody else uses it.
    """
    with (ROOT / "requirements.txt").open() as lock:
        _wait_for(lock.fileno())
        if not _is_made():
            _refuse_if_used()
            _make()
            for requirements in RUNTIME:
                _install(requirements, optional=requirements == "requirements-db.txt")
            (VENV / ".ok").write_text(_fingerprint(*RUNTIME))
        tools, mark = _fingerprint(TOOLS), VENV / ".ok-dev"
        if command in FOR_DEVELOPERS and not _marked(mark, tools):
            _install(TOOLS)
            mark.write_text(tools)
        in_use = _open_lock()
        fcntl.flock(in_use, fcntl.LOCK_SH)
        return in_use


def _missing(command: str) -> list[str]:
    packages = system_packages.missing(command)
    if not _is_made() and not _uv() and importlib.util.find_spec("ensurepip") is None:
        packages.insert(0, f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    return packages


def _start_again(command: str) -> NoReturn:
    """With what was installed: the packages may have brought a newer build of this very Python."""
    importlib.invalidate_caches()
    if still := _missing(command):
        raise Problem(f"Installed, and yet not to be found: {', '.join(still)}.")
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _wait_for(lock: int) -> None:
    """Of two commands at once the second waits for what the first makes."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with step("Another ./run makes .venv"):
            fcntl.flock(lock, fcntl.LOCK_EX)


def _open_lock() -> int:
    return os.open(VENV / ".in-use", os.O_RDONLY | os.O_CREAT, 0o644)


def _refuse_if_used() -> None:
    if not VENV.exists():
        return
    lock = _open_lock()
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Problem(
            f"{VENV} no longer fits, and another ./run works with it: end that one, then start "
            "again."
        ) from None
    finally:
        os.close(lock)


def _fingerprint(*files: str) -> str:
    """Changes with the files and with what compiled packages hang on: Python's minor version, the
    system and the processor. A newer build of the same Python runs them as well."""
    content = b"".join((ROOT / file).read_bytes() for file in files)
    return hashlib.sha256(content + str(sysconfig.get_config_var("SOABI")).encode()).hexdigest()


def _is_made() -> bool:
    return _marked(VENV / ".ok", _fingerprint(*RUNTIME))


def _marked(mark: Path, want: str) -> bool:
    return PYTHON.exists() and mark.exists() and mark.read_text() == want


def _make() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    # Started from the .venv's own Python, the one it was made from makes the next.
    python = getattr(sys, "_base_executable", sys.executable)
    if uv := _uv():
        # pip, which ./run release downloads by, uv would fetch.
        seed = [] if WHEELS.is_dir() else ["--seed"]
        command = [uv, "venv", "--quiet", "--no-project", *seed, "--python", python, str(VENV)]
    else:
        command = [python, "-m", "venv", str(VENV)]
    with step("Python environment"):
        _run(command, "The Python environment could not be made")


def _install(requirements: str, *, optional: bool = False) -> None:
    if uv := _uv():
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input"]
        command += ["--disable-pip-version-check"]
    if WHEELS.is_dir():
        command += ["--no-index", "--find-links", str(WHEELS)]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / requirements)]
    with step(requirements):
        try:
            _run(command, f"{requirements} could not be installed")
        except Problem as problem:
            if not optional:
                raise
            warn(f"{problem} The system's own PostgreSQL or DATABASE_URL will serve instead.")


def _uv() -> str | None:
    # A shim without a uv behind it counts as none.
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0:
        return uv
    return None


def _run(command: list[str], failure: str) -> None:
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode:
        said = result.stderr or result.stdout
        # pip's own last line would blame the package.
        if "connection broken by" in said:
            raise Problem(f"{failure}: the package index cannot be reached.")
        lines = said.strip().splitlines() or ["no reason given"]
        raise Problem(f"{failure}: {lines[-1].strip()}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Problem as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(sentence_of(error))
    except KeyboardInterrupt:
        sys.exit(130)
