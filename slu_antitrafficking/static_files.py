"""How the doors' files are collected and served."""

import re
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.http import FileResponse, Http404, HttpRequest
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
LINE_END = re.compile(r"\s*\n\s*")


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's own; style sheets are served without what only their readers need."""

    def _save(self, name: str, content: Any) -> str:
        if name.startswith("site/") and name.endswith(".css"):
            css = b"".join(content.chunks()).decode()
            content = ContentFile(short(css).encode())
        saved: str = super()._save(name, content)
        return saved


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise's own, which also knows the files of other releases."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for root in settings.OTHER_STATIC_ROOTS:
            self.add_files(root, prefix=self.static_prefix)

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> FileResponse:
        """Raises Http404 for a file whose release was deleted since."""
        try:
            answer: FileResponse = WhiteNoiseMiddleware.serve(static_file, request)
        except FileNotFoundError:
            raise Http404 from None
        return answer


def short(css: str) -> str:
    """The same rules without comments and line ends; ours end no line where a space must be."""
    return LINE_END.sub("", COMMENT.sub("", css))
