"""A bare child: imports Pillow and pillow-heif, reads a picture, shrinks it, writes a JPEG."""

import io
import sys

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
if raw := sys.stdin.buffer.read():
    with Image.open(io.BytesIO(raw)) as picture:
        picture.load()
        picture.thumbnail((2560, 2560), Image.Resampling.LANCZOS)
        picture.convert("RGB").save(sys.stdout.buffer, "JPEG", quality=85)
