"""Where two texts differ, with as much beside it as a reader of numbers and addresses looks at."""

from itertools import accumulate

from campaign.counted_numbers import WINDOW

# A number ends after so many letters: further from a change nothing is read otherwise than before.
LETTERS_BESIDE = 3 * WINDOW


def around_the_change(old: str, new: str) -> tuple[str, str]:
    """Both without the lines they begin and end with alike, but for some next to the change."""
    lines, others = old.split("\n"), new.split("\n")
    first = _alike(lines, others)
    last = _alike(lines[first:][::-1], others[first:][::-1])
    start = first - _lines_with(LETTERS_BESIDE, lines[:first][::-1])
    left = last - _lines_with(LETTERS_BESIDE, lines[len(lines) - last :])
    return (
        "\n".join(lines[start : len(lines) - left]),
        "\n".join(others[start : len(others) - left]),
    )


def _alike(lines: list[str], others: list[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(lines, others, strict=False))
    shorter = min(len(lines), len(others))
    return next((place for place, (one, other) in pairs if one != other), shorter)


def _lines_with(letters: int, lines: list[str]) -> int:
    """How many of the first lines hold so many letters together; all if they hold fewer."""
    held = accumulate(sum(map(str.isalnum, line)) for line in lines)
    return next((number for number, count in enumerate(held, 1) if count >= letters), len(lines))
