"""Request bodies that are not what they say: cut off on the way, or larger than we read."""

import re
import time
from typing import Protocol

from django.core.exceptions import BadRequest
from django.http import HttpRequest

DRAIN_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 20
CHUNK = 64 * 1024
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
    length = _length(request)
    if not length:
        request.META["CONTENT_LENGTH"] = "0"  # Django trips over one that is no number
    else:
        match = BOUNDARY.match(request.META.get("CONTENT_TYPE", ""))
        closing = b"--" + match[1].strip().encode("latin-1", "replace") + b"--" if match else b""
        request._stream = CheckedBody(request._stream, length, closing)  # type: ignore[assignment]


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
