"""Each part of a public page finds its rules among the style sheets that the page loads."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from slu_antitrafficking import static_files
from slu_antitrafficking.static_files import COMMENT
from tests.campaign.places import TEMPLATES, in_language
from tests.public.citizen import Answer, Citizen, Desk
from tests.reading import Reading

SHEETS = Path(settings.BASE_DIR) / "static" / "site"
# A class that begins a selector: the rule is of this part, and not of what it stands in.
OF_CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)(?![\w-])")


def sheets_by_class() -> dict[str, set[str]]:
    """For each class, the sheets that have rules for the screen which begin with it."""
    found: dict[str, set[str]] = defaultdict(set)
    for sheet in SHEETS.glob("*.css"):
        css = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        css = re.sub(r"@media print\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", css)
        for selectors in re.findall(r"([^{}]+)\{", css):
            for selector in selectors.split(","):
                if begins := OF_CLASS.match(selector.strip()):
                    found[begins[1]].add(sheet.name)
    return dict(found)


RULES = sheets_by_class()


def without_rules(page: Reading) -> set[str]:
    """Classes of the page that have rules, but in no sheet that it loads."""
    links = [link.get("href") for link in page.all("link") if link.get("rel") == "stylesheet"]
    loaded = {Path(re.sub(r"\.[0-9a-f]{12}(?=\.css$)", "", str(href))).name for href in links}
    assert "site.css" in loaded
    used = {name for tag in page.root.iter() for name in str(tag.get("class", "")).split()}
    return {name for name in used if name in RULES and not RULES[name] & loaded}


@pytest.mark.parametrize("sheet", sorted(SHEETS.glob("*.css")), ids=lambda sheet: sheet.name)
def test_what_is_served_has_no_line_ends_and_loses_no_space_by_it(sheet: Path) -> None:
    css = COMMENT.sub("", sheet.read_text())
    lines = [line.strip() for line in css.splitlines() if line.strip()]
    assert {line[-1] for line in lines} <= set("{};,:(")
    assert static_files.short(sheet.read_text()) == "".join(lines)


def test_the_rules_are_found() -> None:
    assert RULES["pick"] >= {"ticks.css"}
    assert RULES["steps"] == {"steps.css"}
    assert RULES["plea"] == {"help.css"}
    assert RULES["talk"] == {"form.css"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", TEMPLATES)
def test_each_part_of_a_page_has_its_rules(client: Client, path: str) -> None:
    page = Reading(client.get(in_language(path, "es")).content.decode())
    assert without_rules(page) == set()


def pages_of_a_tip(citizen: Citizen, desk: Desk) -> Iterator[tuple[str, Answer]]:
    """Every page on the way of a tip, by a name."""
    yield "form", citizen.get("/es/report/")
    yield "about oneself", citizen.post("/es/report/", {"relation": "self", "plea": "passport"})
    yield "mistake", citizen.post("/es/report/", {"what_happened": "", "submission": "a" * 32})
    sent = {"what_happened": "help", "danger_now": "yes", "submission": uuid4().hex}
    receipt = citizen.post("/es/report/", sent)
    yield "receipt", receipt
    desk.reads_and_replies("Are you safe?")
    code = {"code": receipt.code}
    yield "code", citizen.get("/es/follow-up/")
    yield "wrong code", citizen.post("/es/follow-up/", {"code": "x"})
    yield "conversation", citizen.post("/es/follow-up/", code)
    yield "remove", citizen.post("/es/follow-up/", code | {"remove": "1"})
    yield "repeated", citizen.post("/es/report/", sent)
    yield "elsewhere", citizen.post("/es/report/", sent, headers={"sec-fetch-site": "cross-site"})


def test_each_part_of_a_page_on_the_way_of_a_tip_has_its_rules(
    citizen: Citizen, desk: Desk
) -> None:
    pages = list(pages_of_a_tip(citizen, desk))
    assert {name: found for name, page in pages if (found := without_rules(page))} == {}
    assert len({page.html for _, page in pages}) == len(pages)


@pytest.mark.django_db
def test_each_part_of_a_page_that_says_no_has_its_rules(client: Client) -> None:
    for path in ("/es/nothing/", "/es/types/nothing/"):
        response = client.get(path)
        assert response.status_code == 404
        assert without_rules(Reading(response.content.decode())) == set()
