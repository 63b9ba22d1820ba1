"""Monday, seven o'clock: the pile of what nobody has taken, one verdict a press."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.admin.desk import desk_queries, enter, field, new_tip, url_of
from tests.cast import Person
from tips import actions
from tips.models import Event, Note, Tip

pytestmark = pytest.mark.django_db
PILE = "/desk/pile/"
END = "/desk/pile/end/"


class Worker:
    """An officer at the pile; counts each request, and presses what stands in the head."""

    def __init__(self, client: Client) -> None:
        self.client, self.requests, self.presses = client, 0, 0
        self.page, self.url = "", ""
        self.queries: list[int] = []  # of each page

    def opens(self, url: str = PILE) -> None:
        self._follow(self._ask("get", url))

    def presses_on(self, address: str, **typed: Any) -> None:
        """The button of the page with this address; what else was typed goes along."""
        assert f'formaction="{address}"' in self.page, address
        hidden = ("officer", "seen", "once", "pile", "shown")
        form = {name: field(self.page, name) for name in hidden}
        self.presses += 1
        self._follow(self._ask("post", address, form | typed))

    def verdict(self, verb: str, **typed: Any) -> None:
        self.presses_on(f"{self.url.partition('?')[0]}{verb}/", **typed)

    def leaves(self, **typed: Any) -> None:
        pk = self.url.partition("?")[0].rstrip("/").rpartition("/")[2]
        self.presses_on(f"{PILE}{pk}/leave/", **typed)

    def undoes(self) -> None:
        self.presses_on(f"{PILE}undo/")

    @property
    def reference(self) -> str:
        found = re.search(r'<h1 class="ref"[^>]*>([^<]+)<', self.page)
        return found[1] if found else ""

    @property
    def said(self) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", self.page).split())

    def _ask(self, method: str, url: str, form: Any = None) -> Any:
        self.requests += 1
        with desk_queries() as sent:
            answer = getattr(self.client, method)(url, form)
        if method == "get":
            self.queries.append(len(sent))
        return answer

    def _follow(self, answer: Any) -> None:
        while answer.status_code == 303:
            self.url = answer.headers["Location"]
            answer = self._ask("get", self.url)
        self.page, self.status = answer.content.decode(), answer.status_code


@pytest.fixture
def worker(kim: Person) -> Worker:
    return Worker(enter(kim))


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


def test_seven_tips_take_one_press_and_two_requests_each(worker: Worker, kim: Person) -> None:
    tips = [new_tip(what_happened=f"Story {n}.") for n in range(6)]
    tips.append(new_tip(danger_now="yes", what_happened="Now!"))
    worker.presses = 1  # Work the pile
    worker.opens()
    assert worker.reference == str(tips[-1])  # danger first
    for number in range(7):
        assert f"The pile: {number + 1} of 7." in worker.said
        worker.verdict("junk" if number % 3 == 2 else "take")
    assert worker.url == END
    assert (worker.presses, worker.requests) == (8, 16)
    assert max(worker.queries) <= 12
    assert not Tip.objects.filter(owner=None, status="new").exists()
    assert Event.objects.filter(verb="opened", by="kim").count() == 7
    for tip in tips:
        assert str(tip) in worker.page


@pytest.mark.parametrize("verb", ["take", "junk", "raise"])
def test_every_verdict_is_undone_by_one_press(worker: Worker, verb: str) -> None:
    first, second = new_tip(), new_tip(what_happened="Another.")
    Tip.objects.filter(pk=second.pk).update(received_at=first.received_at)
    worker.opens()
    shown = worker.reference
    before = Tip.objects.values().get(reference=shown)
    worker.verdict(verb)
    assert worker.reference not in (shown, "")
    worker.undoes()
    assert worker.reference == shown
    assert Tip.objects.values().get(reference=shown) == before | {
        "hours_to_open": Tip.objects.get(reference=shown).hours_to_open
    }
    assert "The pile: 1 of 2." in worker.said


def test_what_is_left_waits_for_the_next_pile_and_not_in_this_one(worker: Worker) -> None:
    tips = [new_tip(), new_tip(what_happened="Another.")]
    worker.opens()
    first = worker.reference
    worker.leaves()
    assert worker.reference not in (first, "")
    worker.verdict("take")
    assert worker.url == END
    assert f"Left for later {first}" in worker.said
    worker.undoes()
    worker.undoes()
    assert worker.reference == first
    worker.opens()
    assert {worker.reference} <= {str(tip) for tip in tips}


def test_the_same_as_another_by_one_press_and_a_note_goes_along(worker: Worker) -> None:
    older = new_tip(place="Plate PA 1234")
    worker.opens()
    worker.verdict("take", note="I know this one.")
    assert Note.objects.count() == 1
    copy = new_tip(what_happened="A van again.", place="pa-1234")
    worker.opens()
    assert worker.reference == str(copy)
    assert f"Same as {older}" in worker.said
    worker.verdict("same_as", same_as=str(older), note="Same plate.")
    assert (now(copy).outcome, copy.links.get().other) == ("duplicate", older)
    assert Note.objects.count() == 2
    worker.undoes()
    assert (now(copy).status, copy.links.count()) == ("new", 0)


def test_a_verdict_that_is_not_theirs_is_not_offered_and_pressed_says_why(
    worker: Worker,
) -> None:
    tip = new_tip(under_18="yes")
    worker.opens()
    assert "/junk/" not in worker.page
    worker.page += f'formaction="{url_of(tip, "junk/")}"'  # of a page from before
    worker.verdict("junk", note="Advertising.")
    assert worker.reference == str(tip)
    assert "somebody is under 18" in worker.said
    assert ">Advertising.</textarea>" in worker.page
    assert now(tip).is_open
    assert "The pile: 1 of 1." in worker.said


def test_nothing_typed_is_lost_by_a_verdict_or_by_leaving(worker: Worker, kim: Person) -> None:
    others = {str(new_tip(what_happened=f"Story {n}.")) for n in range(3)}
    worker.opens()
    shown = worker.reference
    worker.leaves(answer="Half an answer.")
    assert ">Half an answer.</textarea>" in worker.page
    assert worker.reference == shown
    worker.verdict("take", answer="Half an answer.")
    assert ">Half an answer.</textarea>" in worker.page
    assert Tip.objects.get(reference=shown).owner == kim.officer
    worker.verdict("reply", answer="A whole answer.")
    assert worker.reference in others - {shown}
    worker.verdict("take")
    worker_page = worker.page
    worker.presses_on(f"{PILE}undo/", note="A note for this one.")
    assert ">A note for this one.</textarea>" in worker.page
    assert "Nothing was done" in worker.page
    assert worker_page != worker.page


def test_a_colleague_who_was_faster_is_named_and_next_goes_on(worker: Worker, dana: Person) -> None:
    new_tip()
    new_tip(what_happened="Another.")
    worker.opens()
    shown = worker.reference
    actions.take(tip=Tip.objects.get(reference=shown), by=dana.officer)
    worker.verdict("take")
    assert "dana has it" in worker.said
    worker.leaves()
    assert worker.reference not in (shown, "")


def test_three_impatient_clicks_are_one_verdict(worker: Worker) -> None:
    for n in range(3):
        new_tip(what_happened=f"Story {n}.")
    worker.opens()
    address = f"{worker.url.partition('?')[0]}take/"
    names = ("officer", "seen", "once", "pile")
    form = {name: field(worker.page, name) for name in names}
    for _ in range(3):
        answer = worker.client.post(address, form)
        assert answer.status_code == 303
    assert Event.objects.filter(verb="taken").count() == 1
    worker.opens(answer.headers["Location"])
    assert "The pile: 2 of 3." in worker.said


def test_set_aside_restricted_and_parked_tips_are_not_in_it(
    worker: Worker, sam: Person, kim: Person
) -> None:
    new_tip(official_involved="yes")
    new_tip(set_aside=1)
    worker.opens()
    assert worker.url == END
    assert "Nothing waits to be taken." in worker.said


@pytest.mark.parametrize("who", ["ada", "ed"])
def test_who_opens_no_tips_has_no_pile(who: str, request: pytest.FixtureRequest) -> None:
    client = enter(request.getfixturevalue(who))
    for path in (PILE, END):
        assert client.get(path).status_code == 403
    for path in (f"{PILE}undo/", f"{PILE}{new_tip().pk}/leave/"):
        assert client.post(path).status_code == 403


def test_a_tip_that_nobody_reads_says_so_in_the_pile_too(worker: Worker) -> None:
    new_tip(answer_language="es")
    worker.opens()
    assert "Nobody who can open this tip says that they read Spanish." in worker.said
    worker.opens(worker.url)
    assert worker.queries[-1] <= 12


def test_an_answer_is_not_offered_to_be_undone(worker: Worker) -> None:
    for story in ("One.", "Two."):
        new_tip(what_happened=story)
    worker.opens()
    form = {name: field(worker.page, name) for name in ("officer", "seen", "once", "pile")}
    answered = worker.reference
    worker._follow(
        worker._ask("post", f"{worker.url.partition('?')[0]}reply/", form | {"answer": "Hi."})
    )
    assert f"{answered}</span> taken and answered." in worker.page
    assert f'formaction="{PILE}undo/"' not in worker.page
    assert "<kbd>Z</kbd>" not in worker.page
    worker.verdict("take")
    assert f'formaction="{PILE}undo/"' in worker.page


def test_after_ten_minutes_nothing_is_offered_to_be_undone(worker: Worker) -> None:
    for story in ("One.", "Two."):
        new_tip(what_happened=story)
    worker.opens()
    worker.verdict("take")
    session = worker.client.session
    kept = session["pile"]
    kept["verdicts"] = [[*verdict[:3], verdict[3] - 601] for verdict in kept["verdicts"]]
    session["pile"] = kept
    session.save()
    worker.opens(worker.url)
    assert f'formaction="{PILE}undo/"' not in worker.page
