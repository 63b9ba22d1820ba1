"""An editor's day: hours, numbers, words, a picture, a review; and what the public sees of it."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser.citizen import Look
from tests.browser.looking import SCREEN, no_look
from tests.browser.officer import Officer
from tests.browser.pictures import png
from tests.running import until

NEW = "(758) 468-9999"
FIND = "Far from Castries?"
STRANGER = "WhatsApp us: +44 7700 900123. Or [tell us here](https://evil.example/report)."
ABOUT_A_MINUTE = 60
MOST = ("review/", "due/", "openinghours/")  # a short list for all lists
ALL = (
    *(
        "",
        *MOST,
        "traffickingtype/",
        "contact/",
        "closure/",
        "contact/add/",
        "closure/add/",
        "milestone/",
        "notice/",
        "notice/add/",
    ),
    *("sign/?texts=en-reviewed", "sign/add/", "phrase/", "phrase/add/", "question/"),
    *("provision/", "material/", "material/add/", "replytext/", "replytext/add/"),
    *("page/", "milestone/add/", "page/add/"),
)


class Reader:
    """The public site, asked again and again until it says all that it should."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.wanted: list[tuple[str, str, bool]] = []

    def should_see(self, path: str, words: str, *, there: bool = True) -> None:
        """From about a minute on."""
        self.wanted.append((path, words, there))

    def looks(self) -> None:
        """At everything that should be there by now, and should not."""
        for path, words, there in self.wanted:
            until(
                lambda path=path, words=words, there=there: (words in self.html(path)) == there,
                ABOUT_A_MINUTE,
                f"{path}: {words}, {there}",
                every=2,
            )
        self.wanted.clear()

    def html(self, path: str) -> str:
        return self.page.request.get(self.url + path).text()


def opens_item(officer: Officer, kind: str, title: str) -> None:
    """From its list, by its English title."""
    officer.opens(f"/desk/campaign/{kind}/")
    officer.page.locator("#result_list a", has_text=re.compile(f"^{re.escape(title)}$")).click()
    expect(officer.page.locator("h1")).to_have_text(title)


def saves(officer: Officer) -> None:
    officer.page.click("[name=_save]")
    expect(officer.page.locator(".messagelist .success")).to_be_visible()


def test_an_editor_s_day(walked, supervisor, new_page, look):
    first = supervisor(no_look)
    editor = comes_in(first, new_page(screen=SCREEN), look)
    second = comes_in(first, new_page(screen=SCREEN), no_look)
    second.look = look
    reader = Reader(new_page(), walked.url)
    looks_around(editor, MOST)
    opens_item(editor, "page", FIND)
    sees_all_texts_side_by_side(editor)
    previews(editor, reader)
    sends_nobody_to_a_stranger(editor, first, second, reader)
    changes_a_number_with_a_second_person(editor, second, reader)
    marks_a_number_out_of_order(editor, reader)
    corrects_a_spanish_sentence(editor, second, reader)
    adds_a_milestone_with_a_picture(editor, second, reader)
    closes_for_a_holiday_with_a_notice(editor, second, reader)
    reader.looks()
    sees_the_picture(reader)
    puts_it_back_in_order(editor, reader)
    reader.looks()


@pytest.mark.audit
@pytest.mark.parametrize("look", ["everywhere"], indirect=True)
def test_every_screen_of_an_editor(walked, supervisor, new_page, look):
    looks_around(comes_in(supervisor(no_look), new_page(screen=SCREEN), look), ALL)


def comes_in(first: Officer, page: Page, look: Look) -> Officer:
    """An editor whom the supervisor has just added."""
    officer = Officer(page, first.url, first.adds(f"edna-{secrets.token_hex(8)}", "editor"), look)
    officer.sets_up()
    officer.logs_in()
    return officer


def looks_around(officer: Officer, screens: tuple[str, ...]) -> None:
    assert not officer.page.locator("text=Queue").count()
    officer.look(officer.page)
    for path in screens:
        officer.opens(f"/desk/campaign/{path}")
        officer.look(officer.page)
    officer.opens("/desk/campaign/sign/add/")
    officer.page.click("[name=_save]")
    expect(officer.page.locator(".errornote")).to_be_visible()
    officer.look(officer.page)


