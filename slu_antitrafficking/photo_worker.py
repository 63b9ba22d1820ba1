"""The child that cleans photos: a script of its own that imports nothing of ours but its filter.

Reads framed photos from stdin (four bytes of length, then the photo) and answers each, in order and
as soon as it is done, with a framed JPEG of new pixels or an empty frame. With the argument "site"
it answers four frames instead: width and height, and the picture in three versions for a page. It
may crash on hostile input and nothing is lost but what it had not written yet.

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
from pathlib import Path

# With Image.preinit all that decoding loads late, for under the filter nothing is loaded. MPO is
# what some phones' JPEGs are.
import pillow_heif
from PIL import AvifImagePlugin, Image, ImageCms, MpoImagePlugin, WebPImagePlugin  # noqa: F401

sys.path.append(str(Path(__file__).parents[1]))  # last: nothing of ours stands before a library
from slu_antitrafficking import seccomp

SECONDS = 40  # of a processor's time, so that other people's work does not count
LIFE = 90  # seconds by the clock, should nobody be left who ends it
MEMORY = 900 * 1024 * 1024
OPEN_FILES = 32
THREADS = 4096  # of all processes of this user together, which Linux does not count for root
PIXELS = 50_000_000
EDGE = 2560
QUALITY = 85
# A picture of the site: the width of a page's column on two kinds of screen, and no tower.
SMALL, LARGE, TALL = 480, 960, 1920
# How each EXIF orientation is undone: the argument of Image.transpose.
UPRIGHT = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}


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
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("ignore")  # to show one needs its line of source
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def turn(image: Image.Image) -> int:
    """The EXIF orientation; broken or missing is upright, and libheif has turned HEIF already."""
    try:
        return int(image.getexif().get(0x0112, 1)) if image.format != "HEIF" else 1
    except Exception:  # noqa: BLE001  hostile EXIF raises anything
        return 1


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB; a profile that cannot be used is left out."""
    if profile and image.mode in ("RGB", "L", "CMYK"):
        try:
            converted = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return converted or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")


def bare(raw: bytes, wide: int, high: int, kinds: list[str]) -> Image.Image:
    """The same picture upright, within these bounds, with pixels and nothing else.

    Raises ValueError for more than PIXELS, and whatever a decoder raises.
    """
    with Image.open(io.BytesIO(raw), formats=kinds) as image:
        if image.width * image.height > PIXELS:
            raise ValueError
        rotation = turn(image)
        bounds = (high, wide) if rotation > 4 else (wide, high)
        if image.format == "JPEG":
            image.draft(None, bounds)
        image.load()
        profile = image.info.get("icc_profile")
        see_through = "A" in image.getbands() or "transparency" in image.info
        picture = image.convert("RGBA") if see_through else image
        if picture.mode not in ("RGB", "RGBA", "L", "CMYK"):
            picture = picture.convert("RGB")
        picture.thumbnail(bounds, Image.Resampling.LANCZOS)
    if see_through:
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    picture = in_srgb(picture, profile)
    if rotation in UPRIGHT:
        picture = picture.transpose(Image.Transpose(UPRIGHT[rotation]))
    new = Image.new("RGB", picture.size)  # a new picture has no info that could go along
    new.paste(picture)
    return new


def saved(picture: Image.Image, kind: str, **options: int | bool) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def clean(raw: bytes) -> list[bytes]:
    """A photo of a tip: one JPEG of at most EDGE pixels."""
    kinds = ["HEIF"] if raw[4:8] == b"ftyp" else ["JPEG", "PNG", "WEBP"]
    return [saved(bare(raw, EDGE, EDGE, kinds), "JPEG", quality=QUALITY)]


def cut(raw: bytes) -> list[bytes]:
    """A picture of the site: its size, a small and a large WebP, and a JPEG for old browsers."""
    large = bare(raw, LARGE, TALL, ["JPEG", "PNG", "WEBP"])
    small = large.copy()
    small.thumbnail((SMALL, TALL), Image.Resampling.LANCZOS)
    return [
        f"{large.width} {large.height}".encode(),
        saved(small, "WEBP", quality=78, method=4),
        saved(large, "WEBP", quality=78, method=4),
        saved(large, "JPEG", quality=80, optimize=True, progressive=True),
    ]


def main() -> None:
    """Answers photo after photo until stdin ends."""
    prepare()
    confine()
    make = cut if sys.argv[1:] == ["site"] else clean
    while len(head := sys.stdin.buffer.read(4)) == 4:
        raw = sys.stdin.buffer.read(int.from_bytes(head))
        try:
            done = make(raw)
        except Exception:  # noqa: BLE001  a decoder may raise anything; it costs this photo alone
            done = [b""]
        for frame in done:
            sys.stdout.buffer.write(len(frame).to_bytes(4) + frame)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
