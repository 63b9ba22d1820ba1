"""What of a file draws its picture, taken out of all that is thrown away.

A decoder reads names, places and profiles before the pixels, and refuses all of it where one of
them is broken or long. Here nothing is refused for what draws nothing: what cannot be read of it
is left out. Imports nothing of ours; the photo worker does, before it gives up opening files.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

# By the first bytes. HEIF and AVIF both begin with a box that names its brands.
SIGNATURES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
}
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
AVIF_BRANDS = {b"avif", b"avis"}
LONGEST_PROFILE = 4_000_000  # bytes; of scanners and printers, those of phones have some hundreds
# In HEIF and AVIF, where it says nothing of how to draw (ISO 23008-12, 6.5.10): libavif refuses the
# pixels with it.
EXIF_ITEM = re.compile(rb"(infe(?:\x02.{7}|\x03.{9}))Exif", re.DOTALL)
EXIF, ICC = b"Exif\0\0", b"ICC_PROFILE\0"
# JPEG's markers (ITU T.81, B.1.1): the frames that decoders know, and those they do not.
FRAMES, OTHER_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}, {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE}
SCAN, END = 0xDA, 0xD9
ALONE = {0x01, 0xD8, *range(0xD0, 0xD8)}  # markers without a segment


class UnknownKind(Exception):
    """No decoder here reads this."""


class Parts(NamedTuple):
    """A picture's kind as Pillow calls it, a file that has nothing but it, and how to see it."""

    kind: str
    drawing: bytes
    exif: bytes = b""
    profile: bytes = b""
    gamma: float = 0.0  # that the samples were written with (PNG, 11.3.2.2); 0 if it is not said


def parts(raw: bytes) -> Parts:
    """The parts of a file.

    Raises UnknownKind for what is no picture that is decoded here, EOFError for one that was cut
    off where its decoder would not say so.
    """
    match _kind(raw):
        case "JPEG":
            return _jpeg(raw)
        case "PNG":
            return _png(raw)
        case "WEBP":
            return _webp(raw)
        case "" if raw:
            raise UnknownKind
        case "":
            raise EOFError
        case "GIF":
            return Parts("GIF", raw)
        case kind:
            _must_be_whole(raw)
            return Parts(kind, EXIF_ITEM.sub(rb"\1free", raw))


def _kind(raw: bytes) -> str:
    for signature, kind in SIGNATURES.items():
        if raw.startswith(signature):
            return kind
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WEBP"
    if raw[4:8] != b"ftyp":
        return ""
    box = raw[8 : min(int.from_bytes(raw[:4]), 1024)]
    brands = {box[at : at + 4] for at in (0, *range(8, len(box), 4))}
    if brands & AVIF_BRANDS and box[:4] not in HEIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & (HEIF_BRANDS | {b"mif1", b"msf1"}) else ""


def _must_be_whole(raw: bytes) -> None:
    """Raises EOFError where pixels are missing: libheif draws what it has, and leaves holes."""
    at = 0
    while len(head := raw[at : at + 16]) >= 8:
        size = int.from_bytes(head[:4])
        if size == 1:  # the real one follows the name
            size = int.from_bytes(head[8:])
        if head[4:8] in {b"meta", b"mdat"} and at + size > len(raw):
            raise EOFError
        at += max(size, 8) if size else len(raw)


def _jpeg(raw: bytes) -> Parts:
    drawing, exif, profile = bytearray(b"\xff\xd8"), b"", {}
    for marker, segment in _segments(raw):
        if marker in OTHER_FRAMES or (marker in FRAMES and segment[4:5] != b"\x08"):
            raise UnknownKind  # without loss, or of 12 bits: of scanners in hospitals
        if marker == 0xE1 and segment[4:10] == EXIF:
            exif = exif or segment[4:]
        elif marker == 0xE2 and segment[4:16] == ICC:
            profile[segment[16:17]] = segment[18:]
        # JFIF and Adobe say which colours the numbers are.
        elif marker not in {*range(0xE0, 0xF0), 0xFE} or _says_colours(marker, segment):
            drawing += segment
    whole = b"".join(profile[number] for number in sorted(profile))
    return Parts("JPEG", bytes(drawing), exif, whole)


