"""The filter costs nobody a photo: every kind comes out of the worker as it does without it."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from slu_antitrafficking import sandbox
from tests.operations.sandbox import kinds
from tests.operations.sandbox.kinds import TAKEN

AROUND = Path(__file__).with_name("around.py")


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    """Every picture by its name."""
    return kinds.pictures()


def cleaned(pictures: dict[str, bytes], *switches: str) -> dict[str, bytes]:
    """What the worker makes of each."""
    photos = list(pictures.values())
    answer = sandbox.ask(photos, str(sandbox.CHILD), *switches, child=AROUND)
    return dict(zip([*pictures, "more"], sandbox.frames(answer), strict=False))


def test_every_kind_of_photo_comes_out_as_without_the_filter(pictures: dict[str, bytes]) -> None:
    filtered, free = cleaned(pictures), cleaned(pictures, "free")
    assert set(filtered) == set(pictures)
    assert [name for name in pictures if filtered[name] != free[name]] == []
    assert [name for name in TAKEN if not filtered[name].startswith(b"\xff\xd8")] == []


@pytest.mark.parametrize("kind", TAKEN)
def test_the_worker_as_it_is_takes_it(kind: str) -> None:
    (photo,) = sandbox.frames(sandbox.ask([TAKEN[kind]()]))
    assert Image.open(io.BytesIO(photo)).format == "JPEG"


def test_a_picture_of_the_site_is_cut_under_the_filter_too() -> None:
    size, *versions = sandbox.frames(sandbox.ask([TAKEN["JPEG"]()], "site"))
    assert size == b"240 320"
    assert [Image.open(io.BytesIO(one)).format for one in versions] == ["WEBP", "WEBP", "JPEG"]


def test_all_is_loaded_before_the_first_photo_is_read(pictures: dict[str, bytes]) -> None:
    # Without the filter, which would refuse it.
    assert json.loads(cleaned(pictures, "free", "imports")["more"]) == []