def sees_all_texts_side_by_side(officer: Officer) -> None:
    assert len(boxes(officer.page)) >= 3
    assert len({box["y"] for box in boxes(officer.page)}) == 1
    officer.page.set_viewport_size({"width": 1023, "height": 740})
    assert len({box["y"] for box in boxes(officer.page)}) == len(boxes(officer.page))
    officer.page.set_viewport_size(SCREEN)


def boxes(page: Page) -> list[dict[str, float]]:
    return [panel.bounding_box() for panel in page.locator(".panel").all()]


def previews(officer: Officer, reader: Reader) -> None:
    officer.page.fill("#id_texts-1-title", "Cómo llegar aquí mismo")
    officer.page.locator("#id_texts-1-state").select_option("draft")
    with officer.page.context.expect_page() as opened:
        officer.page.click("button:text-is('Preview Español')")
    shown = opened.value
    expect(shown.locator("aside.preview-line")).to_contain_text("Preview: nothing is saved.")
    expect(shown.locator("body")).to_contain_text("Cómo llegar aquí mismo")
    officer.look(shown)
    assert "Cómo llegar aquí mismo" not in reader.html("/es/contact/")
    officer.page.reload()
    assert officer.page.input_value("#id_texts-1-title") != "Cómo llegar aquí mismo"


def sends_nobody_to_a_stranger(
    officer: Officer, first: Officer, second: Officer, reader: Reader
) -> None:
    officer.page.fill("#id_texts-0-body", STRANGER)
    asks(officer)
    expect(officer.page.locator(".waiting")).to_contain_text("can be read as a number to call")
    expect(officer.page.locator(".waiting")).to_contain_text("You asked for it")
    officer.look(officer.page)
    first.page.goto(officer.page.url)
    expect(first.page.locator(".waiting")).to_contain_text("You cannot confirm it")
    second.page.goto(officer.page.url)
    expect(second.page.locator(".compare")).to_contain_text("https://evil.example/report")
    second.look(second.page)
    assert "7700" not in reader.html("/contact/")
    second.page.click("button:text-is('Drop the change')")
    expect(second.page.locator(".messagelist .success")).to_contain_text("dropped")
    expect(second.page.locator(".waiting")).to_have_count(0)
    reader.should_see("/contact/", "7700", there=False)


def asks(officer: Officer) -> None:
    """Saves, and is told that it waits."""
    officer.page.click("[name=_save]")
    expect(officer.page.locator(".messagelist .warning").first).to_contain_text("It waits for")
    expect(officer.page.locator(".messagelist")).to_contain_text("tell a colleague")
    expect(officer.page.locator(".messagelist .success")).to_have_count(0)


def confirms(officer: Officer, address: str) -> None:
    """Looks at what waits there, and lets it show."""
    officer.page.goto(address)
    officer.page.click("button:has-text('I looked at all of it: show it')")
    expect(officer.page.locator(".messagelist .success")).to_contain_text("It shows now")


def changes_a_number_with_a_second_person(
    officer: Officer, second: Officer, reader: Reader
) -> None:
    opens_item(officer, "contact", "Our office")
    officer.page.fill("#id_number", NEW)
    asks(officer)
    officer.look(officer.page)
    assert "468-3754" in reader.html("/contact/")

    second.opens()
    second.look(second.page)
    second.page.click("text=Change for a second person")
    second.look(second.page)
    second.page.click("a:has-text('Our office')")
    second.page.click(f"button:has-text('I called {NEW} and it works')")
    expect(second.page.locator(".messagelist .success")).to_contain_text("It shows now")
    reader.should_see("/contact/", "468-9999")
    reader.should_see("/contact/", "468-3754", there=False)


