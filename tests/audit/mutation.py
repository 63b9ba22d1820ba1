"""`./run audit mutants`: breaks the code on purpose and asks which test notices.

One warm process: the tests run once, with coverage saying which of them reach which line. Then each
mutant lives in a forked child, where its code is put in the place of the true one and the tests
that reach it run until one fails. A mutant of a function's body exchanges the code of that function
object, whoever imported it. Any other is run as a whole module again, and what it made replaces
what the true one made wherever that was imported.

Survivors stand in surviving_mutants.toml with their reasons.
"""

import gc
import json
import time
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import pytest
from _pytest.runner import runtestprotocol
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from tests.audit.children import HUNG, KILLED, in_child, limited
from tests.audit.exchange import Living, install, living
from tests.audit.operators import Mutant, mutants, path_of
from tips.apps import apply_roles
from tips.crypto import wraps
from tips.models import Officer, Tip

HERE = Path(__file__).parent
SURVIVORS = HERE / "surviving_mutants.toml"
# Whose tests have to kill whose mutants: a rule that only a far test holds is held by none.
PUBLIC = tuple(
    f"tests/public/test_{name}.py"
    for name in (
        *("fields", "forms", "follow_up_forms", "report_page", "report", "follow_up"),
        "citizens_line",
    )
)
RIGHTS_TESTS = tuple(
    f"tests/database/test_{name}.py"
    for name in ("rights", "drift", "owner_attributes", "release", "published")
)
MODULES: Mapping[str, Sequence[str]] = {
    "tips.crypto": ("tests/crypto",),
    "tips.access": ("tests/access", "tests/management"),
    # What rings at another tip is a function of the database.
    "tips.actions.copies": ("tests/actions", "tests/database"),
    "tips.actions": ("tests/actions",),
    "tips.models.queue_order": ("tests/admin/triage",),
    "tips.public.follow_up_forms": PUBLIC,
    "tips.public.forms": PUBLIC,
    "tips.public.fields": PUBLIC,
    # In this order: each leaves roles, or a trigger's owner, as those before it cannot have them.
    "tips.database.role_rights": RIGHTS_TESTS,
    "slu_antitrafficking.roles": RIGHTS_TESTS,
    "tips.database.catalog": RIGHTS_TESTS,
    "tips.database.rights": RIGHTS_TESTS,
}
# Whose effect is in the database: told again to it in the child, and by the true code afterwards.
RIGHTS = (
    *("tips.database.catalog", "tips.database.rights", "tips.database.role_rights"),
    "slu_antitrafficking.roles",
)
MOST_SURVIVORS = 0.05
NO_TEST = "no test"


class Named(NamedTuple):
    """A survivor in the file."""

    name: tuple[str, str, str, str]
    reason: str


def wanted(config: pytest.Config) -> dict[str, str]:
    """The modules that were asked for, all of them where none was, each with the function in it."""
    asked = config.getoption("--mutants").split(",") if config.getoption("--mutants") else MODULES
    names = [name.partition(":") for name in asked]
    return {module: within for name, _, within in names for module in modules_of(name)}


def modules_of(name: str) -> list[str]:
    """A module itself, or the modules of a package."""
    path = path_of(name)
    if path.exists():
        return [name]
    found = sorted(path.with_suffix("").glob("*.py"))
    return [f"{name}.{one.stem}" for one in found if one.stem != "__init__"]


def named_survivors() -> list[Named]:
    """What surviving_mutants.toml says."""
    tables = tomllib.loads(SURVIVORS.read_text())
    return [
        Named((module, one["in"], one["was"], one["now"]), one["reason"])
        for module, ones in tables.items()
        for one in ones
    ]


