"""Many wrong codes from one network: the wrong ones wait, a right one never does."""

from collections.abc import Callable

import pytest
from django.test import RequestFactory

from tests.public.citizen import Answer, Citizen, picture
from tips.public import limits

UNKNOWN, MISTYPED, NO_CODE = "7Q4M-X2KD-9TRB-HW5ET", "7Q4M-X2KD-9TRB-HW5EV", "KD-4821"
SENTENCE = "Very many wrong codes came from your network in the last hour."
NO_TIP = "There is no tip under this code."


class Clock:
    """Sleeps no time, but notes what it was asked for and does something meanwhile."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits, "sleep", clock)
    return clock


def try_wrong_codes(count: int, address: str = "127.0.0.1") -> None:
    """So many wrong codes were typed there."""
    request = RequestFactory().post("/follow-up/", REMOTE_ADDR=address)
    for _ in range(count):
        limits.slow_wrong_code(request)


def typed(citizen: Citizen, code: str, address: str = "127.0.0.1", **fields: object) -> Answer:
    return citizen.post("/follow-up/", {"code": code} | fields, REMOTE_ADDR=address)


def test_sixty_wrong_codes_wait_for_nothing_and_any_more_two_seconds_each(citizen, clock):
    try_wrong_codes(59)
    assert NO_TIP in typed(citizen, UNKNOWN).alert
    assert clock.slept == []
    for code in (UNKNOWN, MISTYPED, NO_CODE):
        page = typed(citizen, code)
        assert (page.status, page.title, page.value("code")) == (200, "Error: Your code", code)
        assert SENTENCE not in page.alert
    assert "At least one letter is wrong" in typed(citizen, MISTYPED, message="a long story").alert
    assert clock.slept == [2, 2, 2, 2]


def test_while_two_wait_the_next_are_told_at_once_and_keep_what_was_typed(citizen, clock):
    try_wrong_codes(60)
    told = []

    def third() -> None:
        if len(clock.slept) < 2:
            typed(citizen, UNKNOWN)
        else:
            told.append(typed(citizen, UNKNOWN, submission="3" * 32, message="a long story"))

    clock.meanwhile = third
    typed(citizen, UNKNOWN)
    (page,) = told
    assert clock.slept == [2, 2]
    assert page.status == 429
    assert (page.value("code"), page.value("message")) == (UNKNOWN, "a long story")
    assert NO_TIP in page.alert
    assert f"{SENTENCE} You may share it with many people. A right code" in page.alert
    clock.meanwhile = lambda: None
    assert typed(citizen, UNKNOWN).status == 200  # those two are done


def test_a_right_code_waits_for_nobody_and_is_never_refused(citizen, desk, clock):
    code = citizen.report("I saw them again").code
    try_wrong_codes(300)
    clock.slept.clear()
    pages = []

    def meanwhile() -> None:
        if len(clock.slept) < 2:
            typed(citizen, UNKNOWN)
        else:
            pages.append(typed(citizen, code))
            pages.append(typed(citizen, code, submission="4" * 32, message="More."))
            pages.append(typed(citizen, code, submission="5" * 32, photos=[picture()]))
            pages.append(typed(citizen, UNKNOWN))

    clock.meanwhile = meanwhile
    typed(citizen, UNKNOWN)
    assert [page.status for page in pages] == [200, 200, 200, 429]
    assert clock.slept == [2, 2]
    assert desk.messages == ["More.", ""]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("es", "Si el código es correcto, se abre enseguida, también ahora."),
        ("fr", "Un bon code marche toujours tout de suite."),
    ],
)
def test_the_page_says_so_in_its_own_language(citizen, clock, language, sentence):
    try_wrong_codes(60)
    told = []

    def meanwhile() -> None:
        path = f"/{language}/follow-up/"
        told.append(citizen.post(path, {"code": UNKNOWN}, REMOTE_ADDR="127.0.0.1"))

    clock.meanwhile = meanwhile
    typed(citizen, UNKNOWN)
    assert [page.status for page in told] == [429, 200]
    assert sentence in told[0].alert


def test_no_code_at_all_and_a_right_one_are_no_wrong_codes(citizen, clock):
    code = citizen.report("I saw them again").code
    try_wrong_codes(60)
    for _ in range(3):
        typed(citizen, code)
        typed(citizen, " ")
        typed(citizen, code, submission="6" * 32, message=" ")
    assert clock.slept == []


def test_tips_and_other_networks_are_not_slowed(citizen, clock):
    try_wrong_codes(300)
    clock.slept.clear()
    assert citizen.report("I saw them again").code
    assert NO_TIP in typed(citizen, UNKNOWN, "192.0.2.1").alert
    assert clock.slept == []


@pytest.mark.parametrize("typed_as", ["KD-4821", "kd 4821", "Reference: KD-4821", "#KD4821"])
def test_a_reference_in_the_place_of_a_code_gets_its_own_sentence(citizen, typed_as):
    page = typed(citizen, typed_as)
    assert "This is the reference, which is for the telephone and opens nothing here." in page.alert
    assert page.value("code") == typed_as
    assert "Esto es la referencia" in citizen.post("/es/follow-up/", {"code": typed_as}).alert
    assert "Ceci est la référence" in citizen.post("/fr/follow-up/", {"code": typed_as}).alert
