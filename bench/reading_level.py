"""reading-level: the US school grade of each English page's words (Flesch-Kincaid, by textstat)."""

import re
from collections.abc import Callable

import textstat

from bench.figure import Figure, alone
from campaign import release

BAR = 7  # read at about twelve; the law keeps its own words
NO_BAR = ("law",)
PAGE_OF: dict[str, Callable[[release.Row], str]] = {
    "page": lambda row: row.values.get("on") or row.slug,
    "question": lambda row: str(row.values["on"]),
    "type": lambda row: f"types/{row.slug}",
    "sign": lambda row: "signs",
    "provision": lambda row: "law",
    "milestone": lambda row: "what-we-have-done",
    "material": lambda row: f"materials/{row.slug}",
    "phrase": lambda row: "card",
    "contact": lambda row: "contact",
    "reply": lambda row: "answers to citizens",
}


def measure() -> list[Figure]:
    """One figure a page, the hardest first."""
    hardest = sorted(grades().items(), key=lambda pair: -pair[1])
    return [
        alone(f"reading-level-{page}", grade, "grade", "-" if page in NO_BAR else f"<= {BAR} grade")
        for page, grade in hardest
    ]


def grades() -> dict[str, float]:
    """The grade of each page, by its address."""
    words: dict[str, list[str]] = {}
    for row in release.rows():
        text = row.texts["en"]
        words.setdefault(PAGE_OF[row.family](row), []).append(
            spoken("\n".join((text["title"], text["summary"], text["body"])))
        )
    return {page: textstat.flesch_kincaid_grade(" ".join(found)) for page, found in words.items()}


def spoken(markdown: str) -> str:
    """The words as one reads them aloud, each line a sentence."""
    text = re.sub(r"\{[^}]+\}", "999", markdown)
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).replace("**", "").replace("|", " ")
    lines = (re.sub(r"^(#+|-|\d+\.|>)\s*", "", line.strip()) for line in text.split("\n"))
    return " ".join(
        line if line[-1] in ".!?:" else f"{line}." for line in lines if line.strip(" -")
    )
