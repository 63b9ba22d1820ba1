"""A picture of every kind that a decoder may meet, good and bad."""

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

pillow_heif.register_heif_opener()


@cache
def scene(width: int = 320, height: int = 240) -> Image.Image:
    """Large shapes and fine grain."""
    grain = Image.effect_noise((width, height), 40)
    shapes = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (shapes, grain, Image.blend(shapes, grain, 0.5)))


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif() -> Image.Exif:
    """As a phone held upright writes it, the place included."""
    made = Image.Exif()
    made[0x0112] = 6
    made[0x010F] = "Maker"
    made.get_ifd(0x8825).update({1: "N", 2: (13.0, 54.0, 1.0)})
    return made


def jpeg(**options: Any) -> bytes:
    """As phones take them."""
    return saved(scene(), "JPEG", exif=exif(), **options)


def heic(mode: str, tile: int | None) -> bytes:
    """Ten bits a colour, in tiles as iPhones write them or whole."""
    width, height = 800, 600
    bits = scene(width, height).convert("L").tobytes()
    wide = bytearray(2 * len(mode) * len(bits))
    for place in range(len(mode)):
        wide[2 * place + 1 :: 2 * len(mode)] = bits
    made = pillow_heif.from_bytes(mode=f"{mode};16", size=(width, height), data=bytes(wide))
    out = io.BytesIO()
    made.save(out, quality=30, enc_params={"preset": "ultrafast"}, tile_size=tile)
    return out.getvalue()


def text() -> PngImagePlugin.PngInfo:
    """Each kind of words in a PNG."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "somebody")
    info.add_text("Comment", "somewhere " * 50, zip=True)
    info.add_itxt("Title", "Où", "fr", "Titre")
    return info


def profile(name: str) -> bytes:
    """A colour profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


BROKEN_EXIF = b"Exif\0\0MM\0\x2a\xff\xff\xff\xff"
# What the worker takes.
TAKEN: dict[str, Callable[[], bytes]] = {
    "JPEG": jpeg,
    "progressive JPEG": lambda: jpeg(progressive=True, optimize=True),
    "JPEG of two (MPO)": lambda: saved(
        scene(), "MPO", save_all=True, append_images=[scene(160, 120)], exif=exif()
    ),
    "JPEG with a profile": lambda: jpeg(icc_profile=profile("sRGB")),
    "JPEG with a strange profile": lambda: jpeg(icc_profile=profile("XYZ")),
    "JPEG for print": lambda: saved(scene().convert("CMYK"), "JPEG"),
    "grey JPEG": lambda: saved(scene().convert("L"), "JPEG"),
    "JPEG with broken EXIF": lambda: saved(
        scene(), "JPEG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff"
    ),
    "PNG": lambda: saved(scene(), "PNG", pnginfo=text(), exif=exif()),
    "PNG of 16 bits": lambda: saved(Image.new("I;16", (64, 48), 9000), "PNG"),
    "see-through PNG": lambda: saved(scene().convert("RGBA"), "PNG"),
    "PNG of few colours": lambda: saved(scene().quantize(64), "PNG", transparency=3),
    "moving PNG": lambda: saved(scene(), "PNG", save_all=True, append_images=[scene()]),
    "WebP": lambda: saved(scene(), "WEBP", exif=exif(), xmp=b"<x/>"),
    "WebP without loss": lambda: saved(scene().convert("RGBA"), "WEBP", lossless=True),
    "moving WebP": lambda: saved(scene(), "WEBP", save_all=True, append_images=[scene()]),
    "HEIC": lambda: saved(scene(), "HEIF", exif=exif()),
    "see-through HEIC": lambda: saved(scene().convert("RGBA"), "HEIF"),
    "HEIC of ten bits": lambda: heic("RGB", None),
    "HEIC of ten bits in tiles": lambda: heic("RGB", 256),
    "AVIF": lambda: saved(scene(), "AVIF", exif=exif(), speed=10),
    "moving AVIF": lambda: saved(scene(), "AVIF", speed=10, save_all=True, append_images=[scene()]),
    "GIF": lambda: saved(scene().quantize(64), "GIF", transparency=3),
    "moving GIF": lambda: saved(scene(), "GIF", save_all=True, append_images=[scene(160, 120)]),
}


def pictures() -> dict[str, bytes]:
    """Each by its name; the good ones, each again cut off in its middle, and noise."""
    good = {name: make() for name, make in TAKEN.items()}
    cut_off = {f"cut-off {name}": raw[: len(raw) // 2] for name, raw in good.items()}
    return good | cut_off | {"noise": scene().tobytes()[:5000]}
