"""The editors' lists: names, the state of every text at a glance, and what narrows them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.models import Notice, Page, Sign, Text

pytestmark = pytest.mark.django_db
LIST = "/desk/campaign/sign/"


@pytest.fixture
def spanish():
    """A sign whose only translation is a machine's."""
    sign = Sign.objects.get(slug="debt")
    sign.texts.exclude(language="en").delete()
    return Text.objects.create(item=sign, language="es", title="Deuda", state="machine")


def row(html, name):
    """The words of the row with this title, states included."""
    found = next(one for one in re.findall(r"<tr>.*?</tr>", html, re.S) if f">{name}<" in one)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def listed(client, query):
    html = client.get(f"{LIST}?{query}").content.decode()
    return set(re.findall(r"/desk/campaign/sign/(\d+)/change/", html))


def test_a_row_names_the_item_and_the_state_of_each_language(editor, spanish):
    name = spanish.item.texts.get(language="en").title
    html = editor.get(LIST).content.decode()
    assert "en reviewed es machine-written fr missing" in row(html, name)
    Text.objects.filter(pk=spanish.pk).update(outdated=True)
    assert "es outdated" in row(editor.get(LIST).content.decode(), name)


def test_a_list_narrows_to_one_state_of_one_language(editor, spanish):
    this = str(spanish.item_id)
    assert this in listed(editor, "texts=es-machine")
    assert this not in listed(editor, "texts=es-reviewed")
    assert this in listed(editor, "texts=fr-missing")
    assert this not in listed(editor, "texts=es-missing")
    Text.objects.filter(pk=spanish.pk).update(outdated=True)
    assert this in listed(editor, "texts=es-outdated")
    assert this not in listed(editor, "texts=es-machine")


def test_blocks_stand_below_their_page(editor):
    html = editor.get("/desk/campaign/page/").content.decode()
    spans = re.findall(r'<span class="(whole|block)">([^<]*)', html)
    whole = [index for index, (kind, _) in enumerate(spans) if kind == "whole"]
    home = Page.objects.get(slug="home").texts.get(language="en").title
    start = spans.index(("whole", home.replace("'", "&#x27;")))
    assert all(kind == "block" for kind, _ in spans[start + 1 : min(i for i in whole if i > start)])
    assert len(whole) == Page.objects.filter(on=None).count()


@pytest.mark.usefixtures("read_once")
def test_a_list_asks_few_questions_however_long_it_is(editor, django_assert_max_num_queries):
    editor.get("/desk/")  # the copy in memory is there from now on
    for kind in ("page", "sign", "contact", "question", "milestone"):
        with django_assert_max_num_queries(12):
            editor.get(f"/desk/campaign/{kind}/?all=")


def test_the_list_of_notices_says_which_show_and_why_others_do_not(editor):
    today = timezone.localdate()
    day = timedelta(days=1)
    notices = {
        "now": {"starts": today - day, "ends": today},
        "not yet": {"starts": today + day, "ends": today + day},
        "over": {"starts": today - 2 * day, "ends": today - day},
        "unpublished": {"starts": today, "ends": today, "published": False},
        "not yet: its English is a draft": {"starts": today, "ends": today},
    }
    for number, (shows, columns) in enumerate(notices.items()):
        notice = Notice.objects.create(slug=f"own-{number}", position=number, **columns)
        state = "draft" if "draft" in shows else "reviewed"
        Text.objects.create(item=notice, title=f"Notice {number}", state=state)
    html = editor.get("/desk/campaign/notice/").content.decode()
    shown = re.findall(r'<td class="field-shows">([^<]*)</td>', html)
    assert sorted(shown) == sorted(notices)
