"""A page in every encoding a browser may ask for, each form with an ETag of its own."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Self

import brotli  # type: ignore[import-untyped]
from django.utils.http import parse_etags

Headers = list[tuple[str, str]]

OF_A_FORM = ("etag", "vary", "content-length", "content-encoding")
OF_A_BODY = ("content-type", "content-language", "content-encoding")
TEXTS = ("text/", "application/xml", "application/json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Form:
    """A page as it travels in one encoding."""

    body: bytes
    etag: str
    headers: Headers
    unchanged: Headers  # what a 304 says

    @classmethod
    def of(cls, body: bytes, etag: str, headers: Headers) -> Self:
        """With the headers that the body asks for."""
        said = [*headers, ("ETag", etag), ("Vary", "Accept-Encoding")]
        unchanged = [each for each in said if each[0].lower() not in OF_A_BODY]
        return cls(body, etag, [*said, ("Content-Length", str(len(body)))], unchanged)

    def is_named_in(self, if_none_match: str) -> bool:
        """Whether the browser has this very form already (RFC 9110's weak comparison)."""
        if not if_none_match or if_none_match == self.etag:
            return bool(if_none_match)
        tags = parse_etags(if_none_match)
        return any(tag in ("*", self.etag, f"W/{self.etag}") for tag in tags)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer's body and headers, and its forms by the name of their encoding."""

    body: bytes
    headers: Headers
    forms: dict[str, Form]

    @classmethod
    def of(cls, body: bytes, headers: Headers) -> Self:
        """Compressed once a change, not once a request: the best costs next to nothing then."""
        digest = blake2b(body, digest_size=12).hexdigest()
        plain = Form.of(body, f'"{digest}"', headers)
        forms = {"identity": plain, "gzip": plain, "br": plain}
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        if kind.startswith(TEXTS):
            zipped = gzip.compress(body, mtime=0)
            br = brotli.compress(body, mode=brotli.MODE_TEXT)
            for name, smaller in (("gzip", zipped), ("br", br)):
                if len(smaller) < len(body):
                    said = [*headers, ("Content-Encoding", name)]
                    forms[name] = Form.of(smaller, f'"{digest}-{name}"', said)
        return cls(body, headers, forms)

    @property
    def size(self) -> int:
        """Bytes in memory, but for what hardly counts."""
        return sum(map(len, {form.body for form in self.forms.values()}))


def without_form(headers: Headers) -> Headers:
    """What holds for every form of an answer."""
    return [each for each in headers if each[0].lower() not in OF_A_FORM]


@lru_cache(maxsize=64)
def encoding(accepted: str) -> str:
    """br, gzip or identity: what the browser likes best, br where it likes two alike."""
    likes = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        likes[name.strip()] = _weight(weight)
    br, zipped = (likes.get(name, likes.get("*", 0.0)) for name in ("br", "gzip"))
    if not max(br, zipped) > 0:
        return "identity"
    return "br" if br >= zipped else "gzip"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
