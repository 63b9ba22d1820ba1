"""What a phone sends: a large photo that knows where it was, a HEIC, a PNG, and no photo at all."""

import io
from functools import cache

import pillow_heif
from PIL import ExifTags, Image, ImageDraw
from playwright.sync_api import FilePayload

WHERE = (13.0, 53.0, 31.5)  # degrees, minutes, seconds


def scene(width: int, height: int) -> Image.Image:
    """A sky, a sea and a boat."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 2 // 3, width, height), fill="#0a567a")
    draw.polygon(
        [(width // 4, height * 2 // 3), (width * 3 // 4, height * 2 // 3), (width // 2, height)],
        fill="#a8231b",
    )
    return image


@cache
def jpeg_12_megapixels() -> FilePayload:
    """4000 × 3000, held upright, with the place where it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: WHERE}
    )
    return _payload("IMG_0001.jpg", "image/jpeg", scene(4000, 3000), "JPEG", exif=exif)


@cache
def heic() -> FilePayload:
    """As phones take them today."""
    pillow_heif.register_heif_opener()
    return _payload("IMG_0002.HEIC", "image/heic", scene(1600, 1200), "HEIF")


@cache
def png() -> FilePayload:
    """A screenshot."""
    return _payload("Screenshot.png", "image/png", scene(720, 1280), "PNG")


def no_picture() -> FilePayload:
    """A text that calls itself a photo."""
    return {"name": "IMG_0004.jpg", "mimeType": "image/jpeg", "buffer": b"these are only words\n"}


def _payload(name: str, kind: str, image: Image.Image, how: str, **options: object) -> FilePayload:
    written = io.BytesIO()
    image.save(written, how, **options)
    return {"name": name, "mimeType": kind, "buffer": written.getvalue()}
