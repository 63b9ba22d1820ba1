"""A translation by a colleague beside the original, and who reads what."""

import pytest
from django.test import Client

from tests.admin.desk import enter, events, new_tip, stamp_of, url_of
from tests.cast import Person
from tips import actions
from tips.models import Note, Officer, Tip

pytestmark = pytest.mark.django_db
STORY = "No nos dejan salir de la casa."
NOBODY = "Nobody who can open this tip says that they read Spanish."


@pytest.fixture
def tip() -> Tip:
    return new_tip(what_happened=STORY, answer_language="es")


@pytest.fixture
def desk(kim: Person) -> Client:
    """Kim's browser."""
    return enter(kim)


def shown(desk: Client, tip: Tip) -> str:
    return desk.get(url_of(tip)).content.decode()


def test_the_newest_translation_stands_beside_the_original_and_earlier_ones_among_the_notes(
    desk: Client, kim: Person, tip: Tip
) -> None:
    words = ("They do not let us out.", "They do not let us leave the house.")
    for text in words:
        form = stamp_of(tip, kim) | {"translation": text, "into": "en"}
        desk.post(url_of(tip, "translate/"), form)
    page = shown(desk, tip)
    story, translation, side = (page.index(text) for text in (STORY, words[1], words[0]))
    assert story < page.index("Translation into English") < translation < side
    assert "Earlier translation into English: " in page
    assert page.count(words[1]) == 1
    assert [event.about for event in events("noted")] == ["translation"] * 2
    notes = Note.objects.filter(tip=tip)
    assert {(note.kind, note.language, note.by) for note in notes} == {("translation", "en", "kim")}
    assert not any(text.encode() in bytes(note.sealed) for note in notes for text in words)


def test_a_note_is_no_translation(desk: Client, kim: Person, tip: Tip) -> None:
    actions.note(tip=tip, by=kim.officer, text="Called.")
    page = shown(desk, tip)
    assert "Translation into" not in page
    assert "Called." in page


@pytest.mark.parametrize("language", ["", "xx"])
def test_without_a_language_nothing_is_added_and_the_words_stay(
    desk: Client, kim: Person, tip: Tip, language: str
) -> None:
    form = stamp_of(tip, kim) | {"translation": "They do not let us out.", "into": language}
    page = desk.post(url_of(tip, "translate/"), form).content.decode()
    assert "Choose the language that you translated it into; nothing was added." in page
    assert "They do not let us out.</textarea>" in page
    assert not Note.objects.exists()


def test_the_tip_says_when_nobody_who_can_open_it_reads_its_language(
    desk: Client, kim: Person, sam: Person, tip: Tip
) -> None:
    assert NOBODY in shown(desk, tip)
    Officer.objects.filter(pk=sam.officer.pk).update(reads=["fr", "es"])
    assert NOBODY not in shown(desk, tip)
    Officer.objects.filter(pk=sam.officer.pk).update(is_active=False)
    assert NOBODY in shown(desk, tip)
    actions.note(tip=tip, by=kim.officer, text="They do not let us out.", into="en")
    assert NOBODY not in shown(desk, tip)
    assert "Nobody who can open this tip says" not in shown(desk, new_tip())
