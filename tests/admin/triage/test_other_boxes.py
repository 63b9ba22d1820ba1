"""What is typed in other boxes than those of the verb that was pressed."""

import pytest
from django.test import Client
from django.utils.html import escape

from campaign import offers
from tests.admin.desk import enter, stamp_of, url_of
from tests.admin.triage.trying import (
    ADDED,
    NO_WORDS,
    OWN,
    PHOTO,
    SAID,
    SUPERVISORS,
    TYPED,
    happened,
)
from tests.cast import Person
from tests.variants import played
from tips.admin.triage.unsent import SENTENCES
from tips.admin.triage.verb import Field
from tips.admin.triage.verbs import KEPT, VERBS
from tips.models import Tip

pytestmark = pytest.mark.django_db


def others(verb: str) -> list[Field]:
    """The boxes that this verb does not take."""
    mine = {field.name for field in VERBS[verb].fields} | (
        {"note"} if VERBS[verb].takes_note else set()
    )
    return [box for box in KEPT if box.name not in mine]


def survives(verb: str, tip: Tip, client: Client, form: dict[str, str], boxes: list[Field]) -> None:
    """What is typed there is on the page that comes up once the form is done, unsent."""
    special = {"to": "dana", "until": "2099-01-01", "sentence": "safe-call"}
    texts = {box.name: special.get(box.name, f"Words of the box {box.name}.") for box in boxes}
    answer = client.post(url_of(tip, f"{verb}/"), form | TYPED[verb] | texts)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.content.decode()
    for text in texts.values():
        line = escape(offers.english_lines(["safe-call"])["safe-call"])
        chosen = ('value="safe-call" checked', f">{line}</textarea>")
        assert any(one in page for one in (chosen if text == "safe-call" else (text,))), text
    assert "not sent" in page


@pytest.mark.parametrize(
    "verb", played(VERBS, NO_WORDS, SAID, OWN, SUPERVISORS, PHOTO), indirect=True
)
def test_what_is_typed_in_all_other_boxes_survives_every_verb_and_its_reload(
    verb: str, tip: Tip, kim: Person
) -> None:
    client, form, before = enter(kim), stamp_of(tip, kim), happened(verb)
    for _ in range(2):
        boxes = [box for box in others(verb) if box.name != SENTENCES]
        survives(verb, tip, client, form, boxes)
    assert happened(verb) == before + 1


def in_one_box_alone(verb: str, tip: Tip, kim: Person, boxes: list[Field]) -> None:
    client, before = enter(kim), happened(verb)
    for box in boxes:
        survives(verb, tip, client, stamp_of(tip, kim), [box])
    assert happened(verb) == before + len(boxes)


@pytest.mark.parametrize("verb", [ADDED], indirect=True)
def test_what_is_typed_in_any_other_box_alone_survives_a_note(
    verb: str, tip: Tip, kim: Person
) -> None:
    in_one_box_alone(verb, tip, kim, others(verb))


@pytest.mark.parametrize("verb", [SAID], indirect=True)
def test_a_note_that_is_typed_alone_survives_an_answer(verb: str, tip: Tip, kim: Person) -> None:
    in_one_box_alone(verb, tip, kim, [box for box in KEPT if box.name == "note"])


def name_of(value: str | Field) -> str:
    return value if isinstance(value, str) else value.name


@pytest.mark.audit
@pytest.mark.parametrize(
    ("verb", "box"),
    [(verb, box) for verb in VERBS for box in others(verb)],
    ids=name_of,
    indirect=["verb"],
)
def test_what_is_typed_in_any_other_box_alone_survives_every_verb(
    verb: str, tip: Tip, kim: Person, box: Field
) -> None:
    in_one_box_alone(verb, tip, kim, [box])
