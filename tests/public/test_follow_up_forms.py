"""The forms of the follow-up: a code, an addition, and which page was posted."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from tests.public.posted import filled
from tips.crypto import receipts
from tips.public import layout
from tips.public.follow_up_forms import CodeForm, FollowUp, FollowUpForm

pytestmark = pytest.mark.usefixtures("as_public")


@given(st.text(max_size=60))
def test_any_code_is_a_code_or_a_kind_error(typed):
    form = CodeForm(filled(code=typed))
    try:
        assert form.is_valid() == bool(receipts.parse_code(typed.replace("\0", "").strip()))
    except receipts.NotACode:
        assert "code" in form.errors


def test_a_message_needs_words_or_photos():
    code = receipts.new_code()
    assert FollowUpForm(filled(code=code, message=""), photos=1).is_valid()
    assert FollowUpForm(filled(code=code, message="x")).is_valid()
    assert not FollowUpForm(filled(code=code, message=" ")).is_valid()


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        *(("", "required"), ("ABCD", "not_a_code"), ("0000-0000-0000-00001", "mistyped")),
        *((said, "reference") for said in ("KD-4821", "Reference: KD-4821", "tip # kd 4821")),
    ],
)
def test_each_slip_of_a_code_is_told_from_the_others(typed, kind):
    form = CodeForm(filled(code=typed))
    assert not form.is_valid()
    assert [error.code for error in form.errors.as_data()["code"]] == [kind]


def test_the_danger_tick_alone_is_an_addition_and_names_whom_to_call(read_anew):
    ticked = filled(code=receipts.new_code(), danger_now="yes")
    assert FollowUp.of(ticked, []) is FollowUp.CONVERSATION
    assert FollowUpForm(ticked).is_valid()
    ((value, label),) = FollowUpForm().fields["danger_now"].choices
    assert value == "yes"
    assert "This makes your tip urgent. Call 999 or 911 too" in label


def test_what_the_database_says_of_a_code_or_a_message_is_told():
    form = FollowUpForm(filled(code=receipts.new_code(), message="x"))
    assert form.is_valid()
    form.refuse_more()
    form.refuse_code()
    told = {name: errors[0].code for name, errors in form.errors.as_data().items()}
    assert told == {"message": "too_many", "code": "unknown"}


def test_a_follow_up_hides_a_code_that_may_be_right():
    code = receipts.new_code()
    assert FollowUpForm(filled(code=code)).helper is layout.FOLLOW_UP
    for typed in ("", "ABCD"):
        assert FollowUpForm(filled(code=typed)).helper is layout.FOLLOW_UP_WITH_CODE
    assert CodeForm(filled(code=code)).helper is layout.CODE


@pytest.mark.parametrize(
    ("fields", "photos", "kind"),
    [
        ({"code": "x"}, [], "code"),
        ({"code": "x", "message": ""}, [], "code"),
        ({"code": "x", "message": "More."}, [], "conversation"),
        ({"code": "x", "message": ""}, [b"photo"], "conversation"),
        ({"code": "x"}, [b"photo"], "receipt"),
        ({"code": "x", "submission": "a" * 32}, [], "receipt"),
        ({"code": "x", "submission": "a" * 32, "message": ""}, [], "conversation"),
    ],
)
def test_what_was_posted_tells_its_page(fields, photos, kind):
    data = QueryDict(mutable=True)
    data.update(fields)
    assert FollowUp.of(data, photos) == kind


def test_an_empty_addition_is_asked_for_what_its_page_can_give():
    code = receipts.new_code()
    on_receipt = FollowUpForm(QueryDict(f"code={code}"))
    assert on_receipt.errors["message"] == ["Choose one or more photos first."]
    on_page = FollowUpForm(QueryDict(f"code={code}&message="))
    assert on_page.errors["message"] == ["Write something, or choose a photo."]
    unbound = FollowUpForm()
    assert unbound.fields["message"].error_messages["required"] == (
        "Write something, or choose a photo."
    )
