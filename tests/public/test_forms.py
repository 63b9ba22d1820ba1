import json

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from tips.crypto import receipts
from tips.public import forms
from tips.public.forms import CodeForm, FollowUpForm, TipForm

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


def filled(**fields):
    data = MultiValueDict({"what_happened": ["help"]})
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    query = QueryDict(mutable=True)
    query.update(data)
    return query


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


@given(st.text(max_size=60))
def test_any_code_is_a_code_or_a_kind_error(typed):
    form = CodeForm(filled(code=typed))
    try:
        assert form.is_valid() == bool(receipts.parse_code(typed.replace("\0", "").strip()))
    except receipts.NotACode:
        assert "code" in form.errors


def test_half_a_character_is_no_error():
    form = TipForm(filled(what_happened="\ud83d help", place="\udcff"))
    assert form.is_valid()
    assert form.tip["what_happened"] == "? help"


def test_a_good_page_key_is_kept_and_any_other_replaced():
    assert TipForm(filled(submission="a" * 32)).idempotency_key == "a" * 32
    other = TipForm(filled(submission="A" * 32))
    assert receipts.is_idempotency_key(other.idempotency_key)
    assert other.idempotency_key == other.idempotency_key


def test_a_message_needs_words_or_photos():
    code = receipts.new_code()
    assert FollowUpForm(filled(code=code, message=""), photos=1).is_valid()
    assert FollowUpForm(filled(code=code, message="x")).is_valid()
    assert not FollowUpForm(filled(code=code, message=" ")).is_valid()


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
