import re
import shutil
from itertools import product

import pytest
from django.core.management import call_command

from campaign import offers, release, text_rules
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
    assert load()["added"] == 4  # the sign, and its words in three languages
    again = Sign.objects.get(slug="debt")
    assert {type_.slug for type_ in again.types.all()} == {
        "debt-bondage",
        "forced-labour",
        "sex-trafficking",
    }


def test_an_editor_s_words_are_never_overwritten():
    text = Text.objects.get(item__slug="home-iom", language="en")
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
    text = Text.objects.get(item__slug="home-iom", language="en")
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
    older_release(Text.objects.get(item__slug="debt", language="en"), title="A debt")
    assert load()["updated"] == 2
    sign = Sign.objects.get(slug="debt")
    assert (sign.on_form, sign.group) == (True, "control")
    assert sign.texts.get(language="en").title == "A debt that never gets smaller"


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
    with django_assert_max_num_queries(24):
        load()


# What the content itself promises.


def test_every_english_word_belongs_to_an_item_and_every_item_has_english():
    known = {f"{row.family}.{row.slug}" for row in release.rows()}
    assert set(release.words_in("en")) == known
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


NAMES = [f"{row.family}.{row.slug}" for row in release.rows()]
# An English speaker reads these, whoever shows them, or the desk does.
FOR_ENGLISH_READERS = {"page.card-reader", "phrase.locked-photo"}


@pytest.mark.parametrize("language", ["es", "fr"])
def test_every_text_is_translated(language):
    words = release.words_in(language)
    site_words = {name for name in NAMES if name.startswith("phrase.word-")}
    assert set(NAMES) - set(words) == FOR_ENGLISH_READERS | site_words
    for name, text in release.words_in("en").items():
        if name in words:
            assert [k for k in text if text[k] and not words[name][k]] == [], name


@pytest.mark.parametrize("language", ["es", "fr", "acf", "ht"])
def test_somebody_looked_at_every_translation_since_its_english_changed(language):
    """Read the translation once more, change it if need be, then: ./run manage looked_at es"""
    late = [f"{row.family}.{row.slug}" for row in release.rows() if language in row.outdated]
    assert late == []


def test_looked_at_notes_which_english_a_translation_fits_and_names_what_is_new(
    tmp_path, monkeypatch, capsys
):
    shutil.copytree(release.CONTENT, tmp_path / "content")
    monkeypatch.setattr(release, "CONTENT", tmp_path / "content")
    english = tmp_path / "content" / "en" / "home.toml"
    english.write_text(english.read_text().replace('title = "', 'title = "Today: ', 1))
    release.rows.cache_clear()
    try:
        late = [row for row in release.rows() if "es" in row.outdated]
        assert len(late) == 1
        call_command("looked_at", "es")
        assert capsys.readouterr().out.split() == [f"{late[0].family}.{late[0].slug}"]
        assert [row for row in release.rows() if "es" in row.outdated] == []
        call_command("looked_at", "es")
        assert capsys.readouterr().out == ""
    finally:
        monkeypatch.undo()
        release.rows.cache_clear()


@pytest.mark.parametrize("language", ["en", "es", "fr", "acf", "ht"])
def test_every_word_of_the_release_may_be_saved(language):
    numbers = dict(Contact.objects.values_list("slug", "number"))
    words = release.words_in(language)
    assert len(words) >= 30
    for name, text in words.items():
        text_rules.check(text["title"], text["summary"], text["body"], numbers)
        assert text["state"] == release.STATES[language], name


@pytest.mark.parametrize("language", ["es", "fr"])
def test_a_translation_names_the_same_numbers_and_pages(language):
    english = release.words_in("en")
    assert len(release.words_in(language)) > 50
    for name, text in release.words_in(language).items():
        found = re.findall(r"\{[^}]+\}|\]\([^)]+\)", text["body"] + text["summary"])
        wanted = english[name]["body"] + english[name]["summary"]
        assert sorted(found) == sorted(re.findall(r"\{[^}]+\}|\]\([^)]+\)", wanted)), name


def test_drafts_of_languages_without_pages_wait_and_do_not_show(client):
    drafts = Text.objects.filter(language__in=("acf", "ht"))
    assert drafts.count() == 116
    assert set(drafts.values_list("state", flat=True)) == {"draft"}
    assert "Mwen" not in client.get("/get-help/card/").content.decode()


def test_a_reviewed_draft_shows_on_every_card(client):
    Text.objects.filter(language="acf", item__slug="need-help").update(state="reviewed")
    for path in ("/get-help/card/", "/es/get-help/card/"):
        html = client.get(path).content.decode()
        assert '<section lang="acf"' in html
        assert "Mwen bizwen èd" in html


CREOLE_PLACES = [
    ("need-help", "/", "Mwen bizwen èd"),
    ("word-report-it", "/", "Wapòté’y"),
    ("call-847", "/", "Kwiyé 847"),
    ("word-not-your-fault", "/get-help/", "Sé pa fòt ou"),
]


def test_a_reviewed_creole_line_shows_where_it_belongs(client):
    slugs = [slug for slug, *_ in CREOLE_PLACES]
    drafts = Text.objects.filter(language="acf", item__slug__in=slugs)
    for state, shows in (("draft", False), ("machine", False), ("reviewed", True)):
        drafts.update(state=state)
        offers.forget()
        for prefix, (_, path, line) in product(("", "/es"), CREOLE_PLACES):
            assert (line in client.get(prefix + path).content.decode()) is shows, (state, line)


def test_a_line_whose_english_is_a_draft_shows_nowhere_and_breaks_nothing(client):
    Text.objects.filter(item__slug="need-help", language="en").update(state="draft")
    Text.objects.filter(item__slug="word-help", language="acf").update(state="reviewed")
    Text.objects.filter(item__slug="word-help", language="en").update(state="draft")
    offers.forget()
    for path in ("/es/get-help/card/", "/es/get-help/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Necesito ayuda</b>" not in answer.content.decode()


def test_a_language_without_pages_leads_to_its_words_once_some_are_reviewed(client):
    link = '<a lang="ht" href="/get-help/#ht">Kreyòl</a>'
    assert link not in client.get("/signs/").content.decode()
    Text.objects.filter(language="ht", item__slug="word-help").update(state="reviewed")
    offers.forget()
    assert link in client.get("/signs/").content.decode()
    assert '<section class="panel" id="ht" lang="ht">' in client.get("/get-help/").content.decode()


def test_english_that_changed_marks_its_translations_for_the_editors():
    english = Text.objects.get(item__slug="debt", language="en")
    english.title = "A debt without an end"
    english.save()
    states = dict(english.item.texts.values_list("language", "outdated"))
    assert states == {"en": False, "es": True, "fr": True}


def test_a_release_that_changed_english_and_translation_is_up_to_date_again():
    item = Sign.objects.get(slug="debt")
    for text in item.texts.all():
        older_release(text, title="An older title", outdated=text.language != "en")
    load()
    assert set(item.texts.values_list("outdated", flat=True)) == {False}


def test_a_translation_of_the_release_beside_an_editor_s_english_is_outdated():
    english = Text.objects.get(item__slug="debt", language="en")
    english.title = "Our own words"
    english.save()
    older_release(Text.objects.get(item__slug="debt", language="es"), title="Una deuda vieja")
    load()
    assert Text.objects.get(item__slug="debt", language="es").outdated
