from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaign import snapshot_cache
from campaign.models import (
    Closure,
    Contact,
    Milestone,
    Notice,
    OpeningHours,
    Page,
    Question,
    Sign,
    Text,
    href_of,
)

pytestmark = pytest.mark.django_db


def english(slug="home-iom"):
    return Text.objects.get(item__slug=slug, language="en")


def test_saving_digits_of_a_contact_is_refused_wherever_it_is_saved():
    text = english()
    text.body = "Call 847."
    with pytest.raises(ValidationError, match=r"Write \{847\} instead of 847"):
        text.save()


def test_a_new_contact_s_digits_are_refused_from_then_on():
    english().save()
    Contact.objects.create(slug="labour", number="468-2707")
    text = english()
    text.body = "Call (758) 468 2707."
    with pytest.raises(ValidationError, match="labour"):
        text.save()


@pytest.mark.parametrize("title", ["", "   "])
def test_an_empty_english_text_is_refused(title):
    text = english()
    text.title = title
    with pytest.raises(ValidationError, match="must have a title"):
        text.save()


def test_not_even_sql_empties_an_english_title():
    with pytest.raises(IntegrityError), transaction.atomic():
        Text.objects.filter(pk=english().pk).update(title="")


def test_an_item_has_one_text_a_language():
    item = english().item
    assert item.texts.filter(language="es").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Text.objects.create(item=item, language="es", title="OIM")


def test_english_that_changes_makes_its_translations_outdated():
    text = english()
    spanish = Text.objects.get(item=text.item, language="es")
    text.state = "draft"
    text.save()
    spanish.refresh_from_db()
    assert not spanish.outdated, "a state is no word"

    text.body = "Something else."
    text.save()
    spanish.refresh_from_db()
    assert spanish.outdated

    spanish.body = "Otra cosa."
    spanish.save()
    spanish.refresh_from_db()
    assert not spanish.outdated


def test_drafts_and_unpublished_items_are_not_shown():
    def shown(slug):
        snapshot_cache.forget()
        return [sign.title for sign in snapshot_cache.current("es").signs if sign.slug == slug]

    assert shown("debt") == ["Una deuda que nunca baja"]
    Text.objects.filter(item__slug="debt", language="es").update(state="draft")
    assert shown("debt") == ["A debt that never gets smaller"]
    Sign.objects.filter(slug="debt").update(published=False)
    assert shown("debt") == []


def test_a_slug_is_unique_within_its_family_alone():
    Sign.objects.create(slug="home", group="work")
    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.create(slug="home")


def test_a_number_out_of_order_must_name_another():
    contact = Contact.objects.get(slug="847")
    contact.out_of_order = True
    with pytest.raises(ValidationError, match="Name the contact"):
        contact.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        contact.save()
    contact.instead = contact
    with pytest.raises(ValidationError, match="Name the contact"):
        contact.full_clean()


@pytest.mark.parametrize(
    "number", ["", "call us", "12", "847; drop", "not@an@address", "٨٤٧", "a%40b.lc?cc=x@evil.com"]
)
def test_a_number_nobody_can_call_is_refused(number):
    with pytest.raises(ValidationError):
        Contact(slug="x", number=number).full_clean()


@pytest.mark.parametrize(
    ("number", "href"),
    [
        ("999", "tel:999"),
        ("468-3754", "tel:+17584683754"),
        ("(758) 468-3754", "tel:+17584683754"),
        ("+1 758 468-3754", "tel:+17584683754"),
        ("+592 227 4083", "tel:+5922274083"),
        ("desk@example.org", "mailto:desk@example.org"),
    ],
)
def test_a_number_calls_what_it_shows(number, href):
    assert href_of(number) == href


def test_hours_closures_and_notices_cannot_run_backwards():
    first, last = date(2026, 12, 26), date(2026, 12, 25)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(first_day=first, last_day=last)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(slug="x", starts=first, ends=last)
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.filter(day=0).update(opens="17:00")
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.filter(day=0).update(opens=None)


def test_names_of_rows_carry_no_words():
    assert str(english().item) == "home-iom"
    assert str(Question.objects.get(slug="arrested")) == "arrested"
    assert "International" not in str(english())


@pytest.mark.parametrize(
    "when", ["2025-13", "2025-02-30", "2025-13-45", "7584", "２０２５", "25", "soon"]
)
def test_a_milestone_has_a_day_that_exists(when):
    with pytest.raises(ValidationError, match="Write 2019, 2019-01 or 2019-01-29"):
        Milestone(slug="new", when=when).full_clean()


@pytest.mark.parametrize("when", ["2025", "2025-12", "2024-02-29"])
def test_a_milestone_is_as_exact_as_what_is_known(when):
    Milestone(slug="new", when=when).clean()
