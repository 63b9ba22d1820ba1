"""Releases made by `./run release` of a copy of this tree, signed by a throw-away key."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from slu_antitrafficking.start.dev.suite import neutral_environment
from tests.start import tree

GIT = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=no")


class Workshop:
    """A repository of its own with a key that may sign; commits are what releases are made of."""

    def __init__(self, folder: Path) -> None:
        self.tree = tree.copy(folder / "tree", tree.RELEASED)
        self.key = new_key(folder / "key")
        public = (folder / "key.pub").read_text()
        (self.tree / "deploy" / "allowed_signers").write_text(f"releases {public}")
        self.git("init", "-q")
        self.commit("2026-11-30T12:00:00+00:00")

    def git(self, *arguments: str, **environment: str) -> None:
        command = ["git", *GIT, *arguments]
        subprocess.run(command, cwd=self.tree, env=os.environ | environment, check=True)

    def commit(self, when: str) -> None:
        self.git("add", "-A")
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        self.git("commit", "-q", "-m", "A release", **dates)

    def change(self, file: str, old: str, new: str) -> None:
        path = self.tree / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code of `./run release …`, and all it said."""
        result = subprocess.run(
            [sys.executable, "-m", "slu_antitrafficking.start", "release", *arguments],
            cwd=self.tree,
            env=neutral_environment() | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return result.returncode, result.stdout

    def make(self, to: Path) -> Path:
        code, said = self.run("--key", str(self.key), "--to", str(to))
        assert code == 0, said
        return Path(said.splitlines()[-1])


def new_key(path: Path) -> Path:
    command = [str(shutil.which("ssh-keygen")), "-q", "-t", "ed25519", "-N", "", "-C", ""]
    subprocess.run([*command, "-f", str(path)], check=True)
    return path
