"""What can be read over the end of one block and the start of the next waits, too."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection

from campaign import changes, second_person
from campaign.models import (
    Material,
    Milestone,
    Page,
    Provision,
    Question,
    Sign,
    Text,
    TraffickingType,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of_signs():
    """A page for blocks of the tests; nobody in danger is sent to it."""
    whole = Page.objects.create(slug="own-page", position=2000)
    Text.objects.create(item=whole, title="Our page", state="reviewed")
    return whole


def block(whole, position, title, **parts):
    """A block that shows already."""
    made = Page.objects.create(slug=f"own-{position}", position=position, on=whole)
    Text.objects.create(item=made, title=title, state="reviewed", **parts)
    return made


def why(item, **words):
    """Why it waits that the item's English gets these words, and what else a text has not."""
    before = changes.stored(item)
    after = replace(before, texts={"en": before.texts["en"] | words})
    return second_person.reasons(before, after, second_person.known_targets())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"body": "Call 758 4"}, {"title": "56 78 90"}),
        ({"body": "Call 758 4"}, {"title": "The rest", "body": "56 78"}),
        ({"title": "Call 758 4"}, {"title": "56 78", "body": "Words that lists leave out."}),
        ({"body": "Call seven five"}, {"title": "Eighty four"}),
        ({"summary": "Ring 758"}, {"title": "HELP-NOW"}),
        ({"body": "Write to help-lucia"}, {"title": ".help"}),
    ],
)
def test_a_lead_split_over_two_blocks_waits(page_of_signs, first, second):
    """Whichever of the two is written last."""
    for before, after in ((first, second), (second, first)):
        Page.objects.filter(on=page_of_signs).delete()
        parts = [{"title": "Words"} | before, {"title": "Words"}]
        places = (10, 20) if before is first else (20, 10)
        block(page_of_signs, places[0], **parts[0])
        other = block(page_of_signs, places[1], **parts[1])
        assert why(other, body="Nothing that leads anywhere.") == []
        assert why(other, **after)


def test_a_number_split_over_title_summary_and_body_waits(page_of_signs):
    one = block(page_of_signs, 10, "Words")
    assert why(one, title="Call 758") == []
    assert why(one, title="Call 758", summary="4", body="5")


def test_a_block_does_not_move_beside_the_other_half_of_a_number(page_of_signs):
    block(page_of_signs, 10, "Call 758 4")
    block(page_of_signs, 20, "Between", body="Words of the office. " * 20)
    last = block(page_of_signs, 30, "56 78")
    before = changes.stored(last)
    known = second_person.known_targets()
    for position, waits in ((40, False), (15, True)):
        after = replace(before, values={**before.values, "position": position})
        assert bool(second_person.reasons(before, after, known)) == waits


def test_nor_beside_it_on_another_page(page_of_signs):
    other = Page.objects.create(slug="other-page", position=2001)
    Text.objects.create(item=other, title="Another page", state="reviewed")
    block(other, 10, "Call 758 4")
    before = changes.stored(block(page_of_signs, 20, "56 78"))
    after = replace(before, values=before.values | {"on": "other-page"})
    assert second_person.reasons(before, after, second_person.known_targets())


def test_a_number_split_over_a_page_and_its_block_or_a_block_and_a_question_waits(page_of_signs):
    one = block(page_of_signs, 10, "Words")
    question = Question.objects.create(slug="own-question", on=page_of_signs)
    Text.objects.create(item=question, title="56 78", state="reviewed")
    assert why(one, title="Call 758 4")
    question.texts.update(title="Words")
    assert why(one, title="56 12") == []
    page_of_signs.texts.update(title="Call 758 4")
    assert why(one, title="56 12")


def test_a_number_whose_other_half_shows_in_english_waits_in_every_language(page_of_signs):
    one, other = block(page_of_signs, 10, "Words"), block(page_of_signs, 20, "Words")
    Text.objects.create(item=one, language="es", title="Palabras", state="reviewed")
    assert why(other, title="4567 people") == []
    other.texts.update(title="4567 people")
    before = changes.stored(one)
    spanish = before.texts["es"] | {"body": "Llame al 758"}
    after = replace(before, texts=before.texts | {"es": spanish})
    (reason,) = second_person.reasons(before, after, second_person.known_targets())
    assert "758 4567" in reason


@pytest.mark.django_db(transaction=True)
def test_two_halves_of_a_number_that_are_saved_at_once_do_not_both_show():
    whole = Page.objects.create(slug="own-page", position=2000)
    Text.objects.create(item=whole, title="Our page", state="reviewed")
    halves = [(block(whole, 10, "Words"), {"body": "Call 758"})]
    halves += [(block(whole, 20, "Words"), {"title": "45 67"})]
    at_once = threading.Barrier(2, timeout=10)

    def change(item, words):
        try:
            before = changes.stored(item)
            at_once.wait()
            after = replace(before, texts={"en": before.texts["en"] | words})
            return changes.save(item, after, by="editor")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as editors:
        made = [outcome.pending for outcome in editors.map(change, *zip(*halves, strict=True))]
    assert sorted(pending is None for pending in made) == [False, True]