class Run:
    """One run over some modules."""

    def __init__(self, session: pytest.Session, modules: Mapping[str, str]) -> None:
        self.session, self.modules = session, modules
        self.living: dict[str, Living] = {}
        self.killers: list[str] = []  # the last first: what killed one often kills the next
        self.items = {item.nodeid: item for item in session.items}
        self.seconds: dict[str, float] = {}
        self.reached: dict[str, dict[int, list[str]]] = {}
        self.complaints: list[str] = []
        self.outcomes: dict[tuple[str, str, str, str], str] = {}
        named = {one.name: one.reason for one in named_survivors()}
        self.named = {name: why for name, why in named.items() if self.asked(*name[:2])}
        self.say = session.config.get_terminal_writer().line

    def reach(self) -> None:
        """Runs every test once: how long each takes, and which lines it reaches."""
        meter = coverage.Coverage(
            config_file=False,
            data_file=None,
            include=[str(path_of(m)) for m in self.modules],
            messages=False,
        )
        meter.start()
        items = list(self.session.items)
        caches = [cache for module in self.modules for cache in living(module).caches]
        for item in items:
            for cache in caches:
                cache.cache_clear()  # so that this test too is seen to reach what fills it
            meter.switch_context(item.nodeid)
            began = time.monotonic()
            reports = runtestprotocol(item, nextitem=self.session, log=False)
            self.seconds[item.nodeid] = time.monotonic() - began
            failed = [report for report in reports if report.failed]
            if failed:
                self.complain(f"{item.nodeid} fails on the true code:\n{failed[0].longreprtext}")
                del self.items[item.nodeid]
        meter.stop()
        connections.close_all()
        gc.collect()
        self.living = {module: living(module) for module in self.modules}
        gc.freeze()  # so that a child copies nothing that it only counts
        data = meter.get_data()
        self.reached = {m: data.contexts_by_lineno(str(path_of(m))) for m in self.modules}
        self.say(f"{len(items)} tests in {sum(self.seconds.values()):.0f} s")

    def module(self, module: str) -> None:
        """Every mutant of one module, and a line of figures."""
        began, counts = time.monotonic(), defaultdict(int)
        made = [one for one in mutants(module) if self.asked(one.module, one.within)]
        true = Mutant(module, "", "", "", (0, 0), False, path_of(module).read_text())
        if self.fate(true) == KILLED:
            why = f"{self.killers[0]} fails" if self.killers else "no test could run"
            self.complain(
                f"{module} does not stand being run again: {why}. Its mutants say nothing."
            )
        for mutant in made:
            fate = self.outcomes[mutant.name] = self.fate(mutant)
            counts[fate] += 1
            if fate != KILLED and mutant.name not in self.named:
                self.complain(
                    f"{fate}: {module} line {mutant.lines[0]}\n"
                    f'  [["{module}"]]\n  in = {_toml(mutant.within)}\n'
                    f"  was = {_toml(mutant.was)}\n  now = {_toml(mutant.now)}\n  reason = "
                )
        left = len(made) - counts[KILLED]
        self.say(
            f"{module}: {len(made)} mutants, {counts[KILLED]} killed, {left} survived"
            f" ({counts[NO_TEST]} reached by no test), {time.monotonic() - began:.0f} s"
        )

    def judge(self) -> None:
        """What the file of survivors says is true, and there are few of them."""
        for name in self.named:
            fate = self.outcomes.get(name, "not there any more")
            if fate in (KILLED, "not there any more"):
                self.complain(f"named as a survivor, but {fate}: {name}")
        survivors = sum(fate != KILLED for fate in self.outcomes.values())
        if survivors > MOST_SURVIVORS * max(len(self.outcomes), 1):
            self.complain(f"{survivors} of {len(self.outcomes)} mutants survive: above 5 %.")
        self.say(f"{len(self.outcomes)} mutants, {survivors} survived")

    def asked(self, module: str, within: str) -> bool:
        """Whether this run is about that place."""
        return within.startswith(self.modules.get(module, "nowhere"))

    def complain(self, what: str) -> None:
        self.complaints.append(what)
        self.say(what)

    def fate(self, mutant: Mutant) -> str:
        """Whether a test fails with the mutant."""
        items = self.tests_of(mutant)
        if not items:
            return NO_TEST
        fate, killer = in_child(lambda: self.attempt(mutant, items), 600 + 20 * self.total(items))
        if killer:
            self.killers = [killer, *(name for name in self.killers if name != killer)]
        if mutant.module in RIGHTS or fate == HUNG:
            with blocker(items[0]).unblock():
                apply_roles(using="default")
                tidy()
                connections.close_all()
        return KILLED if fate == HUNG else fate

    def total(self, items: Sequence[pytest.Item]) -> float:
        return sum(self.seconds[item.nodeid] for item in items)

    def tests_of(self, mutant: Mutant) -> list[pytest.Item]:
        """The tests that reach it: first what killed another, then the quick before the slow."""
        reached = self.reached[mutant.module]
        lines = range(mutant.lines[0], mutant.lines[1] + 1) if mutant.live else reached
        names = {name for line in lines for name in reached.get(line, ())}
        if not names:  # a `continue` is no instruction of its own
            names = set(reached.get(lines[0] - 1, ()) if mutant.live else ())
        if not mutant.live:  # who only looks at a table of it reaches no line
            texts = {item.path: item.path.read_text() for item in self.items.values()}
            names |= {n for n, item in self.items.items() if mutant.module in texts[item.path]}
        folders = folders_of(mutant.module)
        if mutant.module in RIGHTS:
            names |= {name for name in self.items if name.startswith(tuple(folders))}
        quick = sorted(names & self.items.keys(), key=self.seconds.__getitem__)
        killers = [name for name in self.killers if name in names]
        return [self.items[name] for name in dict.fromkeys([*killers, *quick])]

    def attempt(self, mutant: Mutant, items: Sequence[pytest.Item]) -> str:
        """In the child: which of these fails; "" where none does."""
        cost = wraps.COST
        install(mutant, self.living[mutant.module])
        wraps.COST = cost  # as cheap as the suite makes it, also where that module ran again
        if mutant.module in RIGHTS:
            with blocker(items[0]).unblock():
                apply_roles(using="default")
        for item in items:
            with limited(10 + 5 * self.seconds[item.nodeid]):
                reports = runtestprotocol(item, nextitem=self.session, log=False)
            if any(report.failed for report in reports):
                return item.nodeid
        return ""


def folders_of(module: str) -> Sequence[str]:
    """Where the tests of a module stand."""
    return next(folders for name, folders in MODULES.items() if module.startswith(name))


def blocker(item: pytest.Item) -> DjangoDbBlocker:
    """What lets us at the database outside a test."""
    return item.config.stash[_blocker_key()]


def _blocker_key() -> Any:
    from pytest_django.plugin import blocking_manager_key

    return blocking_manager_key


def tidy() -> None:
    """What a killed child left in the database."""
    if Officer.objects.exists() or Tip.objects.exists():
        call_command("flush", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND usename = current_user"
        )


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
