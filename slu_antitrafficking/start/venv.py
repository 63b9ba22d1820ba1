"""Makes .venv from the pinned, hashed requirements; a half-made one is never used.

Runs before anything is installed: the standard library only.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from slu_antitrafficking.start.console import Problem, sentence_of, step, warn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FOR_DEVELOPERS = ("test", "check", "audit", "bench")


def main(command: str) -> None:
    """Makes sure that .venv holds what this command needs."""
    with (ROOT / "requirements.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second waits for the first
        runtime, mark = _fingerprint("requirements.txt", "requirements-db.txt"), VENV / ".ok"
        if not _marked(mark, runtime):
            _make()
            _install("requirements.txt")
            _install("requirements-db.txt", optional=True)
            mark.write_text(runtime)
        tools, mark = _fingerprint("requirements-dev.txt"), VENV / ".ok-dev"
        if command in FOR_DEVELOPERS and not _marked(mark, tools):
            _install("requirements-dev.txt")
            mark.write_text(tools)


def apt(*packages: str, otherwise: str) -> None:
    """Installs Debian's packages; who cannot is told what to do `otherwise`."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Problem(otherwise)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    what = " and ".join(packages)
    with step(what):
        _run(["apt-get", "update", "-qq"], "apt-get update failed", quiet)
        _run(install, f"{what} could not be installed", quiet)


def _fingerprint(*files: str) -> str:
    content = b"".join((ROOT / file).read_bytes() for file in files)
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def _marked(mark: Path, want: str) -> bool:
    return PYTHON.exists() and mark.exists() and mark.read_text() == want


def _make() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    # Started from the .venv's own Python, the one it was made from makes the next.
    python = getattr(sys, "_base_executable", sys.executable)
    if uv := _uv():
        command = [uv, "venv", "--quiet", "--no-project", "--python", python, str(VENV)]
    else:
        if importlib.util.find_spec("ensurepip") is None:
            _get_venv()
        command = [python, "-m", "venv", str(VENV)]
    with step("Python environment"):
        _run(command, "The Python environment could not be made")


def _get_venv() -> None:
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    apt(
        package,
        otherwise=f"This Python has no venv: install it (sudo apt-get install {package}), "
        "or install uv.",
    )


def _install(requirements: str, *, optional: bool = False) -> None:
    if uv := _uv():
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input"]
        command += ["--disable-pip-version-check"]
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


def _run(command: list[str], failure: str, environment: dict[str, str] | None = None) -> None:
    result = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if result.returncode:
        said = result.stderr or result.stdout
        # pip's own last line would blame the package.
        if "connection broken by" in said:
            raise Problem(f"{failure}: the package index cannot be reached.")
        lines = said.strip().splitlines() or ["no reason given"]
        raise Problem(f"{failure}: {lines[-1].strip()}")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Problem as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(sentence_of(error))
    except KeyboardInterrupt:
        sys.exit(130)
