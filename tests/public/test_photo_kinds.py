"""The hint, the picker and the decoder name the same kinds of photos."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from campaign.admin.milestones import MilestoneForm
from slu_antitrafficking import photo_worker
from slu_antitrafficking.start.options import ROOT
from tests.operations.sandbox.kinds import TAKEN
from tips.public.photo_results import PhotoResults

# Of each kind that is decoded, the name that people know and what a browser calls it.
KINDS = {
    "JPEG": ("JPEG", ["image/jpeg"]),
    "PNG": ("PNG", ["image/png"]),
    "HEIF": ("HEIC", ["image/heic", "image/heif"]),
    "WEBP": ("WebP", ["image/webp"]),
    "AVIF": ("AVIF", ["image/avif"]),
    "GIF": ("GIF", ["image/gif"]),
}
NAMES = [name for name, _types in KINDS.values()]
# Endings too, for not every computer knows these types.
PICKED = [*(kind for _name, types in KINDS.values() for kind in types), ".heic", ".heif"]


def names_in(words: str) -> list[str]:
    """The words that are names of kinds."""
    return re.findall(r"\b(?:JPE?G|PNG|HEI[CF]|WebP|AVIF|GIF|TIFF|BMP|SVG)\b", words)


def accepted(html: str) -> list[str]:
    """What the picker of photos offers."""
    field = re.search(r'<input[^>]*type="file"[^>]*>', html)
    assert field
    accept = re.search(r'accept="([^"]*)"', field[0])
    assert accept
    return accept[1].split(",")


def test_the_decoder_takes_these_kinds() -> None:
    assert set(photo_worker.MEGAPIXELS) == set(KINDS)
    for kind, (name, _types) in KINDS.items():
        assert name in TAKEN, kind  # which tests/operations/sandbox/test_same_pixels.py plays


@pytest.mark.parametrize("code", ["en", "es", "fr"])
def test_the_hint_and_the_picker_say_the_same(code: str) -> None:
    with translation.override(code):
        html = render_to_string("tips/_photos_field.html")
    hint = re.search(r'id="photos-hint">(.*?)</p>', html, re.S)
    assert hint
    assert names_in(hint[1]) == NAMES
    assert accepted(html) == PICKED


def test_so_does_the_desk_where_somebody_brings_pictures() -> None:
    html = (ROOT / "templates" / "desk" / "transcribe.html").read_text()
    label = re.search(r'<label for="photos">(.*?)</label>', html)
    assert label
    assert names_in(label[1]) == NAMES
    assert accepted(html) == PICKED


def test_so_does_what_is_said_of_another_kind() -> None:
    for places in ((1,), (1, 2)):
        (said,) = PhotoResults(unknown_kind=places).problems()
        assert names_in(said) == NAMES


def test_so_does_an_editors_picture() -> None:
    field = MilestoneForm.base_fields["picture"]
    assert field.widget.attrs["accept"].split(",") == PICKED
    assert names_in(field.help_text) == NAMES
