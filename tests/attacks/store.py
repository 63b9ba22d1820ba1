"""What a thief of the whole store has: every row, and every byte of every file."""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras

from tests.running import RunningSite
from tips.access import pairs
from tips.crypto import key_grants, wraps
from tips.crypto.sealing import KeyPair, Keyring

Row = Mapping[str, Any]
KEYS = ("tips_officerkey", "tips_deskkeygrant", "tips_desksession")
EPOCH = 946_684_800  # PostgreSQL's: 2000-01-01


def rows(site: RunningSite, query: str, *values: object) -> list[Row]:
    """What the store's owner is answered, by column."""
    connection = psycopg2.connect(site.owner_url)
    try:
        with (
            connection,
            connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor,
        ):
            cursor.execute(query, values)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def put_back(site: RunningSite, table: str, row: Row) -> None:
    """Writes a copied row into the store again."""
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    rows(site, f"INSERT INTO {table} ({names}) VALUES ({marks})", *row.values())


def files_with(site: RunningSite, *pieces: bytes) -> set[str]:
    """Which files of the store hold one of these pieces; by their place under its folder."""
    return {name for name, data in files(site) if any(piece in data for piece in pieces)}


def in_no_file(site: RunningSite, pieces: Iterable[bytes], under: str = "") -> set[bytes]:
    """Which of these pieces no file of the store holds, of those with `under` in their place."""
    lacking = set(pieces)
    for name, data in files(site):
        if under in name:
            lacking -= {piece for piece in lacking if piece in data}
    return lacking


def files(site: RunningSite) -> Iterator[tuple[str, bytes]]:
    """The place of each file under the store's folder, and its bytes."""
    for file in site.var.rglob("*"):
        try:
            data = file.read_bytes() if file.is_file() else b""
        except OSError:
            continue  # deleted meanwhile
        yield str(file.relative_to(site.var)), data


def piece_of(blob: object) -> bytes:
    """24 bytes from the middle of a random value, as they stand in a file."""
    data = bytes(blob)  # type: ignore[call-overload]
    return bytes(data[len(data) // 2 :][:24])


def keyring(key: Row, grants: list[Row], words: str) -> Keyring:
    """What an officer's words open of a copy of the store, without any of our rules."""
    payload = wraps.unwrap(key["wrapped"], words, key["officer_id"])
    pair = KeyPair(pairs.parts_of(payload)[0])
    officer = key["officer_id"]
    return Keyring(
        {
            bytes(grant["desk_key_id"]): key_grants.open_grant(
                grant["sealed"], pair, officer, grant["desk_key_id"]
            )
            for grant in grants
        }
    )


def timestamps_between(site: RunningSite, began: float, ended: float) -> set[str]:
    """The files of the store that hold a moment between these two as PostgreSQL writes it: eight
    bytes, microseconds, little endian."""
    low, high = (round((at - EPOCH) * 1_000_000) for at in (began, ended))
    # All moments of one such range share their upper bytes.
    uppers = {struct.pack("<Q", at)[3:] for at in range(low, high + (1 << 24), 1 << 23)}
    found = set()
    for name, data in files(site):
        for upper in uppers:
            for match in re.finditer(re.escape(upper), data):
                whole = data[max(match.start() - 3, 0) : match.end()]
                if len(whole) == 8 and low <= int.from_bytes(whole, "little") <= high:
                    found.add(name)
    return found


def written_between(site: RunningSite, began: float, ended: float) -> set[str]:
    """The files of the store that were last written between these two."""
    return {
        str(file.relative_to(site.var))
        for file in site.var.rglob("*")
        if file.is_file() and began <= file.stat().st_mtime <= ended
    }


def data_folder(site: RunningSite) -> Path:
    """PostgreSQL's own folder."""
    return site.var / "postgres" / "data"


def public_url(site: RunningSite) -> str:
    """What whoever breaks into the public door finds in its environment."""
    lines = Path(f"/proc/{site.gunicorn('public')}/environ").read_bytes().decode().split("\0")
    return next(line.split("=", 1)[1] for line in lines if line.startswith("DATABASE_URL="))
