"""The stories that the demonstration is told from."""

import re
from pathlib import Path
from random import Random
from typing import Any

from campaign import offers
from tips.crypto import passphrases
from tips.demo.stories import Teller, book, pick_random


def test_there_are_more_than_forty_stories_and_each_fits_the_form(db: None) -> None:
    published = {sign.slug for sign in offers.signs()}
    types = set(offers.types())
    told = [story for name in ("en", "es", "fr") for story in book(name)["story"]]
    assert len(told) >= 40
    assert {story["type"] for story in told} == types
    for name in ("en", "es", "fr"):
        for story in (*book(name)["story"], *book(name)["other"], *book(name)["short"]):
            assert set(story.get("signs", ())) <= published, story
            assert story["ask"]
            assert story["answer"]
    teller = Teller(Random(1))
    for _ in range(3 * len(told)):
        assert teller.tell("story").form.tip["what_happened"]


def test_no_number_in_it_could_be_anybodys() -> None:
    for path in (Path(passphrases.__file__).parent / "demo" / "words").glob("*.toml"):
        assert not re.search(r"\d[\d -]{5,}", path.read_text()), path.name
    told = [Teller(Random(seed)).tell("story") for seed in range(200)]
    given = {text for one in told if (text := one.answers.get("contact_details"))}
    assert given
    assert all(re.fullmatch(r"758 555 01\d\d|writer\d+@example.org", text) for text in given)
    words = "\n".join(str(one.answers) for one in told)
    assert all(phone.startswith(("55501", "77009")) for phone in re.findall(r"\b\d{7}\b", words))
    assert "{" not in words.replace("{'", "")


def test_the_same_seed_tells_the_same() -> None:
    def first(seed: int) -> list[dict[str, Any]]:
        teller = Teller(Random(seed))
        return [teller.tell("story").answers for _ in range(30)]

    assert first(2026) == first(2026) != first(2027)
    assert pick_random("[a|a] b", Random(1)) == "a b"
