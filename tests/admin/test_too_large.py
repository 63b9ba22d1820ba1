"""A form that is larger than the desk reads: no word of it is lost."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.admin.desk import LOG_IN, enter, new_tip, stamp_of, url_of
from tests.cast import Person
from tests.reading import Reading
from tests.variants import played
from tips.admin.triage.verbs import VERBS
from tips.models import Event, Message, Note

pytestmark = pytest.mark.django_db
TEXT = [
    (verb.name, field.name)
    for verb in VERBS.values()
    for field in verb.fields
    if field.is_kept and field.name not in ("sentence", "to", "until", "duplicate_of")
]
STORY = "They keep her passport in a drawer. Ñandú. "


@pytest.fixture(autouse=True)
def _as_the_door(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 4_000_000  # as where SERVE is desk


def said(answer: Any, status: int) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


# On the tip's page, where it has no place now, on a page of its own, and of who may open it.
@pytest.mark.parametrize(
    ("verb", "name"),
    played(
        TEXT,
        *(("reply", "answer"), ("note", "note"), ("lower", "lower_reason")),
        *(("close", "reason"), ("transcribe", "said"), ("hold", "reason")),
    ),
)
def test_a_megabyte_in_any_box_of_a_tip_comes_back(kim: Person, verb: str, name: str) -> None:
    tip, text = new_tip(), STORY * 25_000
    page = said(enter(kim).post(url_of(tip, f"{verb}/"), stamp_of(tip, kim) | {name: text}), 200)
    assert text.strip() in page
    assert [*Message.objects.all(), *Note.objects.all()] == []


def test_a_megabyte_for_the_site_comes_back(ed: Person) -> None:
    client, text = enter(ed), STORY * 25_000
    form = {"slug": "long", "texts-TOTAL_FORMS": "1", "texts-INITIAL_FORMS": "0"}
    page = said(client.post("/desk/campaign/notice/add/", form | {"texts-0-body": text}), 200)
    assert text.strip() in page


def test_of_more_than_the_desk_reads_all_that_was_read_comes_back_with_the_numbers(
    kim: Person, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 40_000
    client, tip = enter(kim), new_tip()
    form = stamp_of(tip, kim) | {"answer": STORY * 100, "note": STORY * 2_000}
    page = said(post(client, url_of(tip, "note/"), form), 413)
    assert STORY * 100 in page
    assert STORY * 500 in page
    assert 'href="tel:999"' in page
    assert "�" not in page
    assert "Press Back" not in page
    assert not Note.objects.exists()
    assert not Event.objects.filter(verb="opened").exists()


def test_a_single_word_and_a_choice_come_back_beside_the_long_box_and_no_key_of_ours(
    kim: Person, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 40_000
    said_so = {"place": "Canaries", "vehicles_phones_online": "PA1234", "danger_now": "yes"}
    keys = {"submission": "ab" * 16, "officer": "kim:signed", "csrfmiddlewaretoken": "cd" * 32}
    form = keys | said_so | {"what_happened": STORY * 2_000}
    page = Reading(said(post(enter(kim), "/desk/tips/tip/add/", form), 413))
    boxes = [tag.get("value") for tag in page.all("input")]
    assert set(said_so.values()) <= set(boxes)
    assert not set(keys.values()) & set(boxes)
    assert len(page.all("textarea")) == 1


def test_a_form_with_too_large_words_and_files_says_that_none_could_be_read(
    kim: Person, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 40_000
    tip = new_tip()
    form = stamp_of(tip, kim) | {"said": STORY * 2_000}
    page = said(enter(kim).post(url_of(tip, "transcribe/"), form), 413)
    assert "None of it could be read" in page


@pytest.mark.parametrize("path", [LOG_IN, "/desk/password_change/"])
def test_no_word_of_a_passphrase_comes_back(kim: Person, settings: Any, path: str) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 40_000
    page = said(post(enter(kim), path, {"password": STORY * 2_000}), 413)
    assert STORY not in page


def test_a_stranger_is_told_no_more_than_that_it_was_too_much(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 40_000
    page = said(post(Client(), "/desk/tips/tip/find/", {"terms": STORY * 2_000}), 413)
    assert STORY not in page


def post(client: Client, path: str, form: dict[str, str]) -> Any:
    """As a form without files is sent."""
    return client.post(path, urlencode(form), "application/x-www-form-urlencoded")
