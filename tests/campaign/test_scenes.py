"""The drawing in each title band: a place, which belongs to the page and to no text."""

from pathlib import Path

import pytest
from django.conf import settings

from campaign import release, scenes
from tests.campaign.places import AWARENESS
from tests.campaign.showing import read

pytestmark = pytest.mark.django_db

STATIC = Path(settings.BASE_DIR) / "static" / "site"
NAMES = {name for kind in scenes.KINDS.values() for name in kind.values()}


def test_each_scene_is_a_file_of_its_own_with_its_rule_and_each_page_is_there():
    styles = (STATIC / "site.css").read_text()
    for name in NAMES:
        assert (STATIC / f"{name}.svg").is_file()
        assert f".title--{name}{{background-image:url({name}.svg)}}" in styles
    for family, kind in scenes.KINDS.items():
        assert set(kind) <= {row.slug for row in release.rows() if row.family == family}


def test_each_band_shows_one_scene_that_the_page_itself_asks_for(client):
    shown = set()
    for path in AWARENESS[1:]:
        page = read(client, path)
        (asked,) = (one.attrib["href"] for one in page.all("link") if one.get("rel") == "preload")
        (band,) = (one for one in page.all("div") if "title" in one.get("class", "").split())
        name = Path(asked).name.partition(".")[0]
        assert f"title--{name}" in band.attrib["class"], path
        shown.add(name)
    assert shown == NAMES | {"pitons"}
