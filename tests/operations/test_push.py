"""Sealed files leave for a real sshd, in an account that may add and nothing else."""

import getpass
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from slu_antitrafficking.operations.point_in_time import SEALED_LOG
from slu_antitrafficking.start.options import ROOT
from tests.running import free_port, until

# As docs/operations.md has it: no reading, no listing, no renaming; and a file is closed to its own
# account as soon as it is there.
FORCED = "internal-sftp -u 0777 -p open,close,write,realpath"


class Place(NamedTuple):
    """Where backups go."""

    folder: Path
    address: str
    key: Path
    known_hosts: Path

    def sftp(self, *lines: str) -> subprocess.CompletedProcess[str]:
        """What whoever has the server's key may try."""
        user, port = self.address.removeprefix("sftp://").split("/")[0].rsplit(":", 1)
        options = ["-i", self.key, "-o", f"UserKnownHostsFile={self.known_hosts}", "-P", port]
        return subprocess.run(
            ["sftp", "-q", "-b", "-", *options, user],
            input="\n".join([*lines, ""]),
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def place() -> Iterator[Place]:
    """An sshd of its own; the account is no root's, whom no file is closed to."""
    home = Path(tempfile.mkdtemp())
    home.chmod(0o711)
    folder = home / "backups"
    folder.mkdir(mode=0o700)
    user = getpass.getuser()
    if os.geteuid() == 0:
        user = "nobody"
        shutil.chown(folder, user)
        Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host", "key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / name], check=True
        )
    port = free_port()
    (home / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {home}/key.pub\nStrictModes no\nPasswordAuthentication no\n"
        f"Subsystem sftp internal-sftp\nForceCommand {FORCED}\nPermitTTY no\n"
    )
    host = (home / "host.pub").read_text().split()[:2]
    (home / "known_hosts").write_text(f"[127.0.0.1]:{port} {' '.join(host)}\n")
    sshd = subprocess.Popen(
        ["/usr/sbin/sshd", "-D", "-e", "-f", home / "config"], stderr=subprocess.DEVNULL
    )
    found = Place(
        folder, f"sftp://{user}@127.0.0.1:{port}{folder}", home / "key", home / "known_hosts"
    )
    until(lambda: "Connection refused" not in found.sftp("pwd").stderr, what="an sshd")
    yield found
    sshd.terminate()
    sshd.wait()
    shutil.rmtree(home)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """Two sealed files that wait."""
    for name in (
        "wal/000000010000000000000001-0011223344556677.wal.age",
        "dumps/2026-11-29T16-0a1b2c3d.dump.age",
    ):
        path = tmp_path / "spool" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(os.urandom(300_000))
    return tmp_path / "spool"


class Asked(NamedTuple):
    """Where a watcher outside is asked, and what it was asked for."""

    url: str
    paths: list[str]


