"""People who send tips while a server is upgraded."""

import http.client
import os
import re
import threading
import time
from itertools import pairwise
from urllib.parse import urlencode

from slu_antitrafficking.start.postgres.database import owner
from tests.networks import new_network
from tests.running import until
from tips.crypto import receipts


class Senders:
    """People who send one tip after the other through nginx, and what became of each."""

    def __init__(self, port: int, people: int = 3) -> None:
        self.port, self.people = port, people
        self.received: dict[str, str] = {}
        self.refused: list[int] = []
        self.moments: list[float] = []
        self._stop = threading.Event()

    def __enter__(self) -> "Senders":
        self._threads = [threading.Thread(target=self._send) for _ in range(self.people)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def await_more(self, tips: int = 10) -> None:
        enough = len(self.received) + tips
        until(lambda: len(self.received) >= enough, 60, f"{tips} tips more")

    @property
    def gap(self) -> float:
        moments = sorted(self.moments)
        return max(later - now for now, later in pairwise(moments))

    def _send(self) -> None:
        while not self._stop.is_set():
            page = receipts.new_idempotency_key()
            line = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=30, source_address=(new_network(), 0)
            )
            form = urlencode({"submission": page, "what_happened": f"A tip {page}"})
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Host": "www.example.org",
            }
            try:
                line.request("POST", "/report/", form, headers)
                answer = line.getresponse()
                found = re.search(rb'"reference"[^>]*>([A-Z]{2}-\d{4})<', answer.read())
                if answer.status == 200 and found:
                    self.received[page] = found[1].decode()
                    self.moments.append(time.monotonic())
                else:
                    self.refused.append(answer.status)
            except (OSError, http.client.HTTPException):
                self.refused.append(0)
            finally:
                line.close()
            self._stop.wait(0.1)


def stored() -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    with owner(os.environ["DATABASE_URL"]) as cursor:
        cursor.execute("SELECT page_digest, reference FROM tips_tip")
        for page, reference in cursor.fetchall():
            found.setdefault(bytes(page), []).append(reference)
    return found


def each_once(senders: Senders) -> None:
    there = stored()
    for page, reference in senders.received.items():
        assert there[receipts.page_digest(page)] == [reference]
