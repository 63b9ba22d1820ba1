"""A walk that leaves words and addresses everywhere it can; then everything on the disk is read."""

import base64
import io
import secrets
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin

from tests.attacks.visitor import FORM, Clerk, Visitor
from tests.running import RunningSite
from tips.crypto import receipts

MARK = f"zq{secrets.token_hex(6)}"  # in every planted word, and in nothing else on this machine
LOCAL = "127.77.7.7"
ADDRESSES = (LOCAL, "203.0.113.77", "203.0.113.78", "203.0.113.79")
SECONDS = (277_431_019, 10_000_000)  # of latitude, as a photo writes them
ANSWERS = (
    *("what_happened", "place", "when", "people_harmed", "people_responsible", "reported_before"),
    *("vehicles_phones_online", "contact_name", "contact_details", "contact_safely"),
)


def word(what: str) -> str:
    return f"{MARK}-{what}"


def whole_tip() -> dict[str, object]:
    """A tip with every field, and three signs."""
    return {name: word(name) for name in ANSWERS} | {
        "danger_now": "no",
        "under_18": "yes",
        "district": "castries",
        "relation": "noticed",
        "official_involved": "no",
        "signs": ["papers-held", "cannot-leave", "no-pay", word("sign")],
    }


def jpeg() -> bytes:
    """A photo that says where, when and by whom it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = word("description")
    exif[ExifTags.Base.Artist] = word("artist")
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (13, 54, TiffImagePlugin.IFDRational(*SECONDS)),
            ExifTags.GPS.GPSAreaInformation: word("area").encode(),
        }
    )
    written = io.BytesIO()
    picture = Image.effect_noise((320, 200), 40).convert("RGB")
    picture.save(written, "JPEG", exif=exif, comment=word("comment").encode())
    return written.getvalue()


def png() -> bytes:
    """A screenshot with a text in it."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", word("author"))
    written = io.BytesIO()
    Image.new("RGB", (200, 120), "#0a567a").save(written, "PNG", pnginfo=info)
    return written.getvalue()


def marked_visitor() -> Visitor:
    """A client that says all it can about itself."""
    return Visitor(
        LOCAL,
        User_Agent=word("agent"),
        Referer=f"http://127.0.0.1/{word('referer')}",
        Accept_Language=word("language"),
        X_Forwarded_For="203.0.113.77",
        X_Real_IP="203.0.113.78",
        Forwarded="for=203.0.113.79",
    )


