"""axe over a page of a real browser: WCAG 2.2 AA and good practice.

Contrast takes axe longer than all else, and then whether links in a text are told from it. What of
both passed on one page is not looked at again on the next by the same process, where all that they
depend on is the same; in the audit it is.
"""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Numbers each element that shows words by its colours: its own, its letters' size and weight, and
# what is painted behind it from the root on, with the names that a style sheet knows all of it by;
# and whether it stands among other words.
NUMBER_COLOURS = """() => {
  const behind = new Map(), numbers = new Map();
  const ground = one => {
    if (!one) return "";
    if (!behind.has(one)) {
      const {backgroundColor, backgroundImage, opacity, position} = getComputedStyle(one);
      behind.set(one, [ground(one.parentElement), one.localName, one.getAttribute("class"),
        backgroundColor, backgroundImage, opacity, position].join(" "));
    }
    return behind.get(one);
  };
  const says = one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  for (const one of document.body.querySelectorAll("*")) {
    if (!(says(one) || one.matches("input, select, textarea, button"))) continue;
    if (!one.checkVisibility({visibilityProperty: true})) continue;
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(one);
    const off = one.matches(":disabled, [aria-disabled=true]") || one.control?.disabled;
    const among = says(one.closest("a")?.parentElement ?? one);
    const all = [ground(one), color, fontSize, fontWeight, textShadow, off, among].join(" ");
    if (!numbers.has(all)) numbers.set(all, numbers.size);
    one.dataset.colours = numbers.get(all);
  }
  return [...numbers.keys()];
}"""
RUN = """async ([options, selector]) => {
  const links = [...document.querySelectorAll(selector || "a")].map(one => one.closest("a[href]"));
  for (const link of links) link?.setAttribute("data-new", "");
  if (selector) axe.configure({rules: [{id: "color-contrast", selector},
    {id: "link-in-text-block", selector: "a[data-new]"}]});
  const found = await axe.run(document, options);
  for (const one of document.querySelectorAll("[data-colours], [data-new]"))
    delete one.dataset.colours, delete one.dataset.new;
  return found;
}"""
# Where scripts are off no timer rings, and axe would wait for good.
RING_AT_ONCE = """() => {
  window.setTimeout = (act, _, ...rest) => void Promise.resolve().then(() => act(...rest));
}"""
_passed: set[str] = set()  # colours


def check(page: Page, *, every_node: bool = False) -> None:
    """Fails, naming each, if the page has a violation; `every_node` looks at all for contrast."""
    if page.evaluate("matchMedia('(scripting: none)').matches"):
        page.evaluate(RING_AT_ONCE)
    # Not a script element, which the page's own rules would refuse.
    page.evaluate(AXE_SCRIPT)
    colours = page.evaluate(NUMBER_COLOURS)
    new = [n for n, one in enumerate(colours) if every_node or one not in _passed]
    # Without a preload axe asks for no style sheet, which the page's own rules might refuse.
    options = {"runOnly": RULES, "resultTypes": ["violations"], "preload": False}
    # Under forced colours Chromium paints with the reader's and still tells a script ours.
    forced = page.evaluate("matchMedia('(forced-colors: active)').matches")
    known = ["color-contrast"] if forced else ["color-contrast", "link-in-text-block"]
    if forced or not new:
        options["rules"] = {rule: {"enabled": False} for rule in known}
    selector = "" if every_node else ", ".join(f'[data-colours="{n}"]' for n in new)
    found = page.evaluate(RUN, [options, selector])
    wrong = [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not wrong, "\n".join([page.url, *wrong])
    if not forced:
        _passed.update(colours)