@contextmanager
def watcher() -> Iterator[Asked]:
    """A watcher that is asked for one address after each backup."""
    paths: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Asked(f"http://127.0.0.1:{server.server_port}/a-name-of-the-watcher-s", paths)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def push(spool: Path, place: Place, **more: str) -> tuple[int, str]:
    given = {
        "BACKUP_FOLDER": str(spool),
        "PUSH_TO": place.address,
        "PUSH_KEY": str(place.key),
        "PUSH_KNOWN_HOSTS": str(place.known_hosts),
    }
    result = subprocess.run(
        ["./run", "push"],
        cwd=ROOT,
        env=os.environ | given | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return result.returncode, result.stdout


def waiting(spool: Path) -> list[Path]:
    return sorted(spool.rglob("*.age"))


def test_what_was_pushed_is_there_whole_and_here_no_more(spool: Path, place: Place) -> None:
    sent = {path.name: path.read_bytes() for path in waiting(spool)}
    with watcher() as asked:
        code, said = push(spool, place, PING_URL=asked.url)
        assert code == 0, said
        assert asked.paths == ["/a-name-of-the-watcher-s"]
        # Later the log alone leaves, which is no backup.
        (spool / "wal" / "000000010000000000000002-0011223344556677.wal.age").write_bytes(b"log")
        assert push(spool, place, PING_URL=asked.url)[0] == 0
        assert len(asked.paths) == 1
    sent["000000010000000000000002-0011223344556677.wal.age"] = b"log"
    assert waiting(spool) == []
    arrived = {path.name: path for path in place.folder.iterdir()}
    for path in arrived.values():
        assert stat.S_IMODE(path.stat().st_mode) == 0  # closed to the account itself
        path.chmod(0o600)  # whoever runs that machine reads them
    assert {name: path.read_bytes() for name, path in arrived.items()} == sent
    assert (spool / "push.json").exists()
    assert push(spool, place)[0] == 0  # nothing waits


def test_a_dump_that_arrived_is_told_although_what_came_later_did_not(
    spool: Path, place: Place
) -> None:
    """And once: the next round has only what never arrives."""
    (dump,) = spool.rglob("*.dump.age")
    (log,) = spool.rglob("*.wal.age")
    log.unlink()
    log.mkdir()  # which is no file to put
    os.utime(dump, (1, 1))  # the oldest goes first
    with watcher() as asked:
        for _round in range(2):
            code, said = push(spool, place, PING_URL=asked.url)
            assert (code, f"{log.name} did not arrive" in said) == (1, True), said
            assert waiting(spool) == [log]
            assert len(asked.paths) == 1
        assert not (spool / "push.json").exists()


def test_a_place_that_takes_the_line_and_says_nothing_is_left(spool: Path, place: Place) -> None:
    """As a firewall does, or a machine that hangs; the next round tries again."""
    there = waiting(spool)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        code, said = push(spool, place, PUSH_TO=f"sftp://nobody@127.0.0.1:{port}/in")
    assert (code, "did not arrive" in said) == (1, True), said
    assert waiting(spool) == there


def test_a_thief_with_the_server_s_key_can_add_and_nothing_else(
    spool: Path, place: Place, tmp_path: Path
) -> None:
    assert push(spool, place)[0] == 0
    dump = next(path for path in place.folder.iterdir() if ".dump." in path.name)
    before = sorted(path.name for path in place.folder.iterdir())
    mine = tmp_path / "mine"
    mine.write_text("mine")
    assert place.sftp(f"put {mine} {place.folder}/mine").returncode == 0
    (place.folder / "mine").unlink()
    for line in (
        f"put {mine} {dump}",
        f"rm {dump}",
        f"rename {dump} {dump}.away",
        f"ls {place.folder}",
        f"get {dump} {tmp_path}/stolen",
        f"chmod 600 {dump}",
        f"mkdir {place.folder}/new",
        f"ln -s {dump} {place.folder}/link",
    ):
        assert place.sftp(line).returncode, line
    assert sorted(path.name for path in place.folder.iterdir()) == before


def test_what_was_cut_off_is_sent_once_more_under_another_name(spool: Path, place: Place) -> None:
    name = waiting(spool)[0].name
    # As a line that broke leaves it: a name that nobody may write to again.
    half = place.folder / name
    half.write_bytes(b"half")
    half.chmod(0)
    code, said = push(spool, place)
    assert code == 0, said
    assert waiting(spool) == []
    half.chmod(0o600)
    assert half.read_bytes() == b"half"
    kind = name.split(".", 1)[1]
    again = [path for path in place.folder.iterdir() if path.name.endswith(kind)]
    assert len(again) == 2


def test_a_log_that_is_refused_again_and_again_keeps_a_name_that_a_restore_reads(
    spool: Path, place: Place
) -> None:
    segment = "000000010000000000000002"
    (spool / "wal" / f"{segment}-0011223344556677.wal.age").write_bytes(b"log")
    place.folder.chmod(0o500)
    for _ in range(3):
        assert push(spool, place)[0] == 1
    place.folder.chmod(0o700)
    assert push(spool, place)[0] == 0
    (arrived,) = [path.name for path in place.folder.iterdir() if path.name.startswith(segment)]
    name = SEALED_LOG.fullmatch(arrived)
    assert name, arrived
    assert name["segment"] == segment


def test_where_nobody_answers_or_somebody_else_does_nothing_is_let_go(
    spool: Path, place: Place, tmp_path: Path
) -> None:
    there = waiting(spool)
    nobody = f"sftp://someone@127.0.0.1:{free_port()}/backups"
    (tmp_path / "other").write_text("")
    for more, sentence in (
        ({"PUSH_TO": nobody}, "did not arrive"),
        ({"PUSH_KNOWN_HOSTS": str(tmp_path / "other")}, "did not arrive"),
        ({"PUSH_TO": "ftp://someone@example.org/"}, "PUSH_TO must look like"),
    ):
        code, said = push(spool, place, **more)
        assert (code, sentence in said) == (1, True), said
        assert waiting(spool) == there
        assert not (spool / "push.json").exists()
