"""Releases made by `./run release` of a copy of this tree, signed by a throw-away key."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

from slu_antitrafficking.operations import archive
from slu_antitrafficking.start.dev.suite import neutral_environment
from tests.operations.start import tree

NEXT = "0.9.1"
NUMBERED = {"CHANGELOG.md": (b"## 0.9.0 (", b"## 0.9.1 (2026-11-29)\n\nMore.\n\n## 0.9.0 (")}
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


Members = list[tuple[tarfile.TarInfo, bytes]]


def members_of(file: Path) -> Members:
    """All that is in a release's file, with the content of each."""
    with tarfile.open(file) as tar:
        return [
            (member, content.read() if (content := tar.extractfile(member)) else b"")
            for member in tar
        ]


def packed(members: Members, to: Path) -> Path:
    with tarfile.open(to, "w:gz", compresslevel=1) as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return to


def signed(members: Members, to: Path, key: Path) -> Path:
    """These members alone, with sums and a signature of their own."""
    top = members[0][0].name.partition("/")[0]
    lines = [f"{sha256(content).hexdigest()}  {m.name[len(top) + 1 :]}\n" for m, content in members]
    sums = to.with_suffix(".sums")
    sums.write_text("".join(lines))
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", archive.NAMESPACE]
    subprocess.run([*command, str(sums)], check=True, capture_output=True)
    signature = sums.with_name(f"{sums.name}.sig").read_bytes()
    first = [(archive.SUMS, sums.read_bytes()), (archive.SIGNATURE, signature)]
    return packed(
        [(tarfile.TarInfo(f"{top}/{name}"), content) for name, content in first] + members, to
    )


def changed(
    released: Path,
    changes: dict[str, tuple[bytes, bytes]],
    folder: Path,
    key: Path,
    called: str = "next.tar.gz",
) -> Path:
    """NEXT, signed: the release with one text for another in these files."""
    old = {m.name.partition("/")[2]: (m.mode, text) for m, text in members_of(released)[2:]}
    new, changes = [], NUMBERED | changes
    for name in sorted(old.keys() | changes.keys()):
        mode, text = old.get(name, (0o644, b""))
        before, after = changes.get(name, (b"", b""))
        assert before in text
        member = tarfile.TarInfo(f"know-the-signs-{NEXT}/{name}")
        member.mode = mode
        new.append((member, text.replace(before, after, 1)))
    return signed(new, folder / called, key)
