"""Keeps every awareness page ready to send: as new for five seconds, as the last good for a day.

It stands before Django (wsgi.py), in each worker's own memory, and writes nothing down. It keeps
what Django's own answer calls public, so that no page has to be named here.

Measured in one run: without it the door answers a fiftieth as often; behind the nginx of deploy/,
which keeps pages for as long, it changes nothing. It stays for whoever serves without that.
"""

import gzip
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from slu_antitrafficking.encodings import Headers, Page, encoding, without_form

FRESH = 5.0  # seconds
GOOD = 24 * 60 * 60.0  # seconds; numbers older than that may be wrong ones
# The whole site in five languages is half of this; whatever is more than that is none of ours.
MOST_COPIES = 500
MOST_BYTES = 16_000_000
LARGEST = 1_000_000
# The desk is nobody's to keep, files are kept elsewhere, and health is about this moment.
APART = ("/desk/", "/static/", "/health/")
CONDITIONS = (
    *("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
    *("HTTP_IF_RANGE", "HTTP_RANGE"),
)
# A page asked for again is everybody's: it may depend on these, and on nothing of whoever asks.
OF_THE_SITE = ("HTTP_HOST", "HTTP_X_FORWARDED_PROTO")

Key = tuple[str, str, str, str]
_log = logging.getLogger(__name__)


class MicroCache:
    """Stands before a WSGI application and answers in its place while it knows the answer."""

    def __init__(
        self,
        application: WSGIApplication,
        hosts: Iterable[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application, self._hosts, self._clock = application, frozenset(hosts), clock
        self._copies: dict[Key, Copy] = {}
        self._changing = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """From memory where it can be; what is never kept reaches the application untouched."""
        key = self._key(environ)
        if key is None:
            return self._application(environ, start_response)
        copy, now = self._copies.get(key), self._clock()
        if copy is None or copy.made < now - GOOD:
            return self._first(key, environ, start_response, now)
        if copy.due <= now and not self._still_stands(key, copy, environ, now):
            return self._application(environ, start_response)
        return copy.answer(environ, start_response, now)

    def _key(self, environ: WSGIEnvironment) -> Key | None:
        """What an answer depends on; None where it is not ours to give.

        Only under the site's own names: what the application makes of any other, or of a header
        that is not as our proxy writes it, can never be shown to somebody else.
        """
        path, host = environ["PATH_INFO"], environ.get("HTTP_HOST", "")
        forwarded = environ.get("HTTP_X_FORWARDED_PROTO", "")
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or environ.get("QUERY_STRING")
            or environ.get("SCRIPT_NAME")
            or environ.get("CONTENT_LENGTH", "0") not in ("", "0")
            or "HTTP_TRANSFER_ENCODING" in environ
            or host not in self._hosts
            or forwarded not in ("", "http", "https")
            or path.startswith(APART)
        ):
            return None
        return host, environ["wsgi.url_scheme"], forwarded, path

    def _first(
        self, key: Key, environ: WSGIEnvironment, start_response: StartResponse, now: float
    ) -> Iterable[bytes]:
        """An address without a copy. Most are never kept, so its answer comes as it was asked."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return self._application(environ, start_response)
        unconditional = {name: environ[name] for name in environ if name not in CONDITIONS}
        answer = _ask(self._application, unconditional)
        if not answer.may_be_kept():
            start_response(answer.status, answer.headers)
            return answer.chunks
        copy = Copy(answer.page(), made=now, due=now + FRESH)
        self._keep(key, copy)
        return copy.answer(environ, start_response, now)

    def _still_stands(self, key: Key, copy: "Copy", environ: WSGIEnvironment, now: float) -> bool:
        """Whether the copy may be shown. One asks; the others go on with what there is."""
        if not copy.asking.acquire(blocking=False):
            return True
        try:
            return copy.due > now or self._renew(key, copy, environ, now)
        finally:
            copy.asking.release()

    def _renew(self, key: Key, copy: "Copy", environ: WSGIEnvironment, now: float) -> bool:
        copy.due = now + FRESH  # whatever comes: a broken page is not asked for at every request
        try:
            answer = _ask(self._application, _everybodys(environ))
            if answer.may_be_kept():
                copy.page, copy.made = answer.page(copy.page), now
                return True
            answer.close()
        except Exception as error:  # noqa: BLE001 - whatever broke, there is a good copy
            _log.warning("a page comes from memory: %s", type(error).__name__)
            return True
        if answer.status.startswith("5"):
            return True
        with self._changing:
            self._copies.pop(key, None)
        return False

    def _keep(self, key: Key, copy: "Copy") -> None:
        """Within bounds: the copy whose last good answer is the oldest goes first."""
        with self._changing:
            self._copies[key] = copy
            size = sum(each.page.size for each in self._copies.values())
            while len(self._copies) > MOST_COPIES or size > MOST_BYTES:
                oldest = min(self._copies, key=lambda each: self._copies[each].made)
                size -= self._copies.pop(oldest).page.size


@dataclass
class Copy:
    """The last good answer of one address, when it was given, and when to ask again."""

    page: Page
    made: float
    due: float
    asking: threading.Lock = field(default_factory=threading.Lock)

    def answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, now: float
    ) -> list[bytes]:
        """200, or 304 to a browser that has it; an older copy says its age."""
        form = self.page.forms[encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
        has_it = form.is_named_in(environ.get("HTTP_IF_NONE_MATCH", ""))
        headers = list(form.unchanged if has_it else form.headers)
        if (age := now - self.made) >= FRESH:
            # So that the browser asks again soon, instead of keeping it for one more minute.
            headers.append(("Age", str(int(age))))
        start_response("304 Not Modified" if has_it else "200 OK", headers)
        return [] if has_it or environ["REQUEST_METHOD"] == "HEAD" else [form.body]


@dataclass(frozen=True)
class Answer:
    """What the application said, its body not read yet."""

    status: str
    headers: Headers
    chunks: Iterable[bytes]

    def may_be_kept(self) -> bool:
        """Whether it is the same for everybody, whole, and of a bearable size."""
        said = {name.lower(): value.lower() for name, value in self.headers}
        control, vary = _parts(said, "cache-control"), _parts(said, "vary")
        length = said.get("content-length", "")
        return (
            self.status.startswith("200 ")
            and "public" in control
            and not control & {"no-store", "no-cache", "private"}
            and vary <= {"accept-encoding"}
            and "set-cookie" not in said
            and said.get("content-encoding", "gzip") == "gzip"
            and length.isdecimal()
            and int(length) <= LARGEST
        )

    def page(self, before: Page | None = None) -> Page:
        """The whole answer; the very `before` where nothing has changed."""
        try:
            body = b"".join(self.chunks)
        finally:
            self.close()
        if any(name.lower() == "content-encoding" for name, _ in self.headers):
            body = gzip.decompress(body)
        headers = without_form(self.headers)
        if before and (before.body, before.headers) == (body, headers):
            return before
        return Page.of(body, headers)

    def close(self) -> None:
        """Tells the application that nothing more is wanted."""
        if hasattr(self.chunks, "close"):
            self.chunks.close()


def own_hosts(site_url: str, allowed: Iterable[str]) -> set[str]:
    """The site's names, as a browser sends them and as a proxy does, which leaves out the port.

    A pattern is none of them: it fits names without number.
    """
    site = urlsplit(site_url)
    names = {name for name in allowed if "*" not in name and not name.startswith(".")}
    ported = {f"{name}:{site.port}" for name in names} if site.port else set()
    return {site.netloc} | names | ported


def _ask(application: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    said: list[tuple[str, Headers]] = []

    def start_response(
        status: str, headers: Headers, _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        said.append((status, headers))
        return _no_write

    chunks = application(environ, start_response)
    return Answer(*said[-1], chunks)


def _no_write(_data: bytes) -> object:
    raise NotImplementedError("Django writes nothing but its answer.")


def _everybodys(environ: WSGIEnvironment) -> WSGIEnvironment:
    """A plain GET that carries nothing of whoever happens to ask."""
    shared = {
        name: value
        for name, value in environ.items()
        if not name.startswith("HTTP_") or name in OF_THE_SITE
    }
    return shared | {"REQUEST_METHOD": "GET"}


def _parts(said: dict[str, str], name: str) -> set[str]:
    return {part.strip() for part in said.get(name, "").split(",")} - {""}
