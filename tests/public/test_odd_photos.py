"""What is thrown away of a photo never decides whether it is taken, nor how it looks."""

import re
import struct
import zlib
from io import BytesIO

import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageStat
from PIL.PngImagePlugin import PngInfo

from tests.public.photo_files import saved
from tips.public import photos
from tips.public.photos import Lost

pillow_heif.register_heif_opener()
JPEG_TURNED = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\1\x01\x12\0\x03\0\0\0\1\0\x06\0\0\0\0\0\0"


def scene(mode="RGB"):
    """Four corners of different colours, each a flat one."""
    image = Image.new("RGB", (160, 120), (60, 120, 180))
    image.paste((200, 40, 40), (0, 0, 80, 60))
    image.paste((40, 160, 60), (80, 60, 160, 120))
    image.paste((240, 220, 120), (80, 0, 160, 60))
    return image.convert(mode)


def opened(raw):
    (image,) = all_opened([raw])
    return image


def all_opened(raw):
    """What became of these photos; one child has all of them."""
    done = photos.clean(raw)
    assert not [lost for lost in enumerate(done) if isinstance(lost[1], Lost)]
    return [Image.open(BytesIO(one)) for one in done]


def off(image, other):
    """How far two pictures are from each other at most, in the mean of each quarter; of 255."""
    assert image.size == other.size
    wide, high = image.size
    boxes = [
        (left, top, left + wide // 2, top + high // 2)
        for left in (0, wide // 2)
        for top in (0, high // 2)
    ]
    return max(
        abs(mine - theirs)
        for box in boxes
        for mine, theirs in zip(
            ImageStat.Stat(image.crop(box)).mean,
            ImageStat.Stat(other.convert("RGB").crop(box)).mean,
            strict=True,
        )
    )


def chunk(name, data, check=None):
    sum_ = zlib.crc32(name + data) if check is None else check
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", sum_)


def png(*extra, image=None):
    """With these chunks behind the first."""
    raw = saved(image or scene(), "PNG")
    return raw[:33] + b"".join(extra) + raw[33:]


def jpeg(*segments, raw=None):
    """With these segments behind the first marker."""
    raw = raw or saved(scene(), "JPEG", quality=95)
    parts = [
        bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data for marker, data in segments
    ]
    return raw[:2] + b"".join(parts) + raw[2:]


def text():
    info = PngInfo()
    info.add_text("Comment", "somewhere " * 200_000, zip=True)
    return info


def avif_with_broken_exif():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    raw = saved(scene(), "AVIF", quality=95, exif=exif)
    assert raw.count(b"MM\0\x2a") == 1
    return raw.replace(b"MM\0\x2a", b"XX\0\x2a")


PROFILE = b"name\0\0" + zlib.compress(bytes(9_000_000))
THROWN_AWAY = {
    "long text": lambda: saved(scene(), "PNG", pnginfo=text()),
    "a bomb of text": lambda: png(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(90_000_000), 9))),
    "text with a wrong checksum": lambda: png(chunk(b"tEXt", b"a\0b", check=1)),
    "text that is none": lambda: png(chunk(b"iTXt", b"\xff\xfe"), chunk(b"zTXt", b"a\0\0no zip")),
    "a profile that is too long": lambda: png(chunk(b"iCCP", PROFILE)),
    "a profile that is none": lambda: png(chunk(b"iCCP", b"name\0\0no zip")),
    "a profile with a wrong checksum": lambda: png(chunk(b"iCCP", PROFILE, check=1)),
    "a gamma with a wrong checksum": lambda: png(chunk(b"gAMA", b"\0\0\xff\xff", check=1)),
    "a gamma of nothing": lambda: png(chunk(b"gAMA", b"\0\0\0\0")),
    "broken EXIF in a PNG": lambda: png(chunk(b"eXIf", b"MM\0\x2a\xff\xff\xff\xff")),
    "an end that is missing": lambda: saved(scene(), "PNG")[:-12],
    "a checksum of pixels that is missing": lambda: saved(scene(), "PNG")[:-16],
    "a ZIP behind a PNG": lambda: saved(scene(), "PNG") + b"PK\3\4" * 50,
    "a ZIP behind a JPEG": lambda: saved(scene(), "JPEG") + b"PK\3\4" * 50,
    "a video behind a JPEG": lambda: saved(scene(), "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(99),
    "broken EXIF in a JPEG": lambda: jpeg((0xE1, b"Exif\0\0MM\0\x2a\xff\xff\xff\xff")),
    "a broken index of more pictures": lambda: jpeg((0xE2, b"MPF\0MM\0\x2a\0\0\0\x08\xff\xff")),
    "half a profile in a JPEG": lambda: jpeg((0xE2, b"ICC_PROFILE\0\1\2" + bytes(80))),
    "a profile that is noise": lambda: jpeg((0xE2, b"ICC_PROFILE\0\1\1" + bytes(range(200)))),
    "a grey profile": lambda: saved(
        scene(),
        "JPEG",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ),
    "notes of Photoshop that are cut off": lambda: jpeg(
        (0xED, b"Photoshop 3.0\0" + b"8BIM\3\xed\0")
    ),
    "filling between segments": lambda: jpeg((0xEF, b"x")).replace(
        b"\xff\xdb", b"\xff\xff\xff\xdb", 1
    ),
    "broken EXIF in a WebP": lambda: saved(
        scene(), "WEBP", lossless=True, exif=b"Exif\0\0MM\0\x2a\xff"
    ),
    "a profile that is noise in a WebP": lambda: saved(
        scene(), "WEBP", lossless=True, icc_profile=bytes(range(200))
    ),
    "a WebP whose words are cut off": lambda: saved(scene(), "WEBP", lossless=True, xmp=b"x" * 900)[
        :-300
    ],
    "broken EXIF in an AVIF": avif_with_broken_exif,
    "a GIF whose next frame is broken": lambda: saved(
        scene(), "GIF", save_all=True, append_images=[Image.effect_noise((160, 120), 50)]
    )[:-900],
}


def test_what_is_thrown_away_costs_nobody_a_photo():
    images = all_opened([make() for make in THROWN_AWAY.values()])
    differ = dict(zip(THROWN_AWAY, (off(image, scene()) for image in images), strict=True))
    assert max(differ.values()) < 3, differ


def linear(gamma):
    """The scene with its numbers as a program with another gamma writes them."""
    return scene().point([round(255 * in_light(value) ** gamma) for value in range(256)] * 3)


def in_light(value):
    return value / 255 / 12.92 if value < 10.3 else ((value / 255 + 0.055) / 1.055) ** 2.4


def with_gamma(gamma):
    said = chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))
    return png(said, image=linear(gamma))