def marks_a_number_out_of_order(officer: Officer, reader: Reader) -> None:
    opens_item(officer, "contact", "Trafficking hotline")
    officer.page.check("#id_out_of_order")
    officer.page.locator("#id_instead").select_option(label="Danger now: 999")
    saves(officer)
    for path in ("/", "/contact/", "/get-help/", "/get-help/card/", "/report/", "/es/", "/fr/"):
        reader.should_see(path, "tel:847", there=False)
    officer.opens("/desk/")
    expect(officer.page.locator("#content")).to_contain_text("847 is out of order")


def puts_it_back_in_order(officer: Officer, reader: Reader) -> None:
    opens_item(officer, "contact", "Trafficking hotline")
    officer.page.uncheck("#id_out_of_order")
    saves(officer)
    reader.should_see("/", "tel:847")


def corrects_a_spanish_sentence(officer: Officer, second: Officer, reader: Reader) -> None:
    opens_item(officer, "page", FIND)
    officer.page.fill("#id_texts-1-title", "Dónde estamos exactamente")
    officer.page.fill("#id_texts-1-body", "En el **primer piso**. Llame al {847}.")
    officer.page.locator("#id_texts-1-state").select_option("machine")
    asks(officer)
    confirms(second, officer.page.url)
    row = officer.page.locator("article", has_text=FIND)
    for number in (1, 2):
        officer.opens(f"/desk/campaign/review/?language=es&p={number}")
        if row.count():
            break
    row.locator("summary").click()
    expect(row).to_contain_text("Dónde estamos exactamente")
    officer.look(officer.page)
    row.locator("text=Mark as reviewed").click()
    expect(officer.page.locator(".messagelist .success")).to_contain_text("reviewed")
    reader.should_see("/es/contact/", "Dónde estamos exactamente")
    reader.should_see("/es/contact/", "<strong>primer piso</strong>")


def adds_a_milestone_with_a_picture(officer: Officer, second: Officer, reader: Reader) -> None:
    page = officer.page
    officer.opens("/desk/campaign/milestone/add/")
    page.fill("#id_when", "2026-11-20")
    page.fill("#id_texts-0-title", "A new office opens")
    page.locator("#id_texts-0-state").select_option("reviewed")
    page.set_input_files("#id_picture", png())
    page.click("[name=_save]")
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.locator("#content")).to_contain_text("Say in English what the picture shows")
    officer.look(page)
    page.fill("#id_texts-0-picture_words", "A red half and a blue half")
    page.set_input_files("#id_picture", png())
    asks(officer)
    officer.look(page)
    confirms(second, page.url)
    opens_item(officer, "milestone", "A new office opens")
    officer.look(page)
    reader.should_see("/what-we-have-done/", "A new office opens")


def sees_the_picture(reader: Reader) -> None:
    reader.page.goto(reader.url + "/what-we-have-done/")
    shown = reader.page.get_by_alt_text("A red half and a blue half")
    shown.scroll_into_view_if_needed()
    until(lambda: shown.evaluate("image => image.complete && image.naturalWidth > 0"), 10)


def closes_for_a_holiday_with_a_notice(officer: Officer, second: Officer, reader: Reader) -> None:
    page = officer.page
    officer.opens("/desk/campaign/closure/")
    page.locator(".holidays button").first.click()
    expect(page.locator(".messagelist .success")).to_contain_text("Closed on")
    officer.opens("/desk/campaign/notice/add/")
    page.fill("#id_starts", "2020-01-01")
    page.fill("#id_ends", "2019-01-01")
    words = ("The office is closed today", "Hoy la oficina no abre", "Le bureau est fermé")
    for number, title in enumerate(words):
        page.fill(f"#id_texts-{number}-title", title)
        page.locator(f"#id_texts-{number}-state").select_option("reviewed")
    page.click("[name=_save]")
    expect(page.locator("#content")).to_contain_text("The last day cannot be before the first.")
    page.fill("#id_ends", "2099-01-01")
    asks(officer)
    confirms(second, page.url)
    for path, title in zip(("/", "/es/", "/fr/"), words, strict=True):
        reader.should_see(path, title)
