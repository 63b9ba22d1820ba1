"""The child that cleans photos: a script that imports nothing of ours but its filter and the parts.

Reads framed photos from stdin (four bytes of length, then the photo) and answers each, in order and
as soon as it is done, with a framed JPEG of new pixels or a word that says why there is none. With
the argument "site" it answers four frames instead: width and height, and the picture in three
versions for a page. It may crash on hostile input and nothing is lost but what it had not written
yet.

Whoever breaks a decoder has this process: it holds the photos of one sending and no secret, and
once all is imported, before the first photo is read, it can ask the kernel for no more than
seccomp.py lets pass. A kernel without seccomp leaves the limits of `confine` alone; `./run run`
says so.
"""

import contextlib
import ctypes
import io
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

# With Image.preinit all that decoding loads late, for under the filter nothing is loaded. EXIF is a
# small TIFF.
import pillow_heif
from PIL import AvifImagePlugin, Image, ImageCms, TiffImagePlugin, WebPImagePlugin  # noqa: F401

sys.path.append(str(Path(__file__).parents[1]))  # last: nothing of ours stands before a library
from slu_antitrafficking import seccomp
from slu_antitrafficking.picture_parts import Parts, UnknownKind, parts

SECONDS = 40  # of a processor's time, so that other people's work does not count
LIFE = 90  # seconds by the clock, should nobody be left who ends it
MEMORY = 900 * 1024 * 1024
OPEN_FILES = 32
THREADS = 4096  # of all processes of this user together, which Linux does not count for root
# Of each kind, how many megapixels are decoded in three quarters of MEMORY. JPEG's are made smaller
# while they are decoded, unless they are progressive: then all of it is in memory first.
MEGAPIXELS = {"JPEG": 260, "PNG": 50, "GIF": 50, "WEBP": 28, "HEIF": 64, "AVIF": 30}
COEFFICIENTS = 400 * 1024 * 1024
EDGE = 2560  # the long side of a photo
AREA = 12_000_000  # what is long or a screenshot has letters, which are to stay readable
LONG = 3  # times as long as it is wide
SIDE = 65_500  # libjpeg writes no longer one
QUALITIES = (85, 60, 30)  # the next where a picture is heavier than HEAVIEST
HEAVIEST = 10_000_000
# A picture of the site: the width of a page's column on two kinds of screen, and no tower.
SMALL, LARGE, TALL = 480, 960, 1920
# How each EXIF orientation is undone: the argument of Image.transpose.
UPRIGHT = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}


class TooManyPixels(Exception):
    """It would not fit into MEMORY."""


def confine() -> None:
    """Gives up memory, time, files, core dumps and the kernel before a hostile byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    with contextlib.suppress(ValueError):  # there is a lower limit already
        resource.setrlimit(resource.RLIMIT_NPROC, (THREADS, THREADS))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        # PR_SET_PDEATHSIG: ends with the worker that asked, however that one ends.
        libc.prctl(1, int(signal.SIGKILL), 0, 0, 0)
        # PR_SET_DUMPABLE: RLIMIT_CORE does not keep a crash from a program that collects dumps.
        libc.prctl(4, 0, 0, 0, 0)
    signal.alarm(LIFE)
    with contextlib.suppress(OSError):  # a unit may forbid it; the photo matters more
        os.nice(5)
    seccomp.load()


def prepare() -> None:
    """Loads and sets what decoding needs, for one thread: memory must not hang on the machine."""
    Image.preinit()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    Image.MAX_IMAGE_PIXELS = None  # MEGAPIXELS is narrower
    warnings.simplefilter("ignore")  # to show one needs its line of source


def turn(exif: bytes) -> int:
    """The EXIF orientation; broken or missing is upright."""
    read = Image.Exif()
    try:
        read.load(exif)
        return int(read.get(0x0112, 1))
    except Exception:  # noqa: BLE001  hostile EXIF raises anything
        return 1


def opened(raw: bytes) -> tuple[Image.Image, Parts]:
    """The picture before a pixel is decoded.

    Raises UnknownKind for what is decoded nowhere here, TooManyPixels for what would not fit into
    MEMORY, and whatever a decoder raises.
    """
    of_it = parts(raw)
    image = Image.open(io.BytesIO(of_it.drawing), formats=[of_it.kind])
    too_many = image.width * image.height > MEGAPIXELS[of_it.kind] * 1_000_000
    if too_many or coefficients(image) > COEFFICIENTS:
        raise TooManyPixels
    return image, of_it


def coefficients(image: Image.Image) -> int:
    """The bytes that a progressive JPEG needs before any pixel can be drawn."""
    if not image.info.get("progressive"):
        return 0
    sampled = [(wide, high) for _, wide, high, _ in image.layer]  # type: ignore[attr-defined]
    most = max(wide for wide, _ in sampled) * max(high for _, high in sampled)
    return sum(2 * image.width * image.height * wide * high // most for wide, high in sampled)


def of_photo(kind: str, wide: int, high: int) -> tuple[int, int]:
    """The bounds of a photo: EDGE by EDGE, or AREA where letters are to stay readable."""
    long, short = max(wide, high), min(wide, high)
    if kind != "PNG" and long <= LONG * short:
        return EDGE, EDGE
    scale = min(1, (AREA / (wide * high)) ** 0.5, SIDE / long)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def of_site(_kind: str, _wide: int, _high: int) -> tuple[int, int]:
    """The bounds of a picture of the site."""
    return LARGE, TALL


def in_plain_mode(image: Image.Image) -> Image.Image:
    """The picture in RGB, RGBA, L or CMYK."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda grey: grey * (1 / 256) + 0).convert("L")
    if image.mode == "RGBA":  # to convert it would be a copy
        return image
    if image.mode in ("LA", "La", "RGBa", "PA") or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def in_srgb(image: Image.Image, of_it: Parts) -> Image.Image:
    """The picture in the colours of a screen; a profile that cannot be used is left out."""
    profile = of_it.profile or image.info.get("icc_profile")
    if profile:
        try:
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            seen = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode
            )
            return seen or image
        except Exception:  # noqa: BLE001  a hostile profile raises anything
            return image
    if 0.1 < of_it.gamma < 10:
        as_seen = [on_screen((value / 255) ** (1 / of_it.gamma)) for value in range(256)]
        alpha = list(range(256)) if image.mode == "RGBA" else []
        return image.point(as_seen * (len(image.getbands()) - bool(alpha)) + alpha)
    return image


