"""What is in the store after a power cut in the middle of sendings."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.operations.faults.crowd import Crowd, each_once, post, references
from tests.running import RunningSite
from tips.crypto import receipts


def test_ten_power_cuts_in_the_middle_of_sendings(own: RunningSite, tmp_path: Path) -> None:
    """Every process is stopped at once and the store copied; what was acknowledged is in each copy.

    A copy cannot see a missing fsync: `./run doctor` looks whether it is on.
    """
    copies = []
    with Crowd(own) as crowd:
        for number in range(10):
            crowd.await_more(5)
            with stopped(own):
                acknowledged = dict(crowd.received)
                copy = tmp_path / f"copy-{number}"
                subprocess.run(["cp", "-a", own.var, copy], check=True)
            copies.append((copy, acknowledged))
    each_once(crowd)
    for copy, acknowledged in copies:
        again = RunningSite()
        copy.rename(again.var)
        try:
            again.start()
            stored = references(again)
            for page, reference in acknowledged.items():
                assert stored[receipts.page_digest(page)] == [reference]
            assert post(again, what_happened="After the cut.").status == 200
        finally:
            again.throw_away()


@contextmanager
def stopped(site: RunningSite) -> Iterator[None]:
    """No process of the store moves inside."""

    def every(number: signal.Signals) -> set[int]:
        found = set(site.processes()) | {site.postgres()}
        assert site.process
        for one in found | {site.process.pid}:
            with suppress(ProcessLookupError):
                os.kill(one, number)
        return found

    try:
        before = every(signal.SIGSTOP)
        while (now := every(signal.SIGSTOP)) != before:
            before = now
        yield
    finally:
        every(signal.SIGCONT)
