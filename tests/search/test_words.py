"""Every text of the form is searched, and nothing that was ticked."""

from tips.public.fields import Pick
from tips.public.forms import TipForm
from tips.search.words import TEXTS, TICKED, document_texts


def test_each_field_of_the_form_is_a_text_or_was_ticked() -> None:
    ticked = {name for name, field in TipForm.base_fields.items() if isinstance(field, Pick)}
    assert set(TICKED) == ticked
    assert set(TEXTS) == set(TipForm.base_fields) - ticked - {"signs", "plea", "website"}


def test_a_field_of_another_release_is_searched_under_its_own_name() -> None:
    document = {"version": 2, "call_back_on": "284 1234", "danger_now": "yes", "signs": ["no-pay"]}
    assert list(document_texts(document)) == [("call back on", "284 1234")]
