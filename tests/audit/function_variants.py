"""`./run audit variants`: each broken variant of a database function is killed by a named test."""

import re
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.runner import runtestprotocol
from django.db import connection, connections

from slu_antitrafficking.retention_periods import CODE_MINUTES
from tests.audit.children import SURVIVED, in_child, limited
from tests.audit.mutation import blocker, tidy
from tips.apps import apply_roles
from tips.database.rights import FUNCTIONS

VARIANTS = Path(__file__).with_name("function_variants.toml")
FOLDERS = ("tests/database",)
FEWEST = 3  # of each function
_FUNCTION = re.compile(
    r"CREATE OR REPLACE FUNCTION public\.(\w+)\(.*?\$\$.*?\$\$;", re.DOTALL | re.ASCII
)


class Variant(NamedTuple):
    """A function with `old` replaced by `new`; `test` is the node id of what fails with it."""

    function: str
    old: str
    new: str
    test: str

    @property
    def statement(self) -> str:
        """What puts it into a database."""
        whole = functions()[self.function]
        return whole.replace(self.old, self.new).replace("CODE_MINUTES", str(CODE_MINUTES))


def functions() -> Mapping[str, str]:
    """The statement that makes each function, by its name."""
    return {match[1]: match[0] for match in _FUNCTION.finditer(FUNCTIONS.read_text())}


def variants() -> list[Variant]:
    """Those of function_variants.toml."""
    return [
        Variant(name, one["old"], one["new"], one.get("test", ""))
        for name, ones in tomllib.loads(VARIANTS.read_text()).items()
        for one in ones
    ]


def mistakes(made: Iterable[Variant]) -> list[str]:
    """What is wrong with the list itself."""
    counts, found = defaultdict(int), []
    for variant in made:
        counts[variant.function] += 1
        times = functions().get(variant.function, "").count(variant.old)
        if times != 1:
            found.append(f"{variant.function}: stands there {times} times: {variant.old}")
    few = [name for name in functions() if counts[name] < FEWEST]
    return found + [f"{name}: fewer than {FEWEST} variants" for name in few]


def judge(session: pytest.Session) -> list[str]:
    """Puts each variant into the test database, runs its test, and says which stayed alive."""
    say = session.config.get_terminal_writer().line
    made = variants()
    named = {variant.test for variant in made}
    items = {item.nodeid: item for item in session.items if "" in named or item.nodeid in named}
    seconds, complaints = {}, mistakes(made)
    complaints += [f"There is no test {name}" for name in sorted(named - {"", *items})]
    for name, item in items.items():  # once on the true functions, which also makes the database
        began = time.monotonic()
        if any(report.failed for report in runtestprotocol(item, nextitem=session, log=False)):
            complaints.append(f"{name} fails on the true functions.")
        else:
            seconds[name] = time.monotonic() - began
    items = {name: items[name] for name in seconds}
    if broken := _killer(Variant("codes_among", "", "", ""), list(items.values()), session):
        complaints.append(f"{broken} fails when it runs twice.")
        del items[broken]
    for variant in made:
        likely = [items[variant.test]] if variant.test in items else order(variant, items, seconds)
        killer = _killer(variant, likely, session)
        if not killer:
            complaints.append(f"alive: {variant.function}: {variant.old!r} -> {variant.new!r}")
        elif killer != variant.test:
            complaints.append(f"{variant.function}: {variant.old!r}\n  test = '{killer}'")
        say(f"{variant.function}: {killer or complaints[-1]}")
    say(f"{len(made)} variants of {len(functions())} functions")
    return complaints


def order(
    variant: Variant, items: Mapping[str, pytest.Item], seconds: Mapping[str, float]
) -> list[pytest.Item]:
    """Every test, those first whose file names the function, and the quick before the slow."""
    named = {item.path: variant.function in item.path.read_text() for item in items.values()}

    def rank(name: str) -> tuple[bool, float]:
        return (not named[items[name].path], seconds[name])

    return [items[name] for name in sorted(seconds, key=rank)]


def _killer(variant: Variant, items: Sequence[pytest.Item], session: pytest.Session) -> str:
    """The test that fails with it; "" where none does."""
    with blocker(items[0]).unblock():
        with connection.cursor() as cursor:
            cursor.execute(variant.statement)
        connections.close_all()

    def attempt() -> str:
        for item in items:
            with limited(60):
                reports = runtestprotocol(item, nextitem=session, log=False)
            if any(report.failed for report in reports):
                return item.nodeid
        return ""

    fate, killer = in_child(attempt, 3600)
    with blocker(items[0]).unblock():
        apply_roles(using="default")
        tidy()
        connections.close_all()
    return killer or ("" if fate == SURVIVED else "no test: it broke down")
