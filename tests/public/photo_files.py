"""Photos as files of each kind, and what became of them when they were cleaned."""

from io import BytesIO

import pillow_heif
from PIL import Image

from tips.public import photos


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
