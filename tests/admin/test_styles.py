"""What the desk's style sheets name is there: a class that nothing has styles nothing."""

import re

from django.contrib.admin import site

import campaign.admin  # noqa: F401 - registers the editors' lists
from slu_antitrafficking.start.options import ROOT
from tips.models import Tip

STYLES = "".join(file.read_text() for file in (ROOT / "static" / "desk").glob("*.css"))


def named(prefix: str) -> set[str]:
    return set(re.findall(rf"\.{prefix}([a-z_]+)", STYLES))


def test_every_styled_column_is_one_of_a_list() -> None:
    lists = {str(column) for one in site._registry.values() for column in one.list_display}
    ours = "".join(file.read_text() for file in (ROOT / "templates" / "desk").glob("*.html"))
    lists |= set(re.findall(r'class="field-([a-z_]+)"', ours))
    assert named("field-") - lists == set()
    assert {"why", "type_titles", "marks", "answered_in"} <= named("field-")


def test_every_styled_status_is_one_of_a_tip() -> None:
    assert named("status--") - set(Tip.Status.values) == set()
    assert {"asked", "active", "closed"} <= named("status--")


def test_no_list_has_boxes_to_tick_and_none_is_styled() -> None:
    assert [one.actions for one in site._registry.values()] == [None] * len(site._registry)
    assert re.findall(r"action-[a-z]+", STYLES) == []
