"""After a walk that leaves words and addresses everywhere it can, all of the disk is read."""

import base64
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg2

from tests.attacks.visitor import Clerk
from tests.operations.disk.marked_walk import ADDRESSES, MARK, SECONDS, Walk, jpeg
from tests.running import RunningSite


def rows(site: RunningSite) -> bytes:
    """Every row of every table, as text; sealed columns as hex."""
    with closing(psycopg2.connect(site.superuser_url)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname !~ '^(pg|sql)_'"
        )
        found = [
            site_table for (site_table,) in cursor.fetchall() if not site_table.startswith("sql_")
        ]
        text = []
        for table in found:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text += [row for (row,) in cursor.fetchall()]
    return "\n".join(text).encode()


def spellings(text: str) -> dict[str, bytes]:
    """How a word may lie on a disk."""
    plain = text.encode()
    spelled = {"plain": plain, "hex": plain.hex().encode(), "wide": text.encode("utf-16-le")}
    for shift in range(3):
        # The characters that only these bytes decide, whatever stands before and after.
        whole = base64.b64encode(b"\0" * shift + plain)
        spelled[f"base64 {shift}"] = whole[shift and 4 : len(whole) - 4]
    return spelled


def found_in(data: bytes, words: dict[str, bytes]) -> list[str]:
    return [name for name, spelled in words.items() if spelled in data]


def files(folder: Path, since: float = 0) -> Iterator[Path]:
    """Every file under it, or those that were written since."""
    for file in folder.rglob("*"):
        with suppress(OSError):
            if file.is_file() and not file.is_symlink() and file.stat().st_mtime >= since:
                yield file


def read(places: Iterable[Path]) -> dict[Path, bytes]:
    """What is in these files; strangers take theirs away meanwhile."""
    contents = {}
    for file in places:
        with suppress(FileNotFoundError):
            contents[file] = file.read_bytes()
    return contents


def test_strangers_files_that_vanish_are_no_news(tmp_path: Path) -> None:
    for name in ("stays", "goes"):
        (tmp_path / name).write_text(name)
    seen = [*files(tmp_path)]
    (tmp_path / "goes").unlink()
    assert read(seen) == {tmp_path / "stays": b"stays"}


def test_nothing_that_was_said_or_known_lies_anywhere(site: RunningSite, boss: Clerk) -> None:
    began = time.time()
    walk = Walk(site, boss)
    walk.tell()
    walk.fail()
    walk.err()
    walk.triage()
    walk.come_back()

    words = spellings(MARK)
    words |= {secret: secret.encode() for secret in (*ADDRESSES, *walk.secrets)}
    words["place of the photo"] = struct.pack(">II", *SECONDS)
    assert {"plain", "place of the photo"} <= set(found_in(jpeg(), words))

    table = rows(site)
    assert walk.reference.encode() in table
    assert not found_in(table, words)
    environment = Path(f"/proc/{site.gunicorn('public')}/environ").read_bytes()
    assert f"TMPDIR={site.temporary}".encode() in environment.split(b"\0")
    data = site.var / "postgres" / "data"
    log = read(files(data / "pg_wal"))  # a stop leaves next to nothing in it
    assert any(walk.reference.encode() in content for content in log.values())
    site.stop()
    # The temporary folder of all that it starts is in the site's own; the shared memory has no own.
    contents = read([*files(site.folder), *files(Path("/dev/shm"), began)])
    contents |= {Path("before the stop", file.name): content for file, content in log.items()}
    found = {str(file): found_in(content, words) for file, content in contents.items()}
    assert not {file: names for file, names in found.items() if names}
    assert any(walk.reference.encode() in file.read_bytes() for file in files(data / "base"))