def test_a_png_looks_as_its_gamma_says():
    for image in all_opened([with_gamma(gamma) for gamma in (1, 0.55, 0.45455)]):
        assert off(image, scene()) < 4


def test_a_gamma_beside_the_colours_of_screens_says_nothing():
    said = chunk(b"gAMA", struct.pack(">I", 100_000)), chunk(b"sRGB", b"\0")
    assert off(opened(png(*said)), scene()) < 3


LYING = {
    "JPEG": lambda raw: jpeg((0xE1, JPEG_TURNED), raw=raw),
    "PNG": lambda raw: raw[:33] + chunk(b"eXIf", JPEG_TURNED[6:]) + raw[33:],
}


@pytest.mark.parametrize("kind", LYING)
def test_a_photo_stands_upright_whatever_it_is_stored_as(kind):
    stored = scene().transpose(Image.Transpose.ROTATE_90)
    raw = LYING[kind](saved(stored, kind, **({"quality": 95} if kind == "JPEG" else {})))
    assert off(opened(raw), scene()) < 3


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_a_photo_of_a_browsers_kind_stands_upright(kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = scene().transpose(Image.Transpose.ROTATE_90)
    assert off(opened(saved(stored, kind, exif=exif, quality=95)), scene()) < 4


def test_words_before_a_turn_do_not_hide_it():
    stored = scene().transpose(Image.Transpose.ROTATE_90)
    words = (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")
    raw = jpeg(words, (0xE1, JPEG_TURNED), raw=saved(stored, "JPEG", quality=95))
    assert off(opened(raw), scene()) < 3


MODES = ("1", "L", "P", "LA", "RGBA")


def test_every_kind_of_pixel_keeps_its_colour():
    given = [scene("L").convert(mode) if mode in {"LA", "L"} else scene(mode) for mode in MODES]
    images = all_opened([saved(one, "PNG") for one in given])
    for mode, image, one in zip(MODES, images, given, strict=True):
        assert off(image, one) < 4, mode


def test_sixteen_bits_of_grey_keep_their_light():
    grey = Image.new("I;16", (40, 30), 128 * 256)
    assert opened(saved(grey, "PNG")).getpixel((9, 9)) == pytest.approx((128, 128, 128), abs=2)


def test_half_see_through_is_half_white():
    clear = Image.new("RGBA", (64, 48), (0, 0, 0, 128))
    kinds = ("PNG", "WEBP", "HEIF", "AVIF")
    images = all_opened([saved(clear.convert("LA"), "PNG"), *(saved(clear, one) for one in kinds)])
    for image, kind in zip(images, ("PNG in grey", *kinds), strict=True):
        assert image.getpixel((9, 9)) == pytest.approx((127, 127, 127), abs=4), kind


def test_letters_of_a_long_chat_stay_readable():
    chat = Image.new("L", (1080, 20_000), 255)
    chat.paste(0, (500, 10_000, 540, 10_004))  # a stroke four pixels thick
    image = opened(saved(chat, "PNG"))
    assert image.width >= 0.7 * chat.width
    assert image.convert("L").getextrema()[0] < 60


def test_only_what_a_decoder_needs_goes_into_it():
    from slu_antitrafficking.picture_parts import parts

    raw = jpeg((0xE1, JPEG_TURNED), (0xED, b"Photoshop 3.0\0"), (0xFE, b"words"))
    drawing = parts(raw).drawing
    assert re.findall(rb"Exif|Photoshop|words", drawing) == []
    assert b"JFIF" in drawing
