"""A bare child: imports Pillow and pillow-heif, reads a picture, shrinks it, writes a JPEG."""

import io
import sys

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
with Image.open(io.BytesIO(sys.stdin.buffer.read())) as picture:
    picture.load()
    picture.thumbnail((2560, 2560), Image.Resampling.LANCZOS)
    picture.convert("RGB").save(sys.stdout.buffer, "JPEG", quality=85)
