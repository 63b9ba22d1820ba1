"""The form of a tip by itself: what it takes, what it refuses, how it asks."""

import json

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from campaign import offers
from tests.public.posted import filled
from tips.crypto import receipts
from tips.public import forms
from tips.public.follow_up_forms import FollowUpForm
from tips.public.forms import TipForm

pytestmark = pytest.mark.usefixtures("as_public")

TEXTS = [
    "what_happened",
    "place",
    "when",
    "people_harmed",
    "people_responsible",
    "vehicles_phones_online",
    "reported_before",
    "contact_name",
    "contact_details",
    "contact_safely",
]
PICKS = {
    "danger_now": {"", "yes", "no", "unknown"},
    "under_18": {"", "yes", "no", "unknown"},
    "official_involved": {"", "yes", "no", "unknown"},
    "first_hand": {"", "self", "told", "online", "mixed"},
    "relation": {
        *("", "self", "family_friend", "noticed", "worker"),
        *("professional", "other", "unsaid"),
    },
    "may_share": {"", "yes", "ask"},
    "answer_language": {"", "en", "es", "fr", "acf", "ht"},
    "district": {
        *("", "anse-la-raye", "canaries", "castries", "choiseul", "dennery", "gros-islet"),
        *("laborie", "micoud", "soufriere", "vieux-fort", "at-sea", "elsewhere"),
    },
}


def tip(**fields):
    form = TipForm(filled(**fields))
    assert form.is_valid(), form.errors
    return form.tip


def test_the_fields_are_those_of_the_contract():
    assert set(tip()) == {*TEXTS, *PICKS, "signs"}


@pytest.mark.parametrize("name", PICKS)
def test_each_answer_has_the_values_of_the_contract(name):
    for value in PICKS[name]:
        assert tip(**{name: value})[name] == value
    assert tip(**{name: "maybe"})[name] == ""


def test_of_two_answers_to_one_question_the_last_counts():
    assert tip(danger_now=["no", "yes"])["danger_now"] == "yes"


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_holds_twenty_thousand_characters_and_no_more(name):
    assert len(tip(**{name: "🙏" * 20_000})[name]) == 20_000
    form = TipForm(filled(**{name: "é" * 20_002}))
    assert not form.is_valid()
    assert "20,002 characters, and 20,000 fit" in form.errors[name][0]
    assert "last 2 and keep them" in form.errors[name][0]
    assert len(form[name].value()) == 20_002


def test_line_ends_count_once():
    assert tip(what_happened="a\r\nb\rc\n" * 3000 + "d")["what_happened"][:6] == "a\nb\nc\n"
    assert len(tip(what_happened="a\r\n" * 9_999 + "b")["what_happened"]) == 19_999


def test_a_whole_that_is_too_heavy_is_one_kind_error():
    heavy = dict.fromkeys(TEXTS[:9], "🙏" * 7000)
    form = TipForm(filled(**heavy))
    assert not form.is_valid()
    assert list(form.errors) == ["__all__"]
    assert "All your answers together are too long" in form.errors["__all__"][0]
    assert form.has_error("__all__", "too_heavy")


@pytest.mark.parametrize(
    "said",
    ["🙏🏾👩‍👧", "שלום ‮ abc", "ayúdame", "1", "<script>", "​", "\N{COMBINING ACUTE ACCENT}" * 50],
)
def test_whatever_people_type_arrives_as_typed(said):
    assert tip(what_happened=said)["what_happened"] == said


def test_nul_bytes_are_dropped_everywhere():
    assert tip(what_happened="he\0lp", danger_now="\0yes")["what_happened"] == "help"
    assert tip(danger_now="y\0es")["danger_now"] == "yes"
    assert "\0" not in str(TipForm(filled(what_happened="\0", place="a\0b"))["place"].value())


@given(st.dictionaries(st.sampled_from([*TEXTS, *PICKS, "signs", "website"]), st.text(max_size=90)))
def test_a_form_never_breaks_and_what_it_takes_fits_the_envelope(fields):
    form = TipForm(filled(**fields))
    if form.is_valid():
        assert len(json.dumps(form.tip, ensure_ascii=False).encode()) <= forms.HEAVIEST
        assert "\0" not in json.dumps(form.tip)
    else:
        assert list(form.errors) == ["what_happened"]


def test_half_a_character_is_no_error():
    form = TipForm(filled(what_happened="\ud83d help", place="\udcff"))
    assert form.is_valid()
    assert form.tip["what_happened"] == "? help"


