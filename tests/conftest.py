"""What every test may ask for.

Database: `django_db` tests run as the owner on a migrated database with the roles' grants and the
release's content, in transactional tests too. Argon2 costs next to nothing; the wraps say so.

site            the real `./run run` (tests/running.py): RunningSite with `url`, `desk_url`, `var`,
                `first`, `logs()`, `start()`, `stop()`, `kill()`, `restart()`, `run("manage", …)`,
                `owner_url`, `processes()`. One for the whole run: leave its tips and accounts, do
                not count on them. Whoever stopped it need not start it again. Argon2 costs next to
                nothing there too.
boss            the first supervisor of that site, logged in.
browser         Chromium, one for the whole run.
page            a page of its own, with scripts, 360 px wide.
plain_page      the same without scripts.
axe             axe(page): fails with every violation named.
"""

import gc
import os
from collections.abc import Callable, Iterator
from functools import partial
from inspect import isfunction
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate
from django.template.base import Template
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker
from xdist.scheduler import LoadFileScheduling

from campaign.loading import load
from slu_antitrafficking import roles
from slu_antitrafficking.start import processes
from tests import accessibility
from tests.attacks.visitor import Clerk, Visitor
from tests.cast import Person, settled
from tests.chromium import CHROMIUM, PHONE, flags
from tests.restored import Copied, hired, person, restored
from tests.running import CHEAP_WORDS, RunningSite
from tips.access import recovery, throttle
from tips.actions import alike, searching
from tips.apps import apply_roles
from tips.crypto import active_key, wraps
from tips.database import rights
from tips.models import Officer
from tips.public import limits

if "PYTEST_XDIST_WORKER" in os.environ:
    processes.end_with_parent(SIGKILL)  # a worker that is in the middle of a test hears nothing


RENDER = Template._render  # before pytest-django changes it
# How long an example takes says more about the machine than about the code.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

# The files that take longest come first, so that no side of a run waits for the last one.
LONGEST = (
    *("readers/test_pages.py", "public/test_what_comes_between.py", "public/test_code_stays.py"),
    *("admin/triage/test_every_verb.py", "campaign/test_pictures.py"),
    *("admin/triage/test_access.py", "campaign/test_second_person.py"),
    *("campaign/test_numbers_and_links.py", "campaign/test_odd_input.py"),
    *("campaign/test_pages.py", "admin/triage/test_paging.py"),
    *("database/test_plans.py", "alarms/test_ladder.py"),
)
# The folder whose files stay on one side of a run: they share a site, and what its pages passed.
TOGETHER = "browser"


def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Of an audit nothing is made where it is left out anyway: it is a third of all items."""
    if collector.config.getoption("markexpr") != "not audit" or not isfunction(obj):
        return None
    marks = getattr(obj, "pytestmark", [])
    return [] if any(mark.name == "audit" for mark in marks) else None


def pytest_collection_finish() -> None:
    """What the collection made stays to the end: the garbage collector need not look for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """LONGEST in their order, then what wants a running site, then the rest, which is short."""
    tests = Path(__file__).parent
    ranks = {tests / name: rank for rank, name in enumerate(LONGEST)}
    on_a_site = {item.path for item in items if "_site" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda one: (ranks.get(one.path, len(ranks)), one.path not in on_a_site))


class Sides(LoadFileScheduling):
    """Each file on one side of a run, and all of the browser walks on the same."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return TOGETHER if Path(file).parent.name == TOGETHER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sides | None:
    return Sides(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def templates_as_served(django_test_environment: None) -> None:
    """Django's test runner has each of them tell with what words it was filled; nobody asks."""
    Template._render = RENDER  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def cheap_argon2() -> Iterator[None]:
    """Argon2id at its smallest; what a wrap costs stands in the wrap itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wraps, "COST", (1, 8 * 1024))
        yield


@pytest.fixture(autouse=True)
def nobody_waits() -> Iterator[None]:
    """No test finds a name or network that an earlier one made the log-in slow for."""
    throttle._tries.clear()
    yield
    throttle._tries.clear()


@pytest.fixture(autouse=True)
def no_search_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a search finds in its time says how busy the machine is."""
    for search in (alike, searching):
        monkeypatch.setattr(search, "SECONDS", 60.0)


@pytest.fixture(autouse=True)
def nobody_has_sent() -> None:
    """Every test has a key of its own for counting networks: none is over a limit yet."""
    limits.forget()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database as `manage.py prepare` leaves it, but for the desk's first set-up."""
    with django_db_blocker.unblock():
        load()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as a store soon is: else every join is a guess
    # A transactional test ends with a flush, which says "migrated". It takes the content away, and
    # no right.
    post_migrate.disconnect(apply_roles, sender=apps.get_app_config("tips"))
    with django_db_blocker.unblock():
        put_back = Copied("campaign").put_back

    def flushed(**_: object) -> None:
        put_back()
        with connection.cursor() as cursor:
            assert roles.drift(cursor) + rights.drift(cursor) == [], "A test left a right changed."

    post_migrate.connect(flushed, sender=apps.get_app_config("campaign"), weak=False)


@pytest.fixture(scope="session")
def _site() -> Iterator[RunningSite]:
    site = RunningSite(**CHEAP_WORDS)
    if "PYTEST_XDIST_WORKER" in os.environ:
        site.after_first_start()
    yield site
    site.throw_away()


@pytest.fixture
def site(_site: RunningSite) -> RunningSite:
    """The running site, started if an earlier test left it stopped."""
    return _site.start()


@pytest.fixture(scope="session")
def _boss(_site: RunningSite) -> Clerk:
    _site.start()
    name, words = _site.first["account"]
    clerk = Clerk(_site.desk_url, name, words, Visitor())
    clerk.set_up()
    clerk.log_in()
    return clerk


@pytest.fixture
def boss(site: RunningSite, _boss: Clerk) -> Clerk:
    """The first supervisor of the running site, logged in."""
    return _boss


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of all pages that need no other."""
    # Playwright runs an event loop of its own, which Django would take for ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags())
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone."""
    with browser.new_context(viewport=PHONE) as context:
        yield context.new_page()


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A page on a phone with scripts off."""
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        yield context.new_page()


@pytest.fixture
def axe(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """Fails, naming each, if the page has an accessibility violation. Works without scripts too."""
    is_audit = request.node.get_closest_marker("audit") is not None
    return partial(accessibility.check, every_node=is_audit)


@pytest.fixture
def first(db: None) -> Iterator[recovery.FirstAccess]:
    """The desk as the first start leaves it."""
    active_key.forget()
    yield restored("first", recovery.set_up_desk)
    active_key.forget()


@pytest.fixture
def sam(first: recovery.FirstAccess) -> Person:
    """The first supervisor."""
    officer = Officer.objects.get(username=first.username)
    return person("sam", lambda: settled(officer, first.words))


@pytest.fixture
def kim(sam: Person) -> Person:
    """An officer to whom Sam gave access."""
    return hired("kim", Officer.Role.OFFICER, sam)


@pytest.fixture
def dana(sam: Person) -> Person:
    """Another officer."""
    return hired("dana", Officer.Role.OFFICER, sam)


@pytest.fixture
def ada(sam: Person) -> Person:
    """An auditor."""
    return hired("ada", Officer.Role.AUDITOR, sam)


@pytest.fixture
def ed(sam: Person) -> Person:
    """An editor."""
    return hired("ed", Officer.Role.EDITOR, sam)
