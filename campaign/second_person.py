"""Which changes of the site wait for a second person, and why."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.conf import settings

from campaign import neighbours, release, screening
from campaign.change_context import around_the_change
from campaign.item_content import ItemContent
from campaign.models import AllowedTarget, Language

# A person in danger reads these, or meets them on the way to telling us. What waits there still
# shows its last words; what showed at once and was mailed would be read before anybody looked.
SAFE_PAGES = ("contact", "get-help", "card")
WORDS_OF_PLACE = {
    "contact": "on the contact page and beside the numbers",
    "notice": "on top of every page",
    "reply": "in answers to citizens",
    "phrase": "on the card, the doors, the form, the telephone and the desk",
    "sign": "on the form",
    "home": "over the doors of the home page",
    "get-help": "on the help page",
    "card": "on the card to show",
}
COLUMNS_IN_DANGER = ("always", "source", "source_url")  # they stand beside the words
# Where it stands among others, or what stands before and after its own words.
COLUMNS_OF_PLACE = (
    *("position", "on", "group", "law", "when", "home", "types", "signs", "strength"),
    *("number", "source"),
)
PAGES_OF_THEIR_OWN = ("type", "material")
A_PICTURE = "A picture shows once somebody else has looked at it."
A_NUMBER = "A number shows once somebody else has called it."

Texts = Mapping[str, Mapping[str, str]]


def reasons(before: ItemContent, after: ItemContent, known: Container[str]) -> list[str]:
    """Why the change from what the pages show to this has to wait, as sentences; none: it need not.

    `known` holds where the pages may lead (see known_targets).
    """
    shown_before, shown_after = shown_texts(before), shown_texts(after)
    return [
        *_numbers_of_contacts(before, after),
        *_pages_taken_away(before.family, shown_before, shown_after),
        *_words_in_danger(before, after),
        *_leads_in_columns(before, after, known),
        *_leads_in_texts(after, shown_before, known),
        *_leads_in_neighbours(before, after, known),
    ]


def known_targets() -> set[str]:
    """Where pages may lead: what a release or a second person named, and this site."""
    allowed = AllowedTarget.objects.values_list("target", flat=True)
    return {*_release_targets(), *allowed, screening.target(settings.SITE_URL)}


def targets(item: ItemContent) -> set[str]:
    """The targets (screening.target) of the item's links and source, as it shows."""
    bodies = (text["body"] for text in shown_texts(item).values())
    urls = [url for body in bodies for url in screening.links_of(body)]
    return {screening.target(url) for url in (*urls, item.values["source_url"]) if url}


def shown_texts(item: ItemContent) -> dict[str, dict[str, str]]:
    """By language the words that readers see; none of an unpublished item or a draft."""
    if not item.values["published"]:
        return {}
    return {
        code: {name: text.get(name, "") for name in ("title", "summary", "body", "picture_words")}
        for code, text in item.texts.items()
        if text["title"] and text["state"] != "draft"
    }


def is_new_number(before: ItemContent, after: ItemContent) -> bool:
    """Whether a number shows now that did not show before."""
    if after.family != "contact" or not after.values["published"]:
        return False
    return not before.values["published"] or before.values["number"] != after.values["number"]


def _numbers_of_contacts(before: ItemContent, after: ItemContent) -> Iterator[str]:
    if is_new_number(before, after):
        yield A_NUMBER


def _pages_taken_away(family: str, before: Texts, after: Texts) -> Iterator[str]:
    if family in PAGES_OF_THEIR_OWN and "en" in before and "en" not in after:
        yield "It takes a page away."


def _words_in_danger(before: ItemContent, after: ItemContent) -> Iterator[str]:
    if is_new_number(before, after):
        return  # two people look at all of it
    places = {where for item in (before, after) if (where := _place(item))}
    was, will = _in_danger(before, after), _in_danger(after, after)
    if after.family == "notice":  # anybody may take one down
        was = {code: text for code, text in was.items() if code in will}
    if places and was != will:
        where = " and ".join(sorted(WORDS_OF_PLACE[place] for place in places))
        yield f"Words {where} show once two people have read them."


def _in_danger(item: ItemContent, after: ItemContent) -> dict[str, Any]:
    """What of it people in danger read, but for what will be the release's own."""
    if not (_place(item) and item.values["published"]):
        return {}
    own = {*_released(after), *_released_columns(after)}
    columns = {name: item.values[name] for name in COLUMNS_IN_DANGER if name in item.values}
    shown = {**shown_texts(item), **columns}
    return {name: value for name, value in shown.items() if name not in own}


def _place(item: ItemContent) -> str:
    if item.family in ("contact", "notice", "phrase", "reply"):
        return item.family
    if item.family == "sign":
        return "sign" if item.values.get("on_form") else ""
    page = item.values.get("on") or (item.slug if item.family == "page" else "")
    is_home = item.family == "page" and item.slug == "home"
    return page if page in SAFE_PAGES or is_home else ""


def _released(item: ItemContent) -> set[str]:
    """The languages in which the item shows exactly what the release says."""
    row = _release_rows().get((item.family, item.slug))
    if row is None or _place(row) != _place(item):
        return set()
    return {
        code
        for code, text in shown_texts(item).items()
        if code in row.texts and text == {name: row.texts[code].get(name, "") for name in text}
    }


def _released_columns(item: ItemContent) -> set[str]:
    row = _release_rows().get((item.family, item.slug))
    if row is None:
        return set()
    # A release leaves out what is no.
    return {
        name
        for name in COLUMNS_IN_DANGER
        if name in item.values and item.values[name] == row.values.get(name, False)
    }


