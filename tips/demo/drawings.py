"""Drawn pictures that stand for citizens' photos; cleaned like any other."""

import io
from collections.abc import Callable
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tips.public import photos

WIDTH, HEIGHT = 1200, 900
HORIZON = 560
_DARK, _LIGHT = "#2b2f33", "#f2efe6"


def house(draw: ImageDraw.ImageDraw) -> None:
    """A house with a gate."""
    draw.rectangle((260, 250, 940, 700), fill="#ece4d4")
    draw.polygon(((220, 260), (600, 90), (980, 260)), fill="#8a4b3a")
    for left in (330, 540, 750):
        draw.rectangle((left, 330, left + 110, 450), fill="#4b5a63", outline=_LIGHT, width=8)
    draw.rectangle((545, 510, 655, 700), fill="#5a4334")
    for left in range(0, WIDTH, 60):
        draw.rectangle((left, 640, left + 12, 840), fill="#3c6e8f")
    draw.rectangle((0, 690, WIDTH, 704), fill="#3c6e8f")


def site(draw: ImageDraw.ImageDraw) -> None:
    """A building site with a container."""
    for floor in range(3):
        draw.rectangle((90, 180 + 150 * floor, 640, 205 + 150 * floor), fill="#9a958c")
    for left in (100, 260, 420, 600):
        draw.rectangle((left, 180, left + 26, 640), fill="#8a857d")
    draw.rectangle((700, 470, 1120, 660), fill="#a4562f")
    for left in range(720, 1110, 30):
        draw.line((left, 480, left, 650), fill="#8b4626", width=6)
    draw.rectangle((860, 520, 940, 660), fill=_DARK)


def van(draw: ImageDraw.ImageDraw) -> None:
    """A van under a street lamp."""
    draw.rectangle((0, HORIZON + 60, WIDTH, HEIGHT), fill="#4a4a4a")
    draw.rounded_rectangle((270, 330, 900, 680), radius=50, fill=_LIGHT)
    draw.polygon(((900, 420), (1010, 520), (1010, 680), (880, 680)), fill="#e2ded3")
    draw.rectangle((340, 390, 800, 490), fill="#b89a6a")
    for left in (360, 830):
        draw.ellipse((left, 620, left + 130, 750), fill=_DARK)
    draw.rectangle((120, 130, 138, 700), fill="#6b6b6b")
    draw.ellipse((80, 90, 190, 160), fill="#fff3c4")


def boat(draw: ImageDraw.ImageDraw) -> None:
    """A boat at anchor."""
    draw.rectangle((0, HORIZON, WIDTH, HEIGHT), fill="#2f6f87")
    draw.polygon(((190, 520), (1010, 520), (930, 670), (290, 670)), fill="#5c6a74")
    draw.rectangle((360, 390, 620, 520), fill="#d9d9d3")
    for left in (390, 470, 550):
        draw.ellipse((left, 430, left + 40, 470), fill=_DARK)
    draw.line((760, 520, 760, 210, 900, 330), fill="#7a5a3a", width=14)
    for top in range(700, HEIGHT, 50):
        draw.line((0, top, WIDTH, top + 12), fill="#3a8099", width=5)


def road(draw: ImageDraw.ImageDraw) -> None:
    """A road with traffic lights."""
    draw.polygon(((480, HORIZON), (720, HORIZON), (1150, HEIGHT), (50, HEIGHT)), fill="#55555a")
    for top in range(HORIZON + 20, HEIGHT, 90):
        draw.rectangle((592, top, 608, top + 45), fill=_LIGHT)
    draw.rectangle((840, 230, 856, 640), fill="#3c3c3c")
    draw.rounded_rectangle((800, 160, 896, 400), radius=20, fill=_DARK)
    for top, colour in ((180, "#d5483c"), (255, "#5a4a1f"), (330, "#24452b")):
        draw.ellipse((818, top, 878, top + 60), fill=colour)


def chat(draw: ImageDraw.ImageDraw) -> None:
    """A screen with messages, unreadable."""
    _screen(draw)
    for row, (mine, length) in enumerate(((0, 260), (0, 330), (1, 180), (0, 300), (0, 220))):
        left, top = (400, 210 + 110 * row) if not mine else (620, 210 + 110 * row)
        colour = "#cfe8d5" if mine else "#ffffff"
        draw.rounded_rectangle((left, top, left + length, top + 78), radius=22, fill=colour)
        draw.rectangle((left + 24, top + 32, left + length - 30, top + 44), fill="#a8b0b5")


def advert(draw: ImageDraw.ImageDraw) -> None:
    """A screen with a job advert."""
    _screen(draw)
    draw.rectangle((385, 190, 815, 430), fill="#e0a93b")
    draw.text((410, 220), "WORK ABROAD", font=ImageFont.load_default(48), fill=_DARK)
    draw.text((410, 300), "no experience", font=ImageFont.load_default(36), fill=_DARK)
    draw.text((410, 350), "ticket paid", font=ImageFont.load_default(36), fill=_DARK)
    for top in range(480, 760, 44):
        draw.rectangle((400, top, 780 - top % 90, top + 14), fill="#a8b0b5")


SCENES: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    scene.__name__: scene for scene in (house, site, van, boat, road, chat, advert)
}


@cache
def cleaned() -> dict[str, bytes]:
    """Every picture by its name, through the same child as citizens' photos."""
    raw = [_drawn(name) for name in SCENES]
    done = dict(zip(SCENES, photos.clean(raw), strict=True))
    return {name: picture for name, picture in done.items() if isinstance(picture, bytes)}


def _screen(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#7d7468")
    draw.rounded_rectangle((350, 40, 850, 880), radius=50, fill=_DARK)
    draw.rectangle((375, 110, 825, 820), fill="#e9edf0")


def _drawn(name: str) -> bytes:
    picture = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    sky = Image.merge("RGB", (picture.point(lambda v: 90 + v // 3), *2 * (picture,)))
    image = Image.blend(sky, Image.new("RGB", (WIDTH, HEIGHT), "#9fc0cf"), 0.7)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, HORIZON, WIDTH, HEIGHT), fill="#6f7a55")
    SCENES[name](draw)
    # A little grain and blur, as a hand-held phone gives.
    grain = Image.frombytes("L", (300, 225), Random(name).randbytes(300 * 225))
    grain = grain.resize((WIDTH, HEIGHT)).convert("RGB")
    image = Image.blend(image.filter(ImageFilter.GaussianBlur(1.6)), grain, 0.06)
    corner = ImageDraw.Draw(image)
    corner.text((30, 850), "Demonstration", font=ImageFont.load_default(28), fill=_LIGHT)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=70)
    return file.getvalue()
