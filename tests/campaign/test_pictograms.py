"""The small drawings for who cannot read: each is there, is used, and says nothing alone."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings

from campaign import pictograms, release
from campaign.models import Sign
from tests.campaign.places import LANGUAGES, TEMPLATES, in_language
from tests.campaign.showing import read

pytestmark = pytest.mark.django_db

SPRITE = Path(settings.BASE_DIR) / "static" / pictograms.SPRITE
SVG = "{http://www.w3.org/2000/svg}"


def views() -> dict[str, str]:
    """Each view of the file, with the part of the drawing that it shows."""
    root = ElementTree.parse(SPRITE).getroot()
    return {view.attrib["id"]: view.attrib["viewBox"] for view in root.iter(f"{SVG}view")}


def slugs(family: str) -> set[str]:
    return {row.slug for row in release.rows() if row.family == family}


def test_every_name_has_a_drawing_of_its_own_and_every_drawing_a_use() -> None:
    used = {name for kind in pictograms.KINDS.values() for name in kind.values()}
    assert used == set(views())
    assert len(set(views().values())) == len(views())
    drawn = re.findall(r"^<g", SPRITE.read_text(), re.MULTILINE)
    assert len(drawn) == len(views())


def test_whatever_has_one_is_there_and_all_of_its_kind_have_one() -> None:
    assert set(pictograms.TYPES) == slugs("type")
    assert set(pictograms.GROUPS) == set(Sign.Group.values)
    card = {row.slug for row in release.rows() if row.values.get("use") == "card"}
    assert set(pictograms.PHRASES) == card


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_stands_beside_words_and_is_not_read_out(client, code) -> None:
    shown = set()
    for path in TEMPLATES:
        page = read(client, in_language(path, code))
        parents = {child: parent for parent in page.root.iter() for child in parent}
        for picture in (one for one in page.all("img") if one.get("class") == "pic"):
            assert picture.get("alt") == "", path
            assert picture.get("width") == picture.get("height") == "48", path
            assert "".join(parents[picture].itertext()).strip(), path
            shown.add(path)
    assert shown == {
        *("/signs/", "/types/", "/types/forced-labour/", "/get-help/", "/get-help/card/"),
        *("/materials/taxi/", "/materials/poster/", "/materials/tear-off/"),
        "/materials/five-languages/",
    }
