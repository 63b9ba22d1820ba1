"""Which photos are refused, with which reason, and that a bad one costs no other."""

import random
import re
import struct
import zlib

import pytest
from PIL import Image

from tests.public.photo_files import all_cleaned, colour, heif, opened, saved, scene
from tips.public import photos
from tips.public.photos import Lost


def noise():
    """Nothing that a file can say in fewer bytes."""
    return Image.effect_noise((400, 300), 60).convert("RGB")


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, *extra, bits=1, colour=0):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    line = zlib.compress(b"\0" * 10_000)
    end = chunk(b"IDAT", line) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + end


HEIC_HEAD = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"

REASONS = {
    Lost.DAMAGED: {
        "nothing": lambda: b"",
        "cut-off JPEG": lambda: saved(scene(400, 300), "JPEG")[:3000],
        "cut-off PNG": lambda: saved(scene(400, 300), "PNG")[:900],
        "cut-off WebP": lambda: saved(noise(), "WEBP")[:2000],
        "cut-off GIF": lambda: saved(noise(), "GIF")[:9000],
        "cut-off HEIC": lambda: heif(scene(400, 300))[:-400],
        "cut-off HEIC in tiles": lambda: heif(scene(400, 300), tile_size=128)[:-400],
        "cut-off AVIF": lambda: saved(scene(400, 300), "AVIF")[:-400],
        "HEIC head alone": lambda: HEIC_HEAD + b"\0" * 40,
        "PNG head alone": lambda: png(9, 9)[:33],
        "PNG with a broken stream": lambda: png(90, 90).replace(b"IDATx", b"IDATy"),
    },
    Lost.UNKNOWN_KIND: {
        "noise": lambda: random.Random(7).randbytes(5000),
        "text": lambda: b"no picture",
        "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "BMP": lambda: saved(scene(), "BMP"),
        "TIFF": lambda: saved(Image.new("RGB", (20, 20)), "TIFF"),
        "EPS": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "PDF": lambda: b"%PDF-1.4",
        "video": lambda: b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + b"\0" * 400,
        "JPEG of 12 bits": lambda: saved(scene(), "JPEG").replace(
            b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c"
        ),
    },
    Lost.TOO_MANY_PIXELS: {
        "PNG": lambda: png(60_000, 60_000),
        "GIF": lambda: b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + b"\0\0\0" + GIF_FRAME,
        "JPEG": lambda: of_size(saved(scene(), "JPEG"), 60_000, 60_000),
        "progressive JPEG": lambda: of_size(
            saved(scene(), "JPEG", progressive=True), 16_320, 12_240
        ),
    },
}

GIF_FRAME = b",\0\0\0\0" + struct.pack("<HH", 60_000, 60_000) + b"\0\x08\1\0\0;"


def of_size(jpeg, width, height):
    """The same JPEG that says it is of another size."""
    frame = re.search(rb"\xff[\xc0\xc2]\0\x11\x08", jpeg).end()
    return jpeg[:frame] + struct.pack(">HH", height, width) + jpeg[frame + 4 :]


@pytest.mark.parametrize("why", REASONS)
def test_what_cannot_be_read_is_refused_with_the_true_reason(why):
    assert all_cleaned(REASONS[why]) == dict.fromkeys(REASONS[why], why)


def test_order_is_kept_and_a_bad_photo_costs_only_itself():
    red, blue = (saved(Image.new("RGB", (20, 20), c), "PNG") for c in ("red", "blue"))
    done = photos.clean([red, b"bad", blue])
    assert done[1] is Lost.UNKNOWN_KIND
    assert [colour(opened(raw), 9, 9) for raw in (done[0], done[2])] == ["red", "blue"]