def test_what_keeps_two_halves_of_a_number_apart_is_not_taken_away_by_one(page_of_signs):
    block(page_of_signs, 10, "Call 758 4")
    between = block(page_of_signs, 20, "Between", body="Words of the office. " * 20)
    block(page_of_signs, 30, "56 78")
    assert not changes.may_vanish(between)


def test_two_halves_of_a_number_in_two_milestones_wait():
    first = Milestone.objects.create(slug="own-1", when="1990")
    Text.objects.create(item=first, title="Call 758 4", state="reviewed")
    second = Milestone.objects.create(slug="own-2", when="1990-02", position=1)
    Text.objects.create(item=second, title="Words", state="reviewed")
    assert why(second, title="56 78")


def test_a_number_split_over_a_text_and_the_columns_that_frame_it_waits(page_of_signs):
    section = Provision.objects.create(slug="own-section", law="act", number="7", position=1)
    Text.objects.create(item=section, title="Words", state="reviewed")
    for item, column in ((section, "number"), (block(page_of_signs, 10, "Words"), "source")):
        before = changes.stored(item)
        known = second_person.known_targets()
        framed = replace(before, values={**before.values, column: "7584"})
        assert second_person.reasons(before, framed, known) == []
        words = before.texts["en"] | {"title": "56 12"}
        both = replace(framed, texts={"en": words})
        assert second_person.reasons(before, both, known)
        assert second_person.reasons(framed, both, known)
        spelled = replace(before, texts={"en": words})
        assert second_person.reasons(spelled, both, known)


def sign(slug, group, *types, **columns):
    """A sign that shows already, not on the form."""
    made = Sign.objects.create(slug=slug, group=group, **columns)
    Text.objects.create(item=made, title="Words", state="reviewed")
    made.types.set(types)
    return made


@pytest.fixture
def own_type():
    made = TraffickingType.objects.create(slug="own-type")
    Text.objects.create(item=made, title="Our type", state="reviewed")
    return made


def test_two_halves_of_a_number_in_two_signs_of_one_type_wait(own_type):
    """They stand together on the type's page, whatever their groups."""
    one, other = sign("own-1", "work", own_type), sign("own-2", "boats", own_type, position=2000)
    assert why(one, title="Call 758 4") == []
    one.texts.update(title="Call 758 4")
    assert why(other, title="56 12")
    other.types.clear()
    assert why(other, title="56 12") == []
    other.texts.update(title="56 12")
    before = changes.stored(other)
    known = second_person.known_targets()
    after = replace(before, values=before.values | {"types": ["own-type"]})
    assert second_person.reasons(before, after, known)


def test_two_halves_of_a_number_on_one_sheet_wait(own_type):
    one, other = sign("own-1", "work", own_type), sign("own-2", "boats", own_type, position=2000)
    other.types.clear()
    sheet = Material.objects.create(slug="own-sheet")
    Text.objects.create(item=sheet, title="Our sheet", state="reviewed")
    sheet.signs.set([one])
    one.texts.update(title="Call 758 4")
    assert why(other, title="56 12") == []
    other.texts.update(title="56 12")
    before = changes.stored(sheet)
    after = replace(before, values=before.values | {"signs": ["own-1", "own-2"]})
    assert second_person.reasons(before, after, second_person.known_targets())
    other.texts.update(title="Words")
    sheet.signs.set([one, other])
    assert why(other, title="56 12")


def test_two_halves_of_a_number_wait_where_the_home_page_leaves_out_what_is_between():
    for slug, when, title in (("own-1", "1990", "Call 758 4"), ("own-3", "1992", "Words")):
        made = Milestone.objects.create(slug=slug, when=when, home=True)
        Text.objects.create(item=made, title=title, state="reviewed")
    between = Milestone.objects.create(slug="own-2", when="1991")
    Text.objects.create(item=between, title="Between " * 20, body="Words of the office. " * 20)
    between.texts.update(state="reviewed")
    assert why(made, title="56 78")


def test_what_goes_back_to_its_place_does_not_leave_two_halves_of_a_number_together():
    blocks = {one.slug: one for one in Page.objects.filter(on__slug="privacy")}
    first, second, third = (blocks[f"privacy-{name}"] for name in ("keep", "read", "photos"))
    home = changes.stored(third)
    away = replace(home, values=home.values | {"position": first.position + 1})
    assert changes.save(third, away, by="edna").pending is None
    for item, words in ((first, {"body": "Call 758 4"}), (second, {"title": "56 12"})):
        before = changes.stored(item)
        after = replace(before, texts=before.texts | {"en": before.texts["en"] | words})
        assert changes.save(item, after, by="edna").pending is None
    assert changes.save(third, home, by="edna").pending


def test_a_number_that_two_people_let_stand_beside_does_not_hold_up_other_words(page_of_signs):
    block(page_of_signs, 10, "Call seven five eight four five six")
    assert why(block(page_of_signs, 20, "Words"), title="Other words") == []


@pytest.mark.parametrize(
    "words", ["Call 75\u3164", "Нelp", "seven \u2166", "7\u200b5", "Call \ue000"]
)
def test_letters_of_another_script_wait(page_of_signs, words):
    reasons = why(block(page_of_signs, 10, "Words"), body=words)
    assert "holds letters of another script or unusual signs" in reasons[0]
