"""The sentences for answers: in five languages, in the queue, and on no page."""

import re

import pytest

from campaign import release, review
from campaign.models import ReplyText, Text

LANGUAGES = {"en", "es", "fr", "acf", "ht"}
REPLIES = [row for row in release.rows() if row.family == ReplyText.FAMILY]


@pytest.mark.parametrize("row", REPLIES, ids=lambda row: row.slug)
def test_each_stands_alone_in_five_languages(row: release.Row) -> None:
    assert set(row.texts) == LANGUAGES
    assert row.values["group"] in ReplyText.Group
    for text in row.texts.values():
        assert text["title"][-1] in ".?!"
        assert not text["summary"] + text["body"]


@pytest.mark.django_db
def test_those_on_safety_are_read_first_in_every_language() -> None:
    waiting = list(review.waiting().filter(item__family=ReplyText.FAMILY))
    assert {text.language for text in waiting} == LANGUAGES - {"en"}
    for language in LANGUAGES - {"en"}:
        groups = [one.item.replytext.group for one in waiting if one.language == language]
        assert groups.count(ReplyText.Group.SAFE) == 9
        assert set(groups[:9]) == {ReplyText.Group.SAFE}


@pytest.mark.django_db
def test_an_editor_can_write_one_in_every_language(editor) -> None:
    reply = ReplyText.objects.get(slug="safe-now")
    Text.objects.filter(item=reply, language="ht").delete()
    page = editor.get(f"/desk/campaign/replytext/{reply.pk}/change/").content.decode()
    assert re.search(r'name="texts-\d+-language"[^>]*value="ht"|value="ht"[^>]*name="texts-', page)
