"""No spelling of a number or host is free, few characters are; what waits of the release."""

import time

import pytest

from campaign import release, screening
from tests.campaign.known_hosts import KNOWN

# One editor alone once showed each of these to every reader.
SHOWN_BY_ONE = [
    "Call 758\u3164456\u31647890",
    "758\u30fc456\u30fc7890",
    "758\u02d0456\u02d07890",
    "help-lucia\ua4f8com",
    "help-lucia dot help",
    "help-lucia .com",
    "Ring (758) SAFE-NOW",
    "seven fifty-eight, forty-five, sixty-seven, eighty-nine",
    "soixante-quinze, quatre-vingt-quatre, cinquante-six, soixante-dix",
    "Phone our help section 758,456,78,90",
    "Dial 758, then 456, then 7890",
    "evil. com",
    "evil·com",
    "evil,com",
    "(evil)(dot)(com)",
    "h e l p e v i l . c o m",
    "+1758HELPNOW",
    "758-help-now",
    "$758456",
    "46\u041e, then 37\u041e",
    "\u2166 \u2164 \u2167",
    "758\u02bc456\u02bc789",
]

THEIR_SISTERS = [
    "758\uffa0456",  # the halfwidth filler
    "758\u115f456",
    "75\u058a84\u058a5",
    "seven\u200dfive",
    "7\u01bd8",  # Latin tone five
    "\u0292 \u0223",  # ezh and ou, for 3 and 8
    "\uff21\uff22",
    "\u2603",
    "\u2680\u2681\u2682",
    "help-lucia\u30fbcom",
    "help-lucia • org",
    "help-lucia punto com",
    "help-lucia (punto) help",
    "help-lucia point org",
    "help-lucia .help",
    "help-lucia,lc",
    "help-lucia : com",
    "h-e-l-p-l-u-c-i-a",
    "help.dot.com",
    "Ring 758. HELP ME",
    "four five six HELPME",
    "758.help.now",
    "setecientos cincuenta y ocho, cuarenta y cinco",
    "siete cinco ocho y luego cuarenta y cinco",
    "septante-cinq, huitante-quatre, nonante",
    "fiftyeight fortyfive",
    "veintiuno, treinta y dos, cuatro",
    "triple seven and double four",
    "four five six; then, after the tone, seven eight",
    "un, deux, trois, un, deux",
    "articles 75, 84, 56",
    "section 4, 56, 78, 90",
    "sections 7, 5, 8, 4, 5",
    "§ 758, 456",
    "$758,456 and then 78",
    "US 758456",
    "2010 then 758",
    "8:15, 9:45",
    "4x5x6x7x8",
    "758" + " " * 300 + "HELPNOW",
    "758 ........ HELPNOW",
    "evil" + " " * 300 + "dot help",
    "evil \u2014\u2014 .com",
]


@pytest.mark.parametrize("text", [*SHOWN_BY_ONE, *THEIR_SISTERS])
def test_no_spelling_of_a_number_or_a_host_is_free(text):
    assert (
        screening.numbers(text)
        or screening.addresses(text, KNOWN)
        or screening.strange_characters(text)
    )


@pytest.mark.parametrize("character", "ㅤーːꓸОⅦʼªºñéœ’“«¿°…\u00a0\u202f")
def test_only_letters_of_the_pages_and_ordinary_signs_are_free(character):
    is_free = character in "ªºñéœ’“«¿°…\u00a0\u202f"
    assert (screening.strange_characters(f"a {character} b") == []) == is_free


def test_letters_in_two_parts_are_as_free_as_in_one():
    assert screening.strange_characters("Me\u0301dico, nin\u0303o") == []


def test_few_texts_of_the_release_would_wait():
    """A text with many ages, shares or sections does; that asks a second editor, and no more."""
    rows = release.rows()
    known = {screening.target(row.values["source_url"]) for row in rows}
    texts = [row.texts[code] for row in rows for code in ("en", "es", "fr") if code in row.texts]
    known |= {screening.target(url) for text in texts for url in screening.links_of(text["body"])}
    words = [
        "\n".join(
            (
                screening.visible_line(text["title"]),
                screening.visible_line(text["summary"]),
                screening.visible(text["body"]),
            )
        )
        for text in texts
    ]
    waiting = [text for text in words if screening.numbers(text)]
    assert len(waiting) <= 0.06 * len(words)
    for text in words:
        assert screening.addresses(text, known) == []
    for text in texts:
        assert screening.strange_characters("\n".join(map(str, text.values()))) == []


@pytest.mark.parametrize(
    "part", ["a-", "o", "a.", "1 ", "1,", "@", "|", "9 (", "A" * 3, "one ", "dot ", "a ", "six"]
)
def test_long_texts_are_read_at_once(part):
    text = "123-" + part * (20_000 // len(part)) + "!"
    started = time.process_time()
    screening.numbers(text)
    screening.addresses(text, KNOWN)
    screening.strange_characters(text)
    assert time.process_time() - started < 4  # what takes the square of the length takes minutes
