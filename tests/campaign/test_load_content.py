import pytest
from django.core.management import call_command

from campaign import release
from campaign.loading import load
from campaign.models import Contact, Item, OpeningHours, Sign, Text, TraffickingType

pytestmark = pytest.mark.django_db


def older_release(row, **values):
    """The row as an older release would have left it."""
    for name, value in values.items():
        setattr(row, name, value)
    row.loaded = row.release_values()
    row.save()
    return row


def test_a_second_load_changes_nothing(capsys):
    rows = Item.objects.count() + Text.objects.count()
    call_command("load_content")
    assert "0 added, 0 updated, 0 kept" in capsys.readouterr().out
    assert Item.objects.count() + Text.objects.count() == rows


def test_a_missing_row_comes_back():
    sign = Sign.objects.get(slug="debt")
    sign.delete()
    assert load()["added"] == 2
    again = Sign.objects.get(slug="debt")
    assert {type_.slug for type_ in again.types.all()} == {
        "debt-bondage",
        "forced-labour",
        "sex-trafficking",
    }


def test_an_editor_s_words_are_never_overwritten():
    text = Text.objects.get(item__slug="home-iom")
    text.body = "Our own words."
    text.save()
    assert load()["kept"] == 1
    text.refresh_from_db()
    assert text.body == "Our own words."


@pytest.mark.parametrize(
    "change", [{"published": False}, {"position": 5}, {"source": "An editor's"}]
)
def test_an_editor_s_item_stays_the_editor_s(change):
    Sign.objects.filter(slug="debt").update(**change)
    load()
    sign = Sign.objects.get(slug="debt")
    assert {name: getattr(sign, name) for name in change} == change


def test_an_editor_s_choice_of_types_stays():
    sign = Sign.objects.get(slug="debt")
    sign.types.set(TraffickingType.objects.filter(slug="organ-removal"))
    load()
    assert [type_.slug for type_ in sign.types.all()] == ["organ-removal"]


def test_an_editor_s_review_stays_even_where_the_words_are_the_release_s():
    text = Text.objects.get(item__slug="home-iom")
    text.state = "draft"
    text.save()
    load()
    text.refresh_from_db()
    assert text.state == "draft"


def test_a_number_an_editor_confirmed_or_changed_stays():
    contact = Contact.objects.get(slug="office")
    contact.number = "450-0000"
    contact.save()
    load()
    contact.refresh_from_db()
    assert contact.number == "450-0000"


def test_hours_an_editor_changed_stay_and_the_others_follow_the_release():
    friday, monday = OpeningHours.objects.get(day=4), OpeningHours.objects.get(day=0)
    friday.opens = friday.closes = None
    friday.save()
    older_release(monday, opens="09:00:00")
    load()
    friday.refresh_from_db()
    monday.refresh_from_db()
    assert friday.opens is None
    assert monday.opens.hour == 8


def test_what_an_older_release_brought_is_brought_up_to_date():
    older_release(Sign.objects.get(slug="debt"), on_form=False, group="work")
    older_release(Text.objects.get(item__slug="debt"), title="A debt")
    assert load()["updated"] == 2
    sign = Sign.objects.get(slug="debt")
    assert (sign.on_form, sign.group) == (True, "control")
    assert sign.texts.get().title == "A debt that never gets smaller"


def test_a_row_of_an_older_release_with_fewer_columns_is_still_the_release_s():
    sign = Sign.objects.get(slug="debt")
    del sign.loaded["checked_on"], sign.loaded["strength"]
    sign.strength = "weak"
    sign.save()
    load()
    sign.refresh_from_db()
    assert sign.strength == "strong"


def test_rows_the_release_does_not_know_are_left_alone():
    Sign.objects.create(slug="editors-own", group="work")
    load()
    assert Sign.objects.filter(slug="editors-own").exists()


def test_a_load_asks_the_same_few_questions_whatever_is_there(django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        load()


# What the content itself promises.


def test_every_english_word_belongs_to_an_item_and_every_item_has_english():
    known = {f"{row.family}.{row.slug}" for row in release.rows()}
    assert set(release._words("en")) == known
    assert all(row.texts["en"]["title"] for row in release.rows())


def test_the_form_offers_at_most_twelve_signs():
    on_form = [row.slug for row in release.rows() if row.values.get("on_form")]
    assert on_form == [
        "papers-held",
        "cannot-leave",
        "no-pay",
        "debt",
        "other-job",
        "rehearsed",
        "injuries",
        "threats",
        "no-school",
        "visitors",
    ]


def test_every_sign_and_type_and_number_has_a_source():
    factual = [r for r in release.rows() if r.family in ("sign", "type", "contact", "milestone")]
    assert factual
    assert [row.slug for row in factual if not row.values["source"]] == []
