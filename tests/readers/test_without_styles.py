"""A text browser has no style: what a style sheet sets apart must be apart without one."""

from tests.campaign.places import FORMS, TEMPLATES

# The style sheets off, and every fold open, as lynx and w3m show them.
PLAIN = """() => {
  for (const sheet of document.styleSheets) sheet.disabled = true;
  for (const fold of document.querySelectorAll("details")) fold.open = true;
}"""
# Two parts that read as one sentence: a title and the words below it, two answers to tick.
JOINED = """() => {
  const parts = "li > b, li > b + p, label:has(input), .rows small, output, button";
  const lines = [...document.querySelectorAll(parts)]
    .filter(one => one.checkVisibility() && one.textContent.trim())
    .map(one => ({name: one.textContent.trim(), ...one.getBoundingClientRect().toJSON()}));
  return lines.slice(1).filter((one, at) =>
    one.top < lines[at].bottom - 4 && one.left >= lines[at].right).map(one => one.name);
}"""


def test_nothing_runs_into_the_next_line(visit):
    came = visit(width=1280, height=800)
    for path in (*TEMPLATES, *FORMS):
        page = came.goes(path).page
        page.evaluate(PLAIN)
        assert page.evaluate(JOINED) == [], path