class Walk:
    """Both sides of one tip; `secrets` is what else must stand nowhere."""

    def __init__(self, site: RunningSite, boss: Clerk) -> None:
        self.site, self.boss = site, boss
        self.secrets: set[str] = set()
        self.citizen = marked_visitor()

    def tell(self) -> None:
        """A tip, its photos, a message, and the honeypot filled."""
        page = receipts.new_idempotency_key()
        answer = self.citizen.send(self.site.url + "/report/", **whole_tip(), submission=page)
        self.reference, self.code = answer.output("reference"), answer.output("receipt-code")
        self.secrets |= {page, self.code, self.code.replace("-", "")}
        photos = {
            f"{word('photo')}.jpg": jpeg(),
            f"{word('screen')}.png": png(),
            f"{word('none')}.jpg": word("no picture").encode(),
        }
        answer = self.citizen.upload(
            self.site.url + "/follow-up/",
            photos,
            code=self.code,
            submission=receipts.new_idempotency_key(),
        )
        assert "2 of 3 photos arrived" in answer.page
        answer = self.citizen.send(
            self.site.url + "/report/", **whole_tip(), website=word("website")
        )
        assert "receipt-code" in answer.page

    def fail(self) -> None:
        """What is refused, broken or not found."""
        site, ask = self.site.url, self.citizen.ask
        body = f"what_happened={word('refused')}".encode()
        assert ask(f"{site}/{word('path')}/?q={word('query')}").status == 404
        assert ask(f"{site}/report/", "POST", body, Content_Type=FORM, Host=word("host"))
        assert ask(f"{site}/report/", "POST", body, Content_Type=word("type")).status < 500
        forged = ask(
            f"{site}/report/", "POST", body, Content_Type=FORM, Sec_Fetch_Site="cross-site"
        )
        assert word("refused") in forged.page
        assert ask(f"{site}/report/", "POST", body * 60_000, Content_Type=FORM).status == 413
        unknown = {"code": "7Q4M-X2KD-9TRB-HW5ET", "message": word("unknown code")}
        assert (
            "There is no tip under this code"
            in self.citizen.send(f"{site}/follow-up/", **unknown).page
        )
        for raw in (
            f"GET /{word('line')} HTTP/9.9\r\n\r\n",
            f"{word('method')} / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX{' '}: {word('header')}\r\n\r\n",
            f"GET /{word('long') * 1000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            f"POST /report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\n"
            f"Content-Length: 9999\r\n\r\nwhat_happened={word('half')}",
        ):
            for url in (self.site.url, self.site.desk_url):
                say(url, raw)

    def err(self) -> None:
        """A statement that PostgreSQL refuses, with words in it."""
        with closing(psycopg2.connect(self.site.owner_url)) as connection:
            cursor = connection.cursor()
            with pytest.raises(psycopg2.Error):
                cursor.execute("SELECT %s::integer", [word("literal")])
            connection.rollback()
            with pytest.raises(psycopg2.Error):
                cursor.execute("INSERT INTO tips_event (about) VALUES (%s)", [word("row")])

    def triage(self) -> None:
        """An officer to whom access is given: from one-time words to a closed tip, and away."""
        desk = self.boss.desk
        added = self.boss.send("/desk/tips/officer/add/", username="walker", role="supervisor")
        account = added.all("Location")[0].removesuffix("change/")
        given = self.boss.send(f"{account}give-access/")
        officer = Clerk(desk, "walker", given.output("one-time-passphrase"), marked_visitor())
        self.secrets |= {officer.words}
        officer.visitor.ask(f"{desk}/desk/login/?next=/{word('next')}")
        officer.get("/desk/login/")
        officer.send("/desk/login/", username=word("name"), password=word("words"), otp_token="1")
        officer.set_up()
        officer.log_in()
        self.secrets |= {officer.words, officer.totp, *officer.visitor.jar.values()}
        tip = officer.finds(self.reference)
        assert word("what_happened") in officer.get(tip).page
        assert officer.get(f"{tip}photo/1/").status == 200
        for verb, fields in (
            ("take", {}),
            ("note", {"note": word("note")}),
            ("reply", {"answer": word("reply"), "wait": "1", "anyway": "1"}),
            ("raise", {}),
            ("lower", {"lower_reason": word("reason")}),
            ("close", {"outcome": "not_enough", "reason": word("outcome")}),
            ("reopen", {"reopen_reason": word("reopened")}),
        ):
            assert officer.verb(tip, verb, **fields).status == 303, verb
        refused = officer.verb(tip, "park", until=word("until"))
        assert word("until") in refused.page
        officer.get(f"/desk/tips/tip/?q={word('search')}")
        for typed in (word("what_happened"), word("terms"), f'"{word("phrase")}'):
            found = officer.send("/desk/tips/tip/find/", terms=typed)
            assert "Searched" in found.page
            again = officer.get(found.page.partition('data-again="')[2].partition('"')[0])
            for page in (found.page, again.page):
                assert (self.reference in page) == (typed == word("what_happened"))
                assert "<title>Find · The desk</title>" in " ".join(page.split())
        page = officer.get(tip)
        officer.send("/desk/logout/")
        late = {"officer": page.hidden("officer"), "note": word("late")}
        carried = officer.send(f"{tip}note/", **late)
        assert word("late") not in carried.page
        assert 'name="carried"' in carried.page

    def come_back(self) -> None:
        """The citizen reads the answer, and writes again."""
        sloppy = self.code.lower().replace("-", " ")
        answer = self.citizen.send(self.site.url + "/follow-up/", code=sloppy)
        assert word("reply") in answer.page
        fields = {"code": self.code, "message": f"{word('message')} {self.code}"}
        answer = self.citizen.send(self.site.url + "/follow-up/", **fields, submission="")
        assert answer.status == 200


def say(url: str, raw: str) -> None:
    """Bytes that no client library would send, from the marked address."""
    where = urlsplit(url)
    source = (LOCAL, 0)
    line = socket.create_connection((where.hostname, where.port), 10, source)
    with closing(line), suppress(OSError):
        line.sendall(raw.encode())
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass


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
