"""Request bodies that are not what they say: cut off on the way, or larger than we read."""

import re
import time
from collections.abc import Iterable
from io import BytesIO
from typing import Protocol

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest
from gunicorn.http.errors import ParseException

DRAIN_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 20
CHUNK = 64 * 1024
LONGEST_IN_CHUNKS = 32 * 1024 * 1024  # five photos and their words; it lies in memory
BOUNDARY = re.compile(r'^multipart/.*;\s*boundary="?([^";]+)"?', re.IGNORECASE)


class Readable(Protocol):
    """What a request reads its body from."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, as a file's method does; fewer at the end alone."""

    def readline(self, size: int = -1, /) -> bytes:
        """One line of at most `size` bytes, as a file's method does."""

    def close(self) -> None:
        """Nothing is read any more, as with a file."""


class CutOff(BadRequest):
    """The body ended before it was whole; nothing of it may be used."""


class NothingArrived(BadRequest):
    """A form was sent, and its body is empty: something on the way kept it."""


class Unreadable(BadRequest):
    """A body came, and nothing of it is a field of our form."""


class CheckedBody:
    """A body that raises CutOff where it ends early or without its closing boundary."""

    def __init__(self, stream: Readable, length: int, closing: bytes) -> None:
        self.stream, self.left, self.closing = stream, length, closing
        self.tail = b""

    def read(self, size: int | None = -1, /) -> bytes:
        """Like a file's, and never less than was asked for: less would pass for the end."""
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        parts = []
        while wanted:
            parts.append(self._checked(self._next(wanted), wanted))
            wanted -= len(parts[-1])
        return b"".join(parts)

    def _next(self, wanted: int) -> bytes:
        try:
            return self.stream.read(wanted)
        except OSError as error:  # the client is gone, or silent for too long
            raise CutOff from error

    def readline(self, size: int | None = -1, /) -> bytes:
        """One line of at most `size` bytes, as a file's method does."""
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        return self._checked(self.stream.readline(wanted), wanted)

    def close(self) -> None:
        """Nothing is read any more, as with a file."""
        self.stream.close()

    def _checked(self, data: bytes, wanted: int) -> bytes:
        self.left -= len(data)
        if self.closing:
            self.tail = (self.tail + data)[-len(self.closing) - 64 :]
        if wanted and not data:
            raise CutOff
        if data and not self.left and self.closing not in self.tail:
            raise CutOff
        return data


def watch(request: HttpRequest) -> None:
    """From now on reading this request's body raises CutOff when it is not whole."""
    request.encoding = "utf-8"  # as our pages are; Django would try any codec a client names
    _take_in_chunks(request)
    length = _length(request)
    if not length:
        request.META["CONTENT_LENGTH"] = "0"  # Django trips over one that is no number
    else:
        match = BOUNDARY.match(request.META.get("CONTENT_TYPE", ""))
        closing = b"--" + match[1].strip().encode("latin-1", "replace") + b"--" if match else b""
        request._stream = CheckedBody(request._stream, length, closing)  # type: ignore[assignment]


def must_have_one_of(request: HttpRequest, fields: Iterable[str]) -> None:
    """For the POST of a form of ours, so that no clean form answers what somebody wrote.

    Raises NothingArrived for an empty body, Unreadable for one that has none of these fields.
    """
    if not _length(request):
        raise NothingArrived
    if request.META.get("HTTP_CONTENT_ENCODING", "").lower() not in ("", "identity"):
        raise Unreadable
    if not any(name in request.POST or name in request.FILES for name in fields):
        raise Unreadable


def _take_in_chunks(request: HttpRequest) -> None:
    """A body that a filter on the way sends in chunks says no length, and Django reads none of it:
    it is read here.

    Raises CutOff where it is not whole, RequestDataTooBig where it is longer than any we take.
    """
    if "chunked" not in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return
    if not request.META.get("wsgi.input_terminated"):
        raise CutOff  # nobody can tell where it ends
    stream, read, length = request.META["wsgi.input"], BytesIO(), 0
    end = time.monotonic() + DRAIN_SECONDS
    try:
        while data := stream.read(CHUNK):
            length += len(data)
            if length <= LONGEST_IN_CHUNKS:
                read.write(data)
            elif length > DRAIN_BYTES or time.monotonic() > end:
                break
    except (OSError, ParseException) as error:
        raise CutOff from error
    if length > LONGEST_IN_CHUNKS:
        raise RequestDataTooBig
    read.seek(0)
    request._stream = read
    request.META["CONTENT_LENGTH"] = str(length)


def drain(request: HttpRequest) -> None:
    """Reads what nobody read, within bounds: a browser still sending does not see an answer."""
    stream = getattr(request, "_stream", None)
    if not isinstance(stream, CheckedBody):
        return
    end, read = time.monotonic() + DRAIN_SECONDS, 0
    while stream.left and read < DRAIN_BYTES and time.monotonic() < end:
        try:
            data = stream.stream.read(min(CHUNK, stream.left))
        except (OSError, ValueError):  # gone, or closed by whoever read it
            return
        if not data:
            return
        stream.left -= len(data)
        read += len(data)


def _length(request: HttpRequest) -> int:
    try:
        return max(int(request.META.get("CONTENT_LENGTH") or 0), 0)
    except ValueError:
        return 0
