"""first-view: what a browser that was never here fetches for each public page."""

import os
import re
import shutil
from collections.abc import Callable
from functools import cache

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from bench import load, stage
from bench.figure import Figure

CHROMIUM = "/usr/bin/chromium-headless-shell"
PHONE: ViewportSize = {"width": 360, "height": 740}
# The pages that no sitemap may name.
QUIET = ("/report/", "/follow-up/", "/get-help/", "/get-help/card/")
# As browsers ask: the newer way on https and on this machine, the older one on plain http.
ASKED = {"br": "gzip, deflate, br", "gzip": "gzip, deflate"}
ICON = re.compile(r'<link rel="icon"[^>]* href="([^"]+)"')


def measure() -> list[Figure]:
    """Of each page, in its heaviest language: HTML and CSS; then everything, heads included.

    Raises RuntimeError where there is no browser.
    """
    if not shutil.which(CHROMIUM):
        raise RuntimeError("it needs a browser (apt-get install chromium-headless-shell)")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        stage.stage("first_view") as ground,
        ground.door("public") as public,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        found = [
            figure
            for paths in _pages(public.port)
            for figure in _figures(public.port, paths, _files(browser, public.port, paths[0]))
        ]
        browser.close()
    return found


def _pages(port: int) -> list[list[str]]:
    """Every page as the addresses it has in the languages of the site, English first."""
    _head, text = load.ask(port, load.get(port, "/sitemap.xml", encoding="identity"))
    same = re.compile(rf'href="http://{load.HOST}:{port}(/[^"]*)"')
    listed = [same.findall(entry) for entry in text.decode().split("<url>")[1:]]
    pages = list(dict.fromkeys(tuple(paths) for paths in listed))
    quiet = [[f"{home.rstrip('/')}{path}" for home in pages[0]] for path in QUIET]
    return [*map(list, pages), *quiet]


def _files(browser: Browser, port: int, path: str) -> dict[str, str]:
    """What Chromium fetches for this page beside it: address → kind."""
    origin = f"http://{load.HOST}:{port}"
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        kinds: dict[str, str] = {}
        page.on("requestfinished", lambda each: kinds.update({each.url: each.resource_type}))
        page.goto(f"{origin}{path}", wait_until="networkidle")
        # A browser without a window fetches no icon.
        icons = dict.fromkeys(ICON.findall(page.content()), "icon")
    files = {
        url.removeprefix(origin): kind for url, kind in kinds.items() if url.startswith(origin)
    }
    del files[path]
    return files | icons


def _figures(port: int, paths: list[str], files: dict[str, str]) -> list[Figure]:
    # What a screen waits for; the sheet for paper comes behind it.
    styles = [
        file
        for file, kind in files.items()
        if kind == "stylesheet" and not file.startswith("/static/site/print.")
    ]

    def first(asked: str) -> int:
        return max(_size(port, path, asked)[1] for path in paths) + sum(
            _size(port, style, asked)[1] for style in styles
        )

    def whole(asked: str) -> int:
        return max(sum(_size(port, path, asked)) for path in paths) + sum(
            sum(_size(port, file, asked)) for file in files
        )

    requests = f", {len(files) + 1} requests"
    return [
        Figure(f"first-view {paths[0]}", _said(first), bar="<= 14 KB"),
        Figure(f"first-view-whole {paths[0]}", _said(whole) + requests, bar="<= 30 KB"),
    ]


def _said(weigh: Callable[[str], int]) -> str:
    return ", ".join(f"{weigh(asked) / 1000:.1f} KB {name}" for name, asked in ASKED.items())


@cache
def _size(port: int, path: str, asked: str) -> tuple[int, int]:
    """Bytes of the head and of the body."""
    head, body = load.ask(port, load.get(port, path, encoding=asked))
    return len(head) + 4, len(body)
