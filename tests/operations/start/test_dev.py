"""./run dev: every change shows at once, and ./run run knows nothing of it.

What a developer alone sees is for the audit; that no visitor sees it, for every run.
"""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from slu_antitrafficking.start import options
from tests.operations.start import tree
from tests.running import RunningSite, until

SOON = 8  # seconds
CHANGED = '<p id="changed">A template was changed.</p>'


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    copy = tree.copy(tmp_path_factory.mktemp("dev") / "tree", tree.SITE)
    (copy / ".venv").symlink_to(options.ROOT / ".venv")
    site = RunningSite("dev", copy)
    yield site.start()
    site.throw_away()


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))


def saved(file: Path, shows: Callable[[], bool]) -> None:
    """Waits for what a change makes of it.

    Who changes a file within a second of a start, before the server has looked at it for the first
    time or the browser has heard of that start, has to save it once more. So do we.
    """
    deadline = time.monotonic() + SOON

    def shown() -> bool:
        nonlocal deadline
        if time.monotonic() > deadline:
            deadline += SOON
            file.touch()
        return shows()

    until(shown, 8 * SOON)


def read(address: str) -> str:
    """What is answered, be it a mistake; nothing while the server begins anew."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()
    except ConnectionError:
        return ""


@pytest.mark.audit
@pytest.mark.parametrize(
    ("door", "path", "template", "before"),
    [
        ("url", "/signs/", "templates/base.html", "</main>"),
        ("desk_url", "/desk/login/", "templates/admin/login.html", "<form"),
    ],
)
def test_a_page_in_the_browser_shows_a_changed_template_by_itself(
    dev: RunningSite, page: Page, door: str, path: str, template: str, before: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(getattr(dev, door) + path)
    expect(page.locator("#changed")).to_have_count(0)
    change(dev.tree / template, before, CHANGED + before)

    def shown() -> bool:
        with suppress(TimeoutError):
            page.locator("#changed").wait_for(timeout=SOON * 1000)
        return page.locator("#changed").count() == 1

    saved(dev.tree / template, shown)
    assert complaints == []


@pytest.mark.audit
def test_a_changed_view_and_a_changed_style_are_what_is_answered(dev: RunningSite) -> None:
    change(dev.tree / "slu_antitrafficking/views.py", "User-agent: *", "User-agent: Changed")
    change(dev.tree / "static/site/site.css", "body{", "body{--changed:1;")
    for url in (dev.url, dev.desk_url):
        robots = f"{url}/robots.txt"
        saved(dev.tree / "slu_antitrafficking/views.py", lambda: "Changed" in read(robots))  # noqa: B023
        assert "--changed" in read(f"{url}/static/site/site.css")


@pytest.mark.audit
@pytest.mark.parametrize(
    ("file", "mistake"),
    [
        ("slu_antitrafficking/views.py", "a mistake"),  # met by the first request
        ("tips/models/tip.py", "raise ValueError('a mistake')"),  # by the start itself
    ],
)
def test_a_mistake_is_shown_until_it_is_mended(dev: RunningSite, file: str, mistake: str) -> None:
    with (dev.tree / file).open("a") as view:
        view.write(f"\n{mistake}\n")
    robots = f"{dev.url}/robots.txt"
    saved(dev.tree / file, lambda: "a mistake" in read(robots))
    change(dev.tree / file, f"\n{mistake}\n", "")
    saved(dev.tree / file, lambda: read(robots).startswith("User-agent"))


def test_nothing_of_it_is_in_what_run_serves(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "django-browser-reload" not in read(f"{site.url}/")
    assert "There is no such page" in read(f"{site.url}/__reload__/events/")
    monkeypatch.setitem(os.environ, "LIVE_RELOAD", "1")
    assert "LIVE_RELOAD" not in options.clean_environment()