def _leads_in_columns(
    before: ItemContent, after: ItemContent, known: Container[str]
) -> Iterator[str]:
    if not after.values["published"]:
        return
    was = before.values if before.values["published"] else {}
    row = _release_rows().get((after.family, after.slug))
    own = row.values if row else {}
    changed = {
        name: value
        for name, value in after.values.items()
        if isinstance(value, str) and value not in (was.get(name), own.get(name))
    }
    if url := changed.pop("source_url", ""):
        yield from _sentences("The source", [], screening.links([url], known))
    if after.family == "contact":
        changed.pop("number", "")  # two people look at that anyway
    if not was:
        changed["slug"] = after.slug
    for name, value in changed.items():
        leads = screening.addresses(value, known)
        yield from _strange(f"The {name}", value)
        yield from _sentences(f"The {name}", screening.numbers(value), leads)


def _leads_in_texts(after: ItemContent, before: Texts, known: Container[str]) -> Iterator[str]:
    own = _released(after)
    for code, text in shown_texts(after).items():
        if text == before.get(code) or code in own:
            continue
        words = _words(text)
        leads = [
            *screening.addresses(words, known),
            *screening.links(screening.links_of(text["body"]), known),
        ]
        what = f"The {Language(code).label} text"
        yield from _strange(what, "\n".join(text.values()))
        yield from _sentences(what, screening.numbers(words), leads)


def _leads_in_neighbours(
    before: ItemContent, after: ItemContent, known: Container[str]
) -> Iterator[str]:
    """What can be read anew over the end of one block and the start of the next."""
    if shown_texts(before) == shown_texts(after) and before.values == after.values:
        return
    # Put back where the release has it, it leaves a place in which it kept two others apart.
    stays = _stands_as_released(before) and _stands_as_released(after)
    alone = _released(after) if stays else set()
    for items_before, items_after in neighbours.lists(before, after):
        for code in {code for item in items_after for code in shown_texts(item)} - alone:
            was, will = _in_language(items_before, code), _in_language(items_after, code)
            if was == will:
                continue
            what = f"The {Language(code).label} text with those beside it"
            both = zip(_words_together(was), _words_together(will), strict=True)
            changed = [(old, new) for old, new in both if old != new]
            numbers = _anew(screening.numbers, changed)
            leads = _anew(lambda words: screening.addresses(words, known), changed)
            yield from _sentences(what, numbers, leads)


def _anew(read: Callable[[str], Iterable[str]], changed: Iterable[tuple[str, str]]) -> list[str]:
    """What is read in one of the texts after and was not, or not as often, in the same before."""
    parts = (around_the_change(old, new) for old, new in changed)
    found = (Counter(read(new)) - Counter(read(old)) for old, new in parts)
    return [*dict.fromkeys(one for counts in found for one in counts)]


def _in_language(items: list[ItemContent], code: str) -> list[dict[str, str]]:
    """The words of each in this language, or in English while it has none, and what frames them."""
    shown = ((item, shown_texts(item)) for item in items)
    return [
        text | _columns_beside(item)
        for item, texts in shown
        if (text := texts.get(code) or texts.get("en"))
    ]


def _columns_beside(item: ItemContent) -> dict[str, str]:
    """What an editor wrote of the columns that pages show before the title and after the words."""
    row = _release_rows().get((item.family, item.slug))
    own = row.values if row else {}
    values = {name: item.values.get(name, "") for name in ("number", "source")}
    written = {name: value for name, value in values.items() if value != own.get(name, "")}
    number = written.get("number", "") if item.family == "provision" else ""
    return {"before": f"Section {number}" if number else "", "after": written.get("source", "")}


def _words_together(texts: list[dict[str, str]]) -> list[str]:
    """Their words as one text: where pages show all of them, the titles, the short ones."""
    titles = [screening.visible_line(text["title"]) for text in texts]
    summaries = [screening.visible_line(text["summary"]) for text in texts]
    short = [line for pair in zip(titles, summaries, strict=True) for line in pair]
    whole = [f"{text['before']}\n{_words(text)}\n{text['after']}" for text in texts]
    return ["\n".join(lines) for lines in (whole, titles, short, summaries)]


def _words(text: Mapping[str, str]) -> str:
    """A text as its reader sees it, in the page's order."""
    lines = [screening.visible_line(text[name]) for name in ("title", "summary")]
    pictured = screening.visible_line(text["picture_words"])
    return "\n".join((*lines, screening.visible(text["body"]), pictured))


def _stands_as_released(item: ItemContent) -> bool:
    row = _release_rows().get((item.family, item.slug))
    # Either leaves out or has empty what the other has not.
    return row is not None and all(
        (row.values.get(name) or "") == (item.values.get(name) or "") for name in COLUMNS_OF_PLACE
    )


def _strange(what: str, words: str) -> Iterator[str]:
    if strange := screening.strange_characters(words):
        shown = ", ".join(strange[:10])
        yield f"{what} holds letters of another script or unusual signs: {shown}."


def _sentences(what: str, numbers: Iterable[str], leads: Iterable[str]) -> Iterator[str]:
    for number in numbers:
        yield f"{what} holds digits that can be read as a number to call: {_short(number)}."
    for lead in leads:
        yield f"{what} leads to where no page has led so far: {_short(lead)}."


def _short(words: str) -> str:
    words = " ".join(words.split())
    return f"“{words[:60]}…”" if len(words) > 60 else f"“{words}”"


@cache
def _release_rows() -> dict[tuple[str, str], release.Row]:
    return {(row.family, row.slug): row for row in release.rows()}


@cache
def _release_targets() -> frozenset[str]:
    urls = [str(row.values["source_url"]) for row in release.rows()]
    bodies = [text["body"] for row in release.rows() for text in row.texts.values()]
    links = [url for body in bodies for url in screening.links_of(body)]
    return frozenset(screening.target(url) for url in (*urls, *links) if url)
