"""Takes a picture for the site into memory, without its name, at the desk alone."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

FIELD = "picture"
A_PICTURE = 15_000_000


class SentPicture(UploadedFile):
    """A picture as it was sent; without its bytes where it is too large."""

    def __init__(self, raw: bytes, *, too_big: bool) -> None:
        super().__init__(BytesIO(raw), FIELD, size=len(raw))
        self.raw = raw
        self.too_big = too_big


class PictureUploadHandler(FileUploadHandler):
    """Takes one file of one field; every other file is for the next handler."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.at_the_desk = request is not None and request.path_info.startswith("/desk/")
        self.takes_it = False
        self.chunks: list[bytes] = []
        self.left = A_PICTURE

    def new_file(self, field_name: str, *_: Any, **__: Any) -> None:
        """Takes a file. Raises StopFutureHandlers for our field, so that no other sees it."""
        self.takes_it = self.at_the_desk and field_name == FIELD
        if self.takes_it:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Stores the chunk while there is room; gives back what is another handler's."""
        if not self.takes_it:
            return raw_data
        self.left -= len(raw_data)
        if self.left >= 0:
            self.chunks.append(raw_data)
        return None

    def file_complete(self, file_size: int) -> SentPicture | None:
        """The picture; None for a file of another field."""
        if not self.takes_it or not file_size:
            return None
        raw, too_big = b"".join(self.chunks), self.left < 0
        self.chunks = []
        return SentPicture(b"" if too_big else raw, too_big=too_big)