def _says_colours(marker: int, segment: bytes) -> bool:
    return (marker == 0xE0 and segment[4:9] == b"JFIF\0") or (
        marker == 0xEE and segment[4:9] == b"Adobe"
    )


def _segments(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with its segment; the first scan's has all the rest of the file."""
    at = 2
    while (at := raw.find(b"\xff", at)) >= 0 and at + 1 < len(raw):
        marker = raw[at + 1]
        if marker in {SCAN, END}:
            yield marker, raw[at:]
            return
        if marker in {0x00, 0xFF} | ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        end = at + 2 + int.from_bytes(raw[at + 2 : at + 4])
        yield marker, raw[at:end]
        at = end


def _png(raw: bytes) -> Parts:
    drawing = bytearray(raw[:8])
    said: dict[bytes, bytes] = {}
    for name, chunk, whole in _chunks(raw):
        is_critical = name in {b"IHDR", b"PLTE", b"IDAT"}
        if is_critical or (whole and name == b"tRNS"):
            drawing += chunk if name != b"IDAT" else _idat(chunk)
        elif whole:
            said.setdefault(name, chunk[8:-4])
    drawing += b"\0\0\0\0IEND\xaeB`\x82"
    gamma = said.get(b"gAMA", b"")
    if len(gamma) != 4 or said.keys() & {b"iCCP", b"sRGB", b"cICP"}:
        gamma = b""
    return Parts(
        "PNG",
        bytes(drawing),
        said.get(b"eXIf", b""),
        _inflated(said.get(b"iCCP", b"").partition(b"\0")[2][1:]),
        int.from_bytes(gamma) / 100_000,
    )


def _idat(chunk: bytes) -> bytes:
    """As it should be: some pixels may be whole where its end or its checksum is not."""
    size = int.from_bytes(chunk[:4])
    named = chunk[4 : 8 + size]
    return (len(named) - 4).to_bytes(4) + named + zlib.crc32(named).to_bytes(4)


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Each chunk's name, the chunk, and whether its checksum is right."""
    at = 8
    while len(head := raw[at : at + 8]) == 8 and head[4:].isalpha() and head[4:] != b"IEND":
        end = at + 12 + int.from_bytes(head[:4])
        chunk = raw[at:end]
        sum_ = zlib.crc32(chunk[4:-4]).to_bytes(4)
        yield head[4:], chunk, end <= len(raw) and sum_ == chunk[-4:]
        at = end


def _inflated(profile: bytes) -> bytes:
    try:
        inflating = zlib.decompressobj()
        whole = inflating.decompress(profile, LONGEST_PROFILE)
    except zlib.error:
        return b""
    return whole if inflating.eof else b""


def _webp(raw: bytes) -> Parts:
    """Of a moving one, the first frame alone."""
    drawing = bytearray()
    said: dict[bytes, bytes] = {}
    for name, chunk in _riff(raw):
        if name == b"VP8X" and len(chunk) == 18:
            drawing += chunk[:8] + bytes([chunk[8] & 0b0001_0010]) + chunk[9:]  # clear, moving
        elif name in {b"ALPH", b"VP8 ", b"VP8L", b"ANIM"} or (name == b"ANMF" and name not in said):
            drawing += chunk
        said.setdefault(name, chunk[8:])
    head = b"RIFF" + struct.pack("<I", len(drawing) + 4) + b"WEBP"
    return Parts("WEBP", head + drawing, said.get(b"EXIF", b""), said.get(b"ICCP", b""))


def _riff(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while len(head := raw[at : at + 8]) == 8:
        size = int.from_bytes(head[4:], "little")
        end = at + 8 + size + size % 2
        yield head[:4], raw[at : at + 8 + size] + bytes(size % 2)
        at = end
