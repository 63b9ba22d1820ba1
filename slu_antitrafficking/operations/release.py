"""./run release: one file with all that an installation or an upgrade needs, signed.

The same commit and key give the same bytes: files in order, the commit's time, nobody's name.
"""

import argparse
import gzip
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from slu_antitrafficking.operations import archive, version
from slu_antitrafficking.start.console import Problem, say, sentence_in, step
from slu_antitrafficking.start.options import COLLECTED, ROOT, clean_environment, named_path
from slu_antitrafficking.start.serve import NOT_COLLECTED
from slu_antitrafficking.start.venv import WHEELS

PYTHONS = ("3.11", "3.13")  # of Debian 12 and 13
MACHINES = ("x86_64", "aarch64")
GLIBC = 36  # 2.36, of Debian 12: wheels for any up to it
NOTES = "RELEASE-NOTES.md"


def main(arguments: Sequence[str]) -> int:
    """Makes the release of the commit that is checked out, or verifies one."""
    parser = argparse.ArgumentParser(prog="./run release", description=__doc__.splitlines()[0])
    parser.add_argument("--verify", type=named_path, metavar="FILE", help="is it whole and ours?")
    parser.add_argument("--key", type=named_path, help="the private key that signs (ssh-keygen)")
    parser.add_argument(
        "--to", type=named_path, default=Path("dist"), help="the folder to write into"
    )
    options = parser.parse_args(arguments)
    if options.verify:
        say(f"{archive.verify(options.verify)}: signature and sums are right.")
        return 0
    if options.key is None:
        parser.error("--key is needed to make a release")
    options.to.mkdir(parents=True, exist_ok=True)
    say(str(make(options.key, options.to)))
    return 0


def make(key: Path, to: Path) -> Path:
    """The file, in `to`. Raises Problem when something is not committed, or the key is unknown."""
    if _git("status", "--porcelain"):
        raise Problem("Something here is not committed: a release is made of a commit.")
    with tempfile.TemporaryDirectory(prefix="know-the-signs-release-") as scratch:
        tree = Path(scratch) / "tree"
        with step("Sources"):
            _export(tree)
        release = version.of(tree)
        (tree / NOTES).write_text(release.notes)
        with step("Static files"):
            _collect(tree, Path(scratch) / "var")
        for python in PYTHONS:
            for machine in MACHINES:
                with step(f"Wheels for Python {python} on {machine}"):
                    _download(tree, python, machine)
        with step("Sums and signature"):
            _sign(tree, key)
        name = f"know-the-signs-{release.number}"
        new, made = to / f".{name}.new", to / f"{name}.tar.gz"
        with step(made.name):
            _pack(tree, name, new, time=int(_git("log", "-1", "--format=%ct")))
            archive.verify(new, tree / "deploy" / "allowed_signers")
        return new.replace(made)


def _export(tree: Path) -> None:
    # By tar: the tarfile of Debian 12's Python knows no filter, and later ones want one.
    made = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    tree.mkdir()
    subprocess.run(["tar", "-x", "-C", tree], input=made.stdout, check=True)


def _collect(tree: Path, var: Path) -> None:
    environment = clean_environment() | {
        "VAR": str(var),
        "SERVE": "public",
        "SECRET_KEY": "to collect static files, which hold no secret",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    ignored = [f"--ignore={name}" for name in NOT_COLLECTED]
    _call([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0", *ignored],
          cwd=tree, env=environment)  # fmt: skip
    (var / "static").rename(tree / COLLECTED.name)


def _download(tree: Path, python: str, machine: str) -> None:
    tags = [f"--platform=manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 4, -1)]
    tags += [f"--platform=manylinux2014_{machine}", f"--python-version={python}"]
    tags += [f"--abi=cp{python.replace('.', '')}", "--abi=abi3", "--abi=none"]
    _call(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--require-hashes", "--only-binary=:all:", *tags,
         f"--dest={tree / WHEELS.name}", f"--requirement={tree / 'requirements.txt'}"]
    )  # fmt: skip


def _sign(tree: Path, key: Path) -> None:
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(tree)}\n"
        for file in files
    ]
    (tree / archive.SUMS).write_text("".join(lines))
    _call(["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", archive.NAMESPACE,
           str(tree / archive.SUMS)])  # fmt: skip


def _pack(tree: Path, name: str, to: Path, time: int) -> None:
    first = [tree / archive.SUMS, tree / archive.SIGNATURE]
    others = sorted(path for path in tree.rglob("*") if path.is_file() and path not in first)
    with (
        to.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for file in (*first, *others):
            member = tarfile.TarInfo(f"{name}/{file.relative_to(tree)}")
            member.size, member.mtime = file.stat().st_size, time
            member.mode = 0o755 if file.stat().st_mode & 0o100 else 0o644
            with file.open("rb") as content:
                tar.addfile(member, content)


def _git(*arguments: str) -> str:
    result = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise Problem(f"git {arguments[0]}: {sentence_in(result.stderr)}")
    return result.stdout.strip()


def _call(command: Sequence[str], **how: object) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload]
    if result.returncode:
        raise Problem(f"{Path(command[0]).name}: {sentence_in(result.stderr)}")