def test_a_good_page_key_is_kept_and_any_other_replaced():
    assert TipForm(filled(submission="a" * 32)).idempotency_key == "a" * 32
    other = TipForm(filled(submission="A" * 32))
    assert receipts.is_idempotency_key(other.idempotency_key)
    assert other.idempotency_key == other.idempotency_key


def test_a_form_demands_nothing_of_the_browser_and_calls_its_boxes_by_their_names():
    form = TipForm(filled())
    assert form["what_happened"].auto_id == "what_happened"
    assert "required" not in str(form["what_happened"])
    assert form.again is False


def test_a_whole_fits_to_the_last_byte():
    def whole(last):
        return TipForm(filled(**dict.fromkeys(TEXTS[:9], "é" * 13_000), contact_safely=last))

    form = whole("")
    assert form.is_valid()
    left = 240_000 - len(json.dumps(form.cleaned_data, ensure_ascii=False).encode())
    assert whole("x" * left).is_valid()
    assert not whole("x" * (left + 1)).is_valid()


def test_the_small_line_under_yes_says_whom_to_call_and_who_reads_it():
    form = TipForm(filled())
    for name, line in (("danger_now", "Call "), ("official_involved", "Then only supervisors")):
        notes = [label for value, label in form.fields[name].choices if "<small>" in str(label)]
        assert len(notes) == 1, name
        assert f"<small>{line}" in notes[0]
        assert "Yes" in notes[0]
    assert "<small>" not in str(form["under_18"])


def test_each_question_is_of_its_kind():
    form = TipForm(filled())
    long = {"what_happened", "people_harmed", "people_responsible", "vehicles_phones_online"}
    for name in TEXTS:
        kind = "textarea" if name in long else "text"
        widget = form.fields[name].widget
        assert getattr(widget, "input_type", "textarea") == kind, name
        assert form.fields[name].required == (name == "what_happened")
    assert not hasattr(FollowUpForm().fields["message"].widget, "input_type"), "a long one"
    lists = {name for name in PICKS if form.fields[name].widget.input_type == "select"}
    assert lists == {"district", "answer_language"}
    assert form.fields["answer_language"].in_own_language
    assert not form.fields["district"].in_own_language
    assert form["answer_language"].initial == "en"


def test_signs_are_offered_that_stand_on_the_form_or_were_ticked():
    offered = {slug for slug, _title in TipForm(filled()).fields["signs"].choices}
    known = {sign.slug: sign for sign in offers.signs()}
    assert offered == {slug for slug, sign in known.items() if sign.on_form}
    hidden = next(slug for slug, sign in known.items() if not sign.on_form)
    form = TipForm(filled(signs=[hidden, "no-such-sign"]))
    assert hidden in {slug for slug, _title in form.fields["signs"].choices}
    assert form.ticked == 1
    assert TipForm(filled()).ticked == 0


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_signs_are_offered_in_the_language_of_the_page(language):
    titles = {sign.slug: sign.title for sign in offers.signs(language)}
    with override(language):
        offered = dict(TipForm(filled()).fields["signs"].choices)
    assert offered == {slug: titles[slug] for slug in offered}
    assert offered


def test_what_fills_a_box_that_people_do_not_see_looks_like_spam():
    for website, is_spam in (("", False), ("https://spam.example", True)):
        form = TipForm(filled(website=website))
        assert form.is_valid()
        assert form.looks_like_spam == is_spam
        assert "website" not in form.tip


def test_the_folded_part_opens_where_something_stands_in_it():
    assert not TipForm(filled()).tells_more
    assert not TipForm(filled(contact_name="", when="", may_share="")).tells_more
    assert not TipForm(filled(answer_language="en")).tells_more
    assert TipForm(filled(answer_language="fr")).tells_more
    assert TipForm(filled(contact_name="Ann")).tells_more
    assert TipForm(filled(contact_name="x" * 20_001)).tells_more


def test_a_form_is_opened_with_what_came_and_nothing_else():
    came = filled(place="The pier", signs=["debt", "papers-held"], contact_name="A\0nn")
    form = TipForm.opened(came, ["place", "signs", "contact_name", "when"])
    assert form.initial == {
        "place": "The pier",
        "signs": ["debt", "papers-held"],
        "contact_name": "Ann",
    }
    assert not form.is_bound
    assert "what_happened" not in TipForm.opened(came, ["place"]).initial


def test_a_district_need_not_be_known_and_the_ticks_are_asked_for():
    form = TipForm(filled())
    assert form.fields["district"].choices[0] == ("", "Not sure")
    assert form.fields["signs"].label == "Which of these did you notice?"
    assert [name for name, field in form.fields.items() if field.required] == ["what_happened"]
