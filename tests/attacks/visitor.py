"""A program that visits the real doors: from any address, with any headers, and one cookie jar."""

import http.client
import re
import time
from contextlib import closing
from html import unescape
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

import pyotp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.networks import new_network
from tests.running import until

FORM = "application/x-www-form-urlencoded"


class Answer(NamedTuple):
    """What came back, as it travelled."""

    status: int
    headers: list[tuple[str, str]]
    page: str

    def all(self, name: str) -> list[str]:
        """Every header of this name."""
        return [value for header, value in self.headers if header.lower() == name.lower()]

    def output(self, name: str) -> str:
        """What the page shows in this <output>."""
        found = re.search(rf'<output id="{name}"[^>]*>(.*?)</output>', self.page, re.S)
        assert found, self.page
        return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())

    def hidden(self, name: str) -> str:
        """The first field of this name."""
        tags = re.findall(r"<input[^>]*>", self.page)
        found = next(tag for tag in tags if f'name="{name}"' in tag)
        value = re.search(r'value="([^"]*)"', found)
        return unescape(value[1]) if value else ""


class Visitor:
    """Its cookies go to every port and path, as no browser would send them; each has a network of
    its own unless it names one."""

    def __init__(self, source: str = "", **headers: str) -> None:
        self.source = source or new_network()
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.jar: dict[str, str] = {}

    def ask(self, url: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """One request, whatever the answer."""
        where = urlsplit(url)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        with closing(self.line(where)) as line:
            line.request(
                method,
                url.removeprefix(f"{where.scheme}://{where.netloc}"),
                body or None,
                self.headers | ({"Cookie": cookies} if cookies else {}) | given,
            )
            response = line.getresponse()
            page = response.read().decode(errors="replace")
        answer = Answer(response.status, response.getheaders(), page)
        for cookie in answer.all("Set-Cookie"):
            for name, morsel in SimpleCookie(cookie).items():
                self.jar[name] = morsel.value
        return answer

    def line(self, where: SplitResult) -> http.client.HTTPConnection:
        """A connection for one request, of this machine to itself alone."""
        assert where.hostname == "127.0.0.1"
        source = (self.source, 0)
        return http.client.HTTPConnection(where.hostname, where.port, 30, source_address=source)

    def send(self, url: str, **fields: object) -> Answer:
        """A form without files."""
        body = urlencode(fields, doseq=True).encode()
        return self.ask(url, "POST", body, Content_Type=FORM)

    def upload(self, url: str, photos: dict[str, bytes], **fields: object) -> Answer:
        """A form with photos, by file name."""
        files = [SimpleUploadedFile(name, data, "image/jpeg") for name, data in photos.items()]
        body = encode_multipart(BOUNDARY, fields | {"photos": files})
        return self.ask(url, "POST", body, Content_Type=MULTIPART_CONTENT)


class Clerk:
    """Somebody at the real desk: one-time words, set-up, log-in, pages and verbs."""

    def __init__(self, desk: str, username: str, words: str, visitor: Visitor) -> None:
        self.desk, self.username, self.words, self.visitor = desk, username, words, visitor
        self.totp = ""

    def get(self, path: str) -> Answer:
        """A page of the desk."""
        return self.visitor.ask(self.desk + path)

    def send(self, path: str, **fields: object) -> Answer:
        """A form of the desk's own page."""
        jar = self.visitor.jar
        token = {"csrfmiddlewaretoken": jar.get("desk-csrf") or jar["__Host-desk-csrf"]}
        return self.visitor.send(self.desk + path, **fields, **token)

    def set_up(self) -> None:
        """From the one-time words to words of one's own."""
        assert self.enter("").status == 303
        page = self.get("/desk/set-up/")
        self.totp, words = page.output("otp-secret").replace(" ", ""), page.output(OFFERED)
        answer = self.send("/desk/set-up/", otp_token=self.digits(0), new_passphrase=words)
        assert "Your access is set up" in answer.page
        self.words = words

    def log_in(self) -> None:
        """With the digits of the next half minute, which the desk takes already; where they were
        used, as in a store that was restored within it, with those after them."""
        digits = self.digits(1)
        answer = self.enter(digits)
        if "used already" in answer.page:
            until(lambda: self.digits(1) != digits, 40, "other digits")
            answer = self.enter(self.digits(1))
        assert answer.status == 303, answer.page

    def finds(self, reference: str) -> str:
        """The address of the tip with this reference."""
        answer = self.get(f"/desk/tips/tip/?q={reference}")
        found = re.search(r"/desk/tips/tip/[0-9a-f-]{36}/", answer.page + str(answer.headers))
        assert found
        return found[0]

    def verb(self, path: str, verb: str, **fields: object) -> Answer:
        """What the form on the tip's page would send."""
        page = self.get(path)
        ours = {name: page.hidden(name) for name in ("officer", "seen")}
        return self.send(f"{path}{verb}/", **ours, **fields)

    def enter(self, digits: str) -> Answer:
        """What the log-in page answers to these digits; none go with one-time words."""
        self.get("/desk/login/")
        fields = {"username": self.username, "password": self.words, "otp_token": digits}
        return self.send("/desk/login/", **fields)

    def digits(self, later: int) -> str:
        """Those of now, or of so many half minutes later."""
        return pyotp.TOTP(self.totp).at(int(time.time()) + 30 * later)


OFFERED = "offered-passphrase"
