"""How the doors' files are collected."""

import re
from typing import Any

from django.core.files.base import ContentFile
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


def short(css: str) -> str:
    """The same rules without comments and line ends; ours end no line where a space must be."""
    return LINE_END.sub("", COMMENT.sub("", css))
