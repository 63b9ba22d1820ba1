"""A photo as a browser picks it, too noisy to be small."""

from io import BytesIO

from PIL import Image


def photo() -> dict[str, str | bytes]:
    """What Playwright sets as a chosen file."""
    out = BytesIO()
    Image.effect_noise((800, 600), 50).convert("RGB").save(out, "JPEG", quality=95)
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
