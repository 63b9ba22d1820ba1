import os
import random
import re
import struct
import subprocess
import sys
import threading
import zlib
from functools import partial
from io import BytesIO

import piexif
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageStat

from slu_antitrafficking import sandbox
from tips.public import photos
from tips.public.photos import Lost

MARKER = b"MARKER-grandma"
PLACE = {piexif.GPSIFD.GPSLatitudeRef: "N", piexif.GPSIFD.GPSLatitude: ((13, 1), (54, 1), (0, 1))}


def exif(turn=1):
    thumbnail = saved(Image.new("RGB", (16, 16)), "JPEG")
    zeroth = {piexif.ImageIFD.Make: MARKER, piexif.ImageIFD.Orientation: turn}
    return piexif.dump({"0th": zeroth, "GPS": PLACE, "1st": {}, "thumbnail": thumbnail})


def saved(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def scene(width=64, height=48):
    """Red on the left, blue on the right, with enough noise to be a photo."""
    image = Image.effect_noise((width, height), 20).convert("RGB")
    image.paste("red", (0, 0, width // 2, height))
    image.paste("blue", (width // 2, 0, width, height))
    return image


def noise():
    """Nothing that a file can say in fewer bytes."""
    return Image.effect_noise((400, 300), 60).convert("RGB")


def cleaned(raw):
    (done,) = photos.clean([raw])
    return done


def all_cleaned(made):
    """Of each name what became of its photo; one child has all of them."""
    return dict(zip(made, photos.clean([make() for make in made.values()]), strict=True))


def opened(done):
    image = Image.open(BytesIO(done))
    image.load()
    return image


def colour(image, x, y):
    pixel = image.convert("RGB").getpixel((x, y))
    return ("red", "green", "blue")[pixel.index(max(pixel))]


def heif(image, **options):
    pillow_heif.register_heif_opener()
    return saved(image, "HEIF", **options)


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


def test_no_photo_asks_no_child(asked):
    assert photos.clean([]) == []
    assert not asked()
    photos.clean([b"x"])
    assert asked()


def test_a_child_that_dies_loses_only_the_photos_it_had_not_finished(monkeypatch, tmp_path):
    dies = tmp_path / "dies.py"
    dies.write_text(
        "import os, sys\n"
        "sys.stdout.buffer.write(b'\\0\\0\\0\\x03one' + b'\\0\\0\\0\\x09cut')\n"
        "sys.stdout.flush()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    monkeypatch.setattr(photos, "CHILD", dies)
    assert photos.clean([b"x" * 5_000_000, b"y", b"z"]) == [b"one", Lost.NO_TIME, Lost.NO_TIME]


def test_a_child_that_answers_too_much_costs_its_photo_alone(monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import sys\n"
        "for frame in (bytes(12_600_000), b'one'):\n"
        "    sys.stdout.buffer.write(len(frame).to_bytes(4, 'big') + frame)\n"
    )
    monkeypatch.setattr(photos, "CHILD", broken)
    assert photos.clean([b"x", b"y", b"z"]) == [Lost.DAMAGED, b"one", Lost.NO_TIME]


def test_a_photo_that_never_gets_its_turn_is_said_to_have_had_no_time(monkeypatch):
    monkeypatch.setattr(photos, "SECONDS", 0.1)
    with sandbox._one_child:
        assert photos.clean([b"x", b"y"]) == [Lost.NO_TIME, Lost.NO_TIME]


def test_a_child_that_never_ends_is_ended(monkeypatch, tmp_path):
    hangs = tmp_path / "hangs.py"
    hangs.write_text(
        "import sys, threading\n"
        "sys.stdout.buffer.write(b'\\0\\0\\0\\x03one')\n"
        "sys.stdout.flush()\n"
        "threading.Event().wait()\n"
    )
    monkeypatch.setattr(photos, "CHILD", hangs)
    monkeypatch.setattr(photos, "SECONDS", 0.5)
    assert photos.clean([b"x", b"y"]) == [b"one", Lost.NO_TIME]


def test_photos_do_not_keep_every_thread_from_taking_tips(monkeypatch, tmp_path):
    waits = tmp_path / "waits.py"
    waits.write_text("import sys\nsys.stdin.buffer.read()\n")
    monkeypatch.setattr(photos, "CHILD", waits)
    inside, go = threading.Semaphore(0), threading.Event()

    def held(raw, **limits):
        inside.release()
        go.wait()
        return b""

    monkeypatch.setattr(sandbox, "ask", held)
    waiting = [threading.Thread(target=photos.clean, args=([b"x"],)) for _ in range(4)]
    for thread in waiting:
        thread.start()
    inside.acquire()
    while photos._at_the_door._value:
        pass
    assert photos.clean([b"x"]) == [Lost.NO_TIME]
    go.set()
    for thread in waiting:
        thread.join()


def test_a_photo_of_48_megapixels_fits_into_bounded_memory():
    small = Image.linear_gradient("L").convert("RGB")  # what it costs is the same for any picture
    ask = (
        "import resource, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from tips.public import photos\n"
        "done = photos.clean([sys.stdin.buffer.read()])\n"
        "print(len(done[0]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask, str(photos.CHILD.parent.parent)],
        input=saved(small.resize((8064, 6048), Image.Resampling.NEAREST), "JPEG", progressive=True),
        capture_output=True,
        check=True,
    )
    size, peak = map(int, done.stdout.split())
    assert size > 10_000
    assert peak < 300 * 1024
