"""Tables on a small phone."""

import pytest

from tests.campaign.places import LANGUAGES, in_language

# The words of the first column that stand on more lines than one, and are not joined by a hyphen.
CUT = """[...document.querySelectorAll("tr > :first-child")].flatMap(cell => {
  const found = [], walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) for (const word of walk.currentNode.data.matchAll(/[^\\s-]+/g)) {
    const range = document.createRange();
    range.setStart(walk.currentNode, word.index);
    range.setEnd(walk.currentNode, word.index + word[0].length);
    if (range.getClientRects().length > 1) found.push(word[0]);
  }
  return found;
})"""


@pytest.mark.parametrize("font", ["Liberation", "DejaVu"])
def test_no_word_of_a_first_column_is_cut(typeset, font):
    came = typeset(font, width=360, height=640)
    for code in LANGUAGES:
        page = came.goes(in_language("/law/", code)).page
        assert page.locator("table").count() > 0
        assert page.evaluate(CUT) == [], code
