"""A walk of both sides of a tip that leaves marked words and addresses everywhere it can."""

import io
import secrets
import socket
from contextlib import closing, suppress
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
