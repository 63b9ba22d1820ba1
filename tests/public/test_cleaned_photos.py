"""What stays of a photo that is cleaned: the picture, upright, not too large; nothing else."""

import os
from functools import partial
from io import BytesIO

import piexif
import pytest
from PIL import Image, ImageCms, ImageStat

from tests.public.photo_files import all_cleaned, cleaned, colour, heif, opened, saved, scene

MARKER = b"MARKER-grandma"
PLACE = {piexif.GPSIFD.GPSLatitudeRef: "N", piexif.GPSIFD.GPSLatitude: ((13, 1), (54, 1), (0, 1))}


def exif(turn=1):
    thumbnail = saved(Image.new("RGB", (16, 16)), "JPEG")
    zeroth = {piexif.ImageIFD.Make: MARKER, piexif.ImageIFD.Orientation: turn}
    return piexif.dump({"0th": zeroth, "GPS": PLACE, "1st": {}, "thumbnail": thumbnail})


KINDS = {
    "JPEG": lambda: saved(scene(), "JPEG", exif=exif(), comment=MARKER, dpi=(300, 300)),
    "progressive JPEG": lambda: saved(scene(), "JPEG", exif=exif(), progressive=True),
    "PNG": lambda: saved(scene(), "PNG", exif=exif(), pnginfo=png_text()),
    "WebP": lambda: saved(scene(), "WEBP", exif=exif(), xmp=MARKER),
    "HEIC": lambda: heif(scene(), exif=exif(), xmp=MARKER),
    "AVIF": lambda: saved(scene(), "AVIF", exif=exif(), xmp=MARKER),
    "GIF": lambda: saved(scene(), "GIF", comment=MARKER),
    "moving GIF": lambda: saved(
        scene(), "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48))]
    ),
    "JPEG and a ZIP": lambda: saved(scene(), "JPEG") + b"PK\x03\x04" + MARKER,
    "JPEG with a profile": lambda: saved(scene(), "JPEG", icc_profile=profile()),
}


def png_text():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", MARKER.decode())
    return info


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARKER


@pytest.fixture(scope="module")
def kinds():
    return all_cleaned(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_stays_and_everything_else_goes(kinds, kind):
    done = kinds[kind]
    image = Image.open(BytesIO(done))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 48))
    assert (colour(image, 5, 24), colour(image, 59, 24)) == ("red", "blue")
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    assert MARKER not in done
    # Only what draws the picture: no APP1 to APP15, no comment.
    assert set(segments(done)) <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def segments(jpeg):
    at = 2
    while jpeg[at + 1] != 0xDA:
        yield jpeg[at + 1]
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])


def turned(turn):
    lying = {3: 3, 6: 2, 8: 4, 2: 0, 4: 1, 5: 5, 7: 6}  # how to undo it
    stored = scene() if turn == 1 else scene().transpose(Image.Transpose(lying[turn]))
    return saved(stored, "JPEG", exif=exif(turn))


def test_a_turned_photo_stands_upright():
    for turn, done in all_cleaned({turn: partial(turned, turn) for turn in range(1, 9)}).items():
        image = opened(done)
        assert image.size == scene().size, turn
        assert (colour(image, 5, 24), colour(image, 59, 24)) == ("red", "blue"), turn


def test_broken_exif_does_not_cost_the_photo():
    broken = b"Exif\0\0" + b"MM\0\x2a\xff\xff\xff\xff" + os.urandom(40)
    assert opened(cleaned(saved(scene(), "JPEG", exif=broken))).size == scene().size


def test_cmyk_becomes_rgb():
    print_ = Image.new("CMYK", (40, 30), (0, 255, 255, 0))
    assert opened(cleaned(saved(print_, "JPEG"))).mode == "RGB"


SIZES = [
    ("JPEG", (2720, 2040), (2560, 1920)),
    ("WEBP", (1200, 3000), (1024, 2560)),
    ("JPEG", (2560, 1920), (2560, 1920)),
    ("JPEG", (9000, 1800), (7746, 1549)),  # a panorama: 12 megapixels
    ("PNG", (1080, 14_000), (962, 12_470)),  # a chat, and so are letters: 0.89 of their size
    ("PNG", (1000, 2700), (1000, 2700)),
    ("JPEG", (640, 5000), (640, 5000)),
    ("PNG", (2, 70_000), (2, 65_500)),
]


def test_what_is_large_is_made_smaller_in_its_shape():
    plain = {
        (kind, size): partial(saved, Image.new("RGB", size, "blue"), kind)
        for kind, size, _ in SIZES
    }
    for done, (kind, size, smaller) in zip(all_cleaned(plain).values(), SIZES, strict=True):
        assert Image.open(BytesIO(done)).size == pytest.approx(smaller, abs=1), (kind, size)


def test_the_largest_photo_of_a_cheap_phone_is_taken():
    small = Image.linear_gradient("L").convert("RGB").resize((1020, 768))
    photo = saved(small.resize((8160, 6144), Image.Resampling.NEAREST), "JPEG")
    image = opened(cleaned(photo))
    assert image.size == (2560, 1928)
    assert colour_off(image, small) < 2


def colour_off(image, other):
    """How far the two are from each other, in the mean of all and of each corner; of 255."""
    return max(
        abs(mine - theirs)
        for box in (
            (0, 0, 1, 1),
            (0, 0, 0.1, 0.1),
            (0.9, 0, 1, 0.1),
            (0, 0.9, 0.1, 1),
            (0.9, 0.9, 1, 1),
        )
        for mine, theirs in zip(mean(image, box), mean(other, box), strict=True)
    )


def mean(image, box):
    left, top, right, bottom = box
    wide, high = image.size
    part = image.crop((int(left * wide), int(top * high), int(right * wide), int(bottom * high)))
    return ImageStat.Stat(part).mean
