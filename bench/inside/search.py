"""Searches inside many sealed tips, as the desk's process does it."""

import gc
import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tips import actions
from tips.access import authentication, desk_keys
from tips.actions import alike, searching
from tips.crypto.data_keys import DataKeyMemory
from tips.crypto.sealing import Keyring
from tips.models import Officer, Tip
from tips.search import terms

ROUNDS = 5
# Nobody wrote all of this, so every text is read to its end.
TYPED = 'peña "white van" zeppelin PA 9999'
FOREVER = 1e9


def main(name: str, words: str) -> dict[str, Any]:
    """CPU seconds, tips and megabytes of a first search, of a second and of *looks like*."""
    unlocked = authentication.unlock(username=name, words=words)
    assert unlocked
    held = desk_keys.judge(authentication.granted_secrets(unlocked), unlocked.anchor).true
    officer, keys = unlocked.officer, Keyring(held, DataKeyMemory())
    gc.collect()
    before = _megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    first = _search(officer, Keyring(held, DataKeyMemory()))
    alike.SECONDS = searching.SECONDS = FOREVER
    whole = _search(officer, keys)
    again = [_search(officer, keys) for _ in range(ROUNDS)]
    grown = _megabytes("VmHWM") - before
    compare = _comparison(officer, Keyring(held, DataKeyMemory()))
    return {
        "first": first,
        "whole": whole,
        "second": {"seconds": median(one["seconds"] for one in again), "tips": again[0]["tips"]},
        "megabytes": grown,
        "alike-first": _cpu(compare),
        "alike-second": median(_cpu(compare) for _ in range(ROUNDS)),
    }


def _comparison(officer: Officer, keys: Keyring) -> Callable[[], object]:
    tip = Tip.objects.with_turn().order_by("-received_at", "id")[0]
    opened = actions.open_tip(tip=tip, by=officer, keys=keys)
    return lambda: actions.looks_like(tip=tip, opened=opened, by=officer, keys=keys)


def _search(officer: Officer, keys: Keyring) -> dict[str, float]:
    wanted = terms.parse(TYPED)
    found: list[actions.Found] = []

    def search() -> None:
        found.append(actions.search(terms=wanted, typed=TYPED, by=officer, keys=keys))

    return {"seconds": _cpu(search), "tips": found[0].searched}


def _cpu(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def _megabytes(what: str) -> float:
    found = re.search(rf"^{what}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found, "the system does not say how much memory a process has"
    return int(found[1]) * 1024 / 1e6
