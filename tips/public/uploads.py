"""Photos are received in memory and nameless; one that is too large never costs the words."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

FIELD = "photos"
A_PHOTO = 10_000_000
A_REQUEST = 30_000_000
PHOTOS = 5  # of one sending


class SentPhoto(UploadedFile):
    """One photo as it came, or an empty place that says why it was dropped."""

    def __init__(self, raw: bytes, dropped: str) -> None:
        super().__init__(BytesIO(raw), "photo", size=len(raw))
        self.raw = raw
        self.dropped = dropped  # "", "too_big" or "too_many"


class PhotoUploadHandler(FileUploadHandler):
    """Keeps bytes and order of a tip's photos; drops names, types and what is no photo."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.field_name = ""  # another handler's file, if it stays so
        self.places = 0
        self.room = A_REQUEST
        self.chunks: list[bytes] = []
        self.dropped = ""

    def new_file(self, field_name: str, *_: Any, **__: Any) -> None:
        """Starts the next place; the file's own name ends here."""
        self.field_name = field_name
        self.chunks = []
        self.dropped = "" if field_name == FIELD else "no_photo"
        if field_name == FIELD:
            self.places += 1
            self.dropped = "too_many" if self.places > PHOTOS else ""
        self.left = min(A_PHOTO, self.room)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keeps the chunk while there is room for it."""
        if self.dropped:
            return
        self.left -= len(raw_data)
        if self.left < 0:
            self.dropped, self.chunks = "too_big", []
        else:
            self.chunks.append(raw_data)

    def file_complete(self, file_size: int) -> SentPhoto | None:
        """The photo, or its empty place; None for a file in any other field."""
        if self.field_name != FIELD:
            return None
        raw, self.chunks = b"".join(self.chunks), []
        self.room -= len(raw)
        return SentPhoto(raw, self.dropped)
