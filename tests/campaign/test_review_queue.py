"""What waits to be read, in which order, and what a reader's press does."""

import re

import pytest

from campaign import review
from campaign.models import CREOLES, Contact, Item, Page, Phrase, Question, Sign, Text
from tests.campaign.editing import signed_in

pytestmark = pytest.mark.django_db
QUEUE = "/desk/campaign/review/"


@pytest.fixture(autouse=True)
def everything_else_is_read():
    Text.objects.update(state="reviewed", outdated=False)


def text(item, title, **more):
    Text.objects.filter(item=item, language="es").delete()
    words = {"summary": "Resumen", "body": "Cuerpo", "state": "machine"} | more
    return Text.objects.create(item=item, language="es", title=title, **words)


def titles(client, query=""):
    html = client.get(QUEUE + query).content.decode()
    return re.findall(r'<h3 id="h-\d+"><a href="[^"]+">([^<]+)</a>', html)


def english(item):
    return item.texts.get(language="en").title


def press(client, one, **changes):
    seen = review.fingerprint(Text.objects.get(pk=one.pk))
    return client.post(f"{QUEUE}{one.pk}/", {"seen": seen} | changes, follow=True)


def test_a_text_on_which_safety_hangs_stands_first(editor):
    items = [
        Item.objects.get(slug="home-iom"),
        Sign.objects.filter(on_form=True)[0],
        Question.objects.get(slug="arrested"),
        Contact.objects.get(slug="847"),
        Page.objects.get(slug="help-phone"),
        Page.objects.get(slug="contact-find"),
    ]
    phrase = Phrase.objects.create(slug="to-show", use="card")
    Text.objects.create(item=phrase, language="en", title="I need help", state="reviewed")
    said = Phrase.objects.get(slug="call-help")
    for item in (*items, phrase, said):
        text(item, "Palabras")
    rank = {one.item.slug: one.rank for one in review.waiting("es")}
    assert {slug for slug, found in rank.items() if found == 1} == {
        *("arrested", "847", "help-phone", "to-show")
    }
    assert rank[items[1].slug] == rank["contact-find"] == 2
    assert rank["home-iom"] == 3
    assert titles(editor)[0] == english(said)  # what nobody has heard, before all that can be read
    assert titles(editor)[-1] == english(items[0])
    html = editor.get(QUEUE).content.decode()
    at = [html.index(name) for name in ("Never heard", "Safety first", "On the way", "The rest")]
    assert at == sorted(at)


def test_sentences_in_languages_that_nobody_here_speaks_stand_before_all(editor):
    Text.objects.exclude(language="en").update(state="draft")
    waiting = list(review.waiting())
    sentences = [one for one in waiting if one.item.family == "reply"]
    creole = [one for one in sentences if one.language in CREOLES]
    assert len(creole) == 52
    assert waiting[: len(creole)] == creole
    assert {one.state for one in creole} == {"draft"}
    page = editor.get(f"{QUEUE}?language=acf").content.decode()
    first = page[page.index('class="to-read"') :].partition("</h3>")[0]
    assert "Kwéyòl" in first
    assert "draft, machine-written" in first
    Text.objects.filter(pk=creole[0].pk).update(state_by="edna")
    page = editor.get(f"{QUEUE}?language={creole[0].language}").content.decode()
    first = page[page.index('class="to-read"') :].partition("</h3>")[0]
    assert "machine-written" not in first


@pytest.mark.parametrize(
    ("state", "waits"),
    [({"state": "draft"}, True), ({"state": "machine"}, True), ({"state": "reviewed"}, False)],
)
def test_what_nobody_has_read_waits(state, waits):
    one = text(Item.objects.get(slug="home-iom"), "OIM", **state)
    assert (one in review.waiting()) == waits
    Text.objects.filter(pk=one.pk).update(outdated=True)
    assert one in review.waiting()


def test_one_language_at_a_time_with_its_count(editor):
    iom, debt = Item.objects.get(slug="home-iom"), Sign.objects.get(slug="debt")
    text(iom, "OIM")
    Text.objects.filter(item=debt, language="fr").delete()
    Text.objects.create(item=debt, language="fr", title="Dette", state="machine")
    assert review.counts() == {"es": 1, "fr": 1}
    assert titles(editor, "?language=fr") == [english(debt)]
    assert "Français <span>1</span>" in editor.get(QUEUE).content.decode()


def test_a_press_is_recorded_with_who_and_when_and_in_the_history(editor):
    one = text(Item.objects.get(slug="home-iom"), "OIM", outdated=True)
    assert "reviewed" in press(editor, one, back="es").content.decode()
    one.refresh_from_db()
    assert (one.state, one.outdated, one.state_by) == ("reviewed", False, "edna")
    assert one.state_at
    history = editor.get(f"/desk/campaign/page/{one.item_id}/history/").content.decode()
    assert "Read and marked as reviewed: Español." in history
    assert titles(editor) == []


def test_words_that_changed_meanwhile_are_not_marked(editor):
    one = text(Item.objects.get(slug="home-iom"), "OIM")
    seen = review.fingerprint(one)
    Text.objects.filter(item=one.item, language="en").update(body="Other words.")
    assert "Read them again" in press(editor, one, seen=seen).content.decode()
    one.refresh_from_db()
    assert one.state == "machine"


def test_a_text_that_is_not_complete_cannot_be_marked(editor):
    one = text(Item.objects.get(slug="home-iom"), "OIM", body="")
    html = editor.get(QUEUE).content.decode()
    assert "Not complete: body missing." in html
    assert "Mark as reviewed" not in html
    assert "It is not complete: body is missing." in press(editor, one).content.decode()
    one.refresh_from_db()
    assert one.state == "machine"


def test_a_text_with_digits_in_it_cannot_be_marked(editor):
    one = text(Item.objects.get(slug="home-iom"), "OIM")
    Text.objects.filter(pk=one.pk).update(body="Llame al 847.")
    assert "Write {847} instead of 847" in press(editor, one).content.decode()
    one.refresh_from_db()
    assert one.state == "machine"


def test_a_row_leads_to_its_language_on_the_item_s_screen(editor):
    one = text(Item.objects.get(slug="home-iom"), "OIM")
    html = editor.get(QUEUE).content.decode()
    url = re.search(r'<h3 id="h-\d+"><a href="([^"#]+)#([^"]+)"', html)
    assert f'id="{url[2]}"' in editor.get(url[1]).content.decode()
    assert one.language in url[2]


def test_nobody_but_an_editor_reviews(client, kim, ada):
    one = text(Item.objects.get(slug="home-iom"), "OIM")
    for other in (kim, ada):
        signed_in(client, other)
        assert client.get(QUEUE).status_code == 403
        assert client.get("/desk/campaign/due/").status_code == 403
        assert press(client, one).status_code == 403
    one.refresh_from_db()
    assert one.state == "machine"


@pytest.mark.usefixtures("read_once")
def test_the_queue_asks_few_questions(editor, django_assert_max_num_queries):
    Text.objects.update(state="machine")
    editor.get(QUEUE)
    with django_assert_max_num_queries(12):
        editor.get(QUEUE)
