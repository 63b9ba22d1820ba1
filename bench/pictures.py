"""Pictures to clean: two as phones make them, and some that were made to do harm."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

TINY = (16, 16)  # what is left is the start of the child
PHONE = (4032, 3024)  # 12 MP
LARGE = (8000, 6000)  # 48 MP
ALLOWED = 7000  # squared, just under the most pixels that are decoded
BOMB = 30_000  # squared: 900 million pixels in some kilobytes


def all_of(folder: Path) -> dict[str, Path]:
    """Each by its name, as a file."""
    phone = _photo(PHONE)
    found = {
        "tiny": _photo(TINY),
        "12mp": phone,
        "48mp": _photo(LARGE),
        "bomb": _flat(BOMB, depth=1, kind=0, pixel_bits=1),
        "inflated": _flat(ALLOWED, depth=8, kind=6, pixel_bits=32),
        "truncated": phone[: len(phone) // 2],
    }
    for name, raw in found.items():
        (folder / name).write_bytes(raw)
    return {name: folder / name for name in found}


def _photo(size: tuple[int, int]) -> bytes:
    """A JPEG with large shapes and fine grain, as heavy as a phone's."""
    grain = Image.effect_noise((size[0] // 4, size[1] // 4), 40).resize(size, Image.Resampling.BOX)
    shapes = Image.radial_gradient("L").resize(size)
    out = io.BytesIO()
    Image.merge("RGB", (shapes, grain, Image.blend(shapes, grain, 0.5))).save(
        out, "JPEG", quality=90
    )
    return out.getvalue()


def _flat(edge: int, *, depth: int, kind: int, pixel_bits: int) -> bytes:
    """A PNG of nothing: small as a file, huge as a picture."""
    row = bytes(1 + (edge * pixel_bits + 7) // 8)
    squeeze = zlib.compressobj(9)
    pixels = b"".join([squeeze.compress(row) for _ in range(edge)] + [squeeze.flush()])
    head = struct.pack(">IIBBBBB", edge, edge, depth, kind, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
