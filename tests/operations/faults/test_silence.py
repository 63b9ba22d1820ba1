"""A database that is silent, not dead: every process of it is stopped by a signal."""

import http.client
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from tests.reading import Reading
from tests.running import RunningSite, until

WORDS = "They keep her passport in a drawer."
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PAGES = ("/", "/es/", "/fr/signs/", "/get-help/", "/contact/")


class Answer(NamedTuple):
    status: int
    page: str
    seconds: float


def ask(port: int, path: str, **fields: str) -> Answer:
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    if fields:
        line.request("POST", path, urlencode(fields), FORM)
    else:
        line.request("GET", path)
    answer = line.getresponse()
    page = answer.read().decode()
    line.close()
    return Answer(answer.status, page, time.monotonic() - began)


def tell(site: RunningSite) -> Answer:
    return ask(site.port, "/report/", what_happened=WORDS, danger_now="yes")


def words_of(answer: Answer) -> str:
    (box,) = [
        tag for tag in Reading(answer.page).all("textarea") if tag.get("id") == "what_happened"
    ]
    return box.text


@contextmanager
def silent(site: RunningSite) -> Iterator[None]:
    """Inside, PostgreSQL is stopped; afterwards it goes on."""

    def every(number: signal.Signals) -> set[int]:
        found = {one for one, name in site.processes().items() if "postgres" in name}
        for one in found | {site.postgres()}:
            with suppress(ProcessLookupError):
                os.kill(one, number)
        return found

    try:
        before = every(signal.SIGSTOP)
        while (now := every(signal.SIGSTOP)) != before:  # who was just being started
            before = now
        yield
    finally:
        every(signal.SIGCONT)


@pytest.fixture
def read(site: RunningSite) -> RunningSite:
    """The site, of whose workers each has just shown every page."""
    workers = site.workers()
    try:
        for one in workers:
            for worker in workers:
                os.kill(worker, signal.SIGCONT if worker == one else signal.SIGSTOP)
            assert {ask(site.port, path).status for path in (*PAGES, "/report/")} == {200}
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
    return site


def test_pages_form_and_health_answer_and_all_is_well_a_second_after(read):
    with silent(read):
        made = time.monotonic()
        until(lambda: time.monotonic() > made + 6, what="every copy to be too old")
        for path in PAGES:
            answer = ask(read.port, path)
            assert (answer.status, answer.seconds < 1.5) == (200, True), (path, answer.seconds)
        for _ in range(3):
            told = tell(read)
            assert (told.status, told.seconds < 3) == (503, True), told.seconds
            assert words_of(told) == WORDS
        for port in (read.port, read.desk_port):
            health = ask(port, "/health/")
            assert (health.status, health.seconds < 5) == (503, True), health.seconds
    until(read.healthy, 3)
    assert tell(read).status == 200


def test_twenty_forms_at_once_leave_the_home_page_to_its_readers(read):
    with ThreadPoolExecutor(20) as many:
        # What twenty forms take here that are filled again.
        asked = [many.submit(ask, read.port, "/report/", what_happened=" ") for _ in range(20)]
        busy = max(ask(read.port, "/").seconds for _ in range(8))
        assert {one.result().status for one in asked} == {200}
    with silent(read), ThreadPoolExecutor(20) as many:
        for _round in range(2):
            sent = [many.submit(tell, read) for _ in range(20)]
            homes = [ask(read.port, "/") for _ in range(8)]
            told = [one.result() for one in sent]
            assert {one.status for one in homes} == {200}
            assert max(one.seconds for one in homes) <= 1 + busy
            assert {one.status for one in told} == {503}
            assert {words_of(one) for one in told} == {WORDS}
            assert max(one.seconds for one in told) < 3 + busy
