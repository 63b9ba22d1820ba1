"""What the look for barriers must not miss by having looked before."""

import pytest

from tests import accessibility
from tests.browser.looking import of_each_kind_one

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Words</title><style>
body {{ background: #fff; color: #222 }} main {{ background: {ground} }}
p:last-child {{ color: {last} }}</style></head>
<body><main><h1>Words</h1><p class="one">First</p><p class="one">Last</p></main></body></html>"""


def shows(page, ground="#fff", last="#222"):
    page.set_content(PAGE.format(ground=ground, last=last))
    return page


@pytest.mark.parametrize("paint", [{"last": "#ccc"}, {"ground": "#333"}])
def test_the_same_place_in_other_colours_is_looked_at_again(page, axe, paint):
    axe(shows(page))
    axe(shows(page))
    for _ in range(2):  # what failed is not taken for seen
        with pytest.raises(AssertionError, match="color-contrast"):
            axe(shows(page, **paint))
    axe(shows(page))


def test_a_link_that_passed_by_itself_is_looked_at_again_among_words(page, axe):
    link = 'one => one.innerHTML = \'<a href="/" style="text-decoration: none">A link</a>\''
    shows(page).eval_on_selector("p", link)
    axe(page)
    page.eval_on_selector("p", "one => one.prepend('Words before it and ')")
    with pytest.raises(AssertionError, match="link-in-text-block"):
        axe(page)


def test_other_barriers_are_found_where_the_colours_are_known(page, axe):
    axe(shows(page))
    shows(page).eval_on_selector("p", "one => one.innerHTML = '<img src=\"data:,\">'")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_barriers_are_found_where_scripts_are_off(plain_page, axe):
    axe(shows(plain_page))
    with pytest.raises(AssertionError, match="color-contrast"):
        axe(shows(plain_page, last="#ccc"))


def test_the_audit_looks_at_every_node(page):
    accessibility.check(shows(page), every_node=True)
    with pytest.raises(AssertionError, match="color-contrast"):
        accessibility.check(shows(page, last="#ccc"), every_node=True)


@pytest.mark.parametrize("change", ["h1.innerText = 'Others'", "h1.role = 'alert'"])
def test_of_each_kind_of_page_one_is_looked_at(page, axe, change):
    look = of_each_kind_one(axe)
    look(shows(page))
    look(shows(page, last="#ccc"))  # of a kind that was seen
    page.evaluate(f"() => {{ const h1 = document.querySelector('h1'); {change} }}")
    with pytest.raises(AssertionError, match="color-contrast"):
        look(page)
