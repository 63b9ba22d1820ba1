"""How a page is looked at: at every width, unfolded, for what is out of reach."""

import re
from collections.abc import Callable, Sequence

from playwright.sync_api import Page, expect

from tests.browser.citizen import Look

SCREEN = {"width": 1280, "height": 800}
PATIENCE = 15_000  # milliseconds
expect.set_options(timeout=PATIENCE)
# What makes a page wider than the screen, if it is.
WIDE = """() => {
  const page = document.documentElement;
  const wide = [...document.body.querySelectorAll("*")].filter(
    one => one.getBoundingClientRect().right > page.clientWidth);
  return page.scrollWidth > page.clientWidth ? [page, ...wide].map(
    one => one.cloneNode().outerHTML) : [];
}"""
# Paragraphs of a public page that stand at a button as if they were part of it.
TOUCHING = """() => [...document.querySelectorAll("main .btn")].flatMap(button => {
  const at = button.getBoundingClientRect();
  return [...document.querySelectorAll("main p")].filter(one => {
    const box = one.getBoundingClientRect();
    return at.height && box.height && !one.contains(button) && !button.contains(one)
      && Math.abs(box.top - at.bottom) < 4 && box.left < at.right && box.right > at.left;
  }).map(one => one.outerHTML);
})"""
UNFOLD = """() => {
  const folded = [...document.querySelectorAll("details:not([open])")];
  for (const one of folded) one.open = true, one.dataset.folded = "";
}"""
FOLD = """() => {
  for (const one of document.querySelectorAll("[data-folded]"))
    one.open = false, delete one.dataset.folded;
}"""


# What differs between two pages of one kind: keys, references and numbers.
OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{2}-\d{4}|\d+")
# What all pages have that one template makes for everything that can be edited, and for every act
# that has to be confirmed.
SHARED = ("body.app-campaign.change-list", "body.app-campaign.change-form", "#confirm")
PARTS = (".waiting", "fieldset", "textarea")
# Which of those a page is, with its parts; else where it is and what it is called. And whether
# something is refused there.
KIND = """([shared, parts]) => {
  const has = css => document.querySelector(css) !== null;
  const page = shared.some(has) ? [...shared, ...parts].filter(has).join()
    : location.pathname + (document.querySelector("h1")?.innerText ?? "");
  return [page, has("[role=alert], .errornote")];
}"""
_seen: set[tuple[str, bool]] = set()


def of_each_kind_one(axe: Callable[[Page], None]) -> Callable[[Page], None]:
    """axe, once over each kind of page, and once where something is refused on it.

    For the suite; in the audit every page has it, in every state.
    """

    def look(page: Page) -> None:
        shown, refuses = page.evaluate(KIND, [SHARED, PARTS])
        kind = (OWN.sub("*", shown), refuses)
        if kind not in _seen:
            axe(page)
            _seen.add(kind)

    return look


def closer(axe: Callable[[Page], None], widths: Sequence[int], schemes: Sequence[str]) -> Look:
    """Nothing is out of reach on a page, with everything unfolded; leaves it as it was."""

    def look(page: Page) -> None:
        before = page.viewport_size
        page.wait_for_load_state()
        page.evaluate(UNFOLD)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate(WIDE) == [], f"{page.url} at {width} px"
            assert page.evaluate(TOUCHING) == [], f"{page.url} at {width} px"
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme)
                axe(page)
        page.evaluate(FOLD)
        page.set_viewport_size(before)

    return look


def no_look(page: Page) -> None:
    """For a walk over pages that another walk has looked at."""