def on_screen(light: float) -> int:
    """The number that makes a screen shine so, of 255 (sRGB, IEC 61966-2-1)."""
    shade = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(255 * shade)


def bare(raw: bytes, bounds: Callable[[str, int, int], tuple[int, int]]) -> Image.Image:
    """The same picture upright, within these bounds, with pixels and nothing else.

    Raises UnknownKind for what is decoded nowhere here, TooManyPixels for what would not fit into
    MEMORY, and whatever a decoder raises.
    """
    image, of_it = opened(raw)
    with image:
        # libheif has turned HEIF already.
        rotation = 1 if of_it.kind == "HEIF" else turn(of_it.exif or image.info.get("exif", b""))
        turned = rotation > 4
        size = image.size[::-1] if turned else image.size
        size = bounds(of_it.kind, *size)
        size = size[::-1] if turned else size
        if of_it.kind == "JPEG":
            image.draft(None, size)
        image.load()
        picture = in_plain_mode(image)
        picture.thumbnail(size, Image.Resampling.LANCZOS)
    picture = in_srgb(picture, of_it)
    if picture.mode == "RGBA":
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    picture = picture.convert("RGB")
    if rotation in UPRIGHT:
        picture = picture.transpose(Image.Transpose(UPRIGHT[rotation]))
    new = Image.new("RGB", picture.size)  # a new picture has no info that could go along
    new.paste(picture)
    return new


def saved(picture: Image.Image, kind: str, **options: int | bool | str) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def clean(raw: bytes) -> list[bytes]:
    """A photo of a tip: one JPEG, as good as HEAVIEST allows."""
    picture = bare(raw, of_photo)
    # What is drawn or small has edges of colour, and small costs nothing.
    small = picture.width * picture.height < 100_000
    colours = "4:4:4" if small or raw[:4] in (b"\x89PNG", b"GIF8") else "4:2:0"
    for quality in (95, *QUALITIES) if small else QUALITIES:
        file = saved(picture, "JPEG", quality=quality, subsampling=colours)
        if len(file) <= HEAVIEST:
            break
    return [file]


def cut(raw: bytes) -> list[bytes]:
    """A picture of the site: its size, a small and a large WebP, and a JPEG for old browsers."""
    large = bare(raw, of_site)
    small = large.copy()
    small.thumbnail((SMALL, TALL), Image.Resampling.LANCZOS)
    return [
        f"{large.width} {large.height}".encode(),
        saved(small, "WEBP", quality=78, method=4),
        saved(large, "WEBP", quality=78, method=4),
        saved(large, "JPEG", quality=80, optimize=True, progressive=True),
    ]


def why_not(error: Exception) -> bytes:
    """The word that the door has a sentence for."""
    if isinstance(error, UnknownKind) or "nsupported" in str(error):  # as libheif says it
        return b"unknown_kind"
    return b"too_many_pixels" if isinstance(error, TooManyPixels | MemoryError) else b"damaged"


def main() -> None:
    """Answers photo after photo until stdin ends."""
    prepare()
    confine()
    make = cut if sys.argv[1:] == ["site"] else clean
    while len(head := sys.stdin.buffer.read(4)) == 4:
        raw = sys.stdin.buffer.read(int.from_bytes(head))
        try:
            done = make(raw)
        except Exception as error:  # noqa: BLE001  a decoder may raise anything; it costs this photo alone
            done = [why_not(error)]
        for frame in done:
            sys.stdout.buffer.write(len(frame).to_bytes(4) + frame)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
