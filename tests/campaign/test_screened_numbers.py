"""What in a text can be read as a number to call, however it is written; and what cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import screening


def in_body(text):
    return list(screening.numbers(screening.visible(text)))


@pytest.mark.parametrize(
    "text",
    [
        "+44 7700 900123",
        "+447700900123",
        "WhatsApp us: +44 7700 900123.",
        "4683754",
        "468-3754",
        "468 3754",
        "468.3754",
        "468/3754",
        "468–3754",
        "468 — 3754",
        "4 . 6 . 8 . 3 . 7 . 5 . 4",
        "4-6-8-3-7-5-4",
        "4, 6, 8, 3, 7, 5, 4",
        "44, 77, 00, 90, 01, 23",
        "(758) [468] {3754}",
        "758_468_3754",
        "758|468|3754",
        "758 • 468 • 3754",
        "758 ☎ 468 ☎ 3754",
        "758\n468\n3754",
        "468\u200b37\u200b54",
        "468\u00ad3754",
        "468\u206037\ufeff54",
        "\u202e4573864",
        "468\u0338375\u03384",
        "468\u00a03754",
        "468\u31643754".replace("\u3164", "\u2800"),
        "４６８３７５４",
        "٤٦٨٣٧٥٤",
        "४६८३७५४",
        "𝟒𝟔𝟖𝟑𝟕𝟓𝟒",
        "④⑥⑧③⑦⑤④",
        "❹❻❽❸❼❺❹",
        "⁴⁶⁸³⁷⁵⁴",
        "₄₆₈₃₇₅₄",
        "4️⃣6️⃣8️⃣3️⃣7️⃣5️⃣4️⃣",
        "四六八三七五四",
        "46&#56;37&#53;4",
        "46&#x38;3754",
        "four six eight three seven five four",
        "cuatro seis ocho tres siete cinco cuatro",
        "quatre six huit trois sept cinq quatre",
        "four 6 eight 3 seven 5 four",
        "double four seven seven, zero zero nine",
        "46B: l2O4 5O1l",
        "758 222 l2O4",
        "text 38742",
        "1-800-GET-HELP",
        "758 HELPNOW",
        "wa.me/447700900123",
        "tel:+447700900123",
        "EC$ 447 700 900 123",
        "EC$ 100,000; 468 3754",
        "Section 4683754",
        "section 758 468 3754",
        "+1 800 000",
        "4 683 754",
        "0 100 000",
        "201 945 2012",
        "2012 468 3754",
        "456 2012",
        "456 (2012)",
        "2012-13-45",
    ],
)
def test_a_number_is_seen_however_it_is_written(text):
    assert screening.numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "468**37**54",
        "*4*6*8*3*7*5*4*",
        "468\\-3754",
        "46[83](/contact/)754",
        "[468](/contact/)[3754](/law/)",
        "46&#56;&#51;754",
        "- 468\n- 3754",
        "|468|3754|\n|---|---|\n|1|2|",
        "> 468\n\n3754",
        "## 468\n3754",
        "4683754. Call it.",
        "{847} 2345",
        "[here](https://govt.lc) 46 83 75 4",
    ],
)
def test_a_number_is_seen_through_markdown(text):
    assert in_body(text)


@pytest.mark.parametrize(
    "text",
    [
        "In 1951 and in 2010",
        "2010-2015",
        "2010–2015, 2019",
        "2010-15",
        "2010, 2012, 2015",
        "29 January 2019",
        "2019-01-29",
        "under Act No. 7 of 2010, 2019-01-29",
        "29/01/2019",
        "29.01.2019",
        "2019-01",
        "7/2010",
        "In 2010. 15 people",
        "in 2012). 1 of them",
        "EC$ 100,000",
        "EC$100,000.00",
        "$ 250 000",
        "100.000 dólares",
        "100 000 dollars",
        "EC$ 100,000; 1 800 000 people; 250,000 euros",
        "1 800 000",
        "100,000 people",
        "27 000 people",
        "183,629 people",
        "sections 5, 6, 7, 8 and 10",
        "sections 123, 124, 126(1)(a)",
        "artículos 5, 6, 7, 8, 9",
        "children under 12 (126)",
        "sections 11 to 21, 23, 25 to 28",
        "from 8:00 to 16:30",
        "{847}, 24 hours a day",
        "{police}, {emergency} or {847}",
        "1. Call.\n2. Wait.\n10. Write.",
        "[2019](https://govt.lc/news/2019/01/29/157090)",
        "oh, one of two or three",
        "B12 and 4x4",
        "A4, MP3",
        "un médico, una casa, un hospital, una tienda, uno",
        "12 people in 2010, 2012 and 2015",
        "from 2014 to 2022",
        "one hundred and twenty",
        "500 EC$",
        "300 USD",
        "100km",
        "In 2010 CARICOM agreed",
    ],
)
def test_years_days_money_amounts_and_sections_are_no_numbers_to_call(text):
    assert not screening.numbers(screening.visible_line(text)) or "](" in text
    assert in_body(text) == []


digits = st.lists(st.sampled_from("0123456789"), min_size=10, max_size=12).map("".join)

marks = st.text(alphabet=" .,-–/()*_[]|•:;\u200b\u00ad\u2060\u00a0\n", min_size=0, max_size=3)


@given(digits, st.lists(marks, min_size=11, max_size=11))
def test_no_mark_between_the_digits_of_a_long_number_hides_it(number, between):
    text = "+" + "".join(a + b for a, b in zip(number, [*between, ""], strict=False))
    assert screening.numbers(f"Call {text} now")


@pytest.mark.parametrize(
    "text",
    [
        "Call {847} {847} {emergency}1",
        "{847}{847}{police}",
        "{847} {crime} 23",
        "Call **{847}**{847}",
        "Call {847}\n{847}",
        "Call {847}-{847}",
        "Call {847}.{847}",
        "Call 75{847}",
    ],
)
def test_placeholders_side_by_side_are_a_number(text):
    assert in_body(text)
    assert screening.numbers(screening.visible_line(text))


@pytest.mark.parametrize(
    "text",
    [
        "Call {police} or {emergency}; for trafficking {847}.",
        "Call {police}, {emergency} or {847}.",
        "Call {847}, 24 hours a day.",
        "{847}: 24 hours",
        "Call {847}. {emergency} is for danger.",
        "{847} (24 hours)",
        "one of {847} numbers",
    ],
)
def test_placeholders_among_words_are_none(text):
    assert not in_body(text)
