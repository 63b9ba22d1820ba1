"""The kinds of question by themselves, made anew as no form makes them twice."""

from copy import deepcopy

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from campaign import offers
from campaign.models import Contact
from tips.public.fields import Pick, Ticks, Words, danger_numbers


def test_words_are_one_line_and_need_not_be_said_unless_told_otherwise() -> None:
    plain = Words("Place")
    assert type(plain.widget) is forms.TextInput
    assert (plain.label, plain.help_text, plain.required) == ("Place", "", False)
    assert plain.clean("") == ""
    told = Words("Story", "Your words.", long=True, missing="Say something.")
    assert type(told.widget) is forms.Textarea
    assert (told.help_text, told.required) == ("Your words.", True)
    with pytest.raises(ValidationError, match="Say something"):
        told.clean(" ")


def test_a_text_of_twenty_thousand_characters_fits_and_one_more_is_named() -> None:
    field = Words("Story")
    assert len(field.clean("x" * 20_000)) == 20_000
    with pytest.raises(ValidationError, match=r"“Story” has 20,001 characters") as refused:
        field.clean("x" * 20_001)
    assert refused.value.code == "too_long"


def test_a_pick_is_one_of_its_answers_or_none() -> None:
    field = Pick("Danger?", [("yes", "Yes"), ("no", "No")])
    assert type(field.widget) is forms.RadioSelect
    assert not field.in_own_language
    assert not field.required
    assert [field.clean(value) for value in ("yes", "maybe", None)] == ["yes", "", ""]
    assert field.label == "Danger?"
    assert list(field.choices) == [("yes", "Yes"), ("no", "No")]
    assert type(Pick("District", [], widget=forms.Select).widget) is forms.Select
    noted = Pick("Danger?", [("yes", "Yes"), ("no", "No")], note=lambda: "Call 911")
    assert [str(label) for _value, label in noted.choices] == ["Yes <small>Call 911</small>", "No"]
    assert Pick("Language", [("fr", "French")], in_own_language=True).in_own_language


@pytest.mark.django_db
def test_ticks_are_published_signs_each_once() -> None:
    field = Ticks("Signs", offers.signs)
    assert type(field.widget) is forms.CheckboxSelectMultiple
    assert (field.label, field.required) == ("Signs", False)
    assert field.clean(["debt", "no-such-sign", "debt"]) == ["debt"]
    assert field.clean(None) == []


def test_the_numbers_in_danger_are_those_that_show_now(read_anew: None) -> None:
    assert danger_numbers() == "999 or 911"
    with translation.override("es"):
        assert danger_numbers() == "999 o 911"
    with translation.override(None):
        assert danger_numbers() == "999 or 911"
    for gone, left in (("police", "911"), ("emergency", "999")):
        Contact.objects.filter(slug=gone).update(published=False)
        offers.forget()
        assert danger_numbers() == left
        Contact.objects.filter(slug=gone).update(published=True)
    Contact.objects.filter(slug="police").update(number="911")
    offers.forget()
    assert danger_numbers() == "911"


def test_all_forms_have_the_same_field() -> None:
    for field in (Words("Place"), Pick("Danger?", [])):
        assert deepcopy(field) is field
