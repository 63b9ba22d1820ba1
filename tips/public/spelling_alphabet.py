"""A receipt code spelled out, so that it can be copied by hand without a slip."""

from django.utils.translation import gettext_lazy

DIGITS = (
    gettext_lazy("zero"),
    gettext_lazy("one"),
    gettext_lazy("two"),
    gettext_lazy("three"),
    gettext_lazy("four"),
    gettext_lazy("five"),
    gettext_lazy("six"),
    gettext_lazy("seven"),
    gettext_lazy("eight"),
    gettext_lazy("nine"),
)
# The radio alphabet is the same in every language; I, L, O and U are in no code.
LETTERS = (
    *("Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "Juliett", "Kilo"),
    *("Mike", "November", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Victor", "Whiskey"),
    *("X-ray", "Yankee", "Zulu"),
)
# A reference has all consonants but Y.
OF_REFERENCES = {"L": "Lima"}
SPOKEN = {str(digit): word for digit, word in enumerate(DIGITS)} | {w[0]: w for w in LETTERS}


def said(reference: str) -> str:
    """A reference as it is said: "Kilo Delta, four eight two one"."""
    words = SPOKEN | OF_REFERENCES
    letters, _, digits = reference.partition("-")
    return ", ".join(" ".join(str(words[sign]) for sign in part) for part in (letters, digits))


def spelled(code: str) -> list[tuple[str, str]]:
    """Each sign of the code with its spoken word."""
    return [(sign, str(SPOKEN[sign])) for sign in code.replace("-", "")]
