"""Telephones and plates are known from what only looks like one."""

import pytest

from tips.search.marks import marks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(
            (f"call {phone}.", {"2841234"})
            for phone in (
                "758 284 1234",
                "+1(758)2841234",
                "1-758-284-1234",
                "284 1234",
                "2841234",
                "284.1234",
            )
        ),
        ("284-1234/284-1235", {"2841234", "2841235"}),
        ("call 284 1234 or 555 0199", {"2841234", "5550199"}),
        ("809-555-1234", {"5551234"}),
        ("+33 6 12 34 56 78", {"2345678"}),
        *(
            (f"a jeep, {plate}, red", {"pa1234"})
            for plate in (
                "PA1234",
                "PA 1234",
                "P.A. 1234",
                "P.A.-1234",
                "pa 1234",
                "Pa.1234",
                "P A 1234",
            )
        ),
        ("a taxi, TX 12", {"tx12"}),
        ("P 123", {"p123"}),
        ("HE 123 and TE-456", {"he123", "te456"}),
    ],
)
def test_these_are_marks(text: str, found: set[str]) -> None:
    assert {mark.value for mark in marks(text)} == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no number",
        "es 20",
        "a las 1200",
        "at 2000",
        "in 2024",
        "EC$500, US 200, EC 300",
        "tx 12",
        "house 25",
        "1 000 000",
        "28/11/2026",
        "2026-11-28",
        "from 7 pm 1930",
        "room B12",
        "de 100 hombres",
        "THEY CAME AT 2000 TO 300",
        "20 km 120",
        "call 999 or 911",
    ],
)
def test_these_are_none(text: str) -> None:
    assert marks(text) == frozenset()
