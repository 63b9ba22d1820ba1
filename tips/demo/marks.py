"""Number plates and telephones of the made-up tips: none that an office gives out."""

from random import Random

_PLATES = ("{0} {1}", "{0}-{1}", "{0}{1}")
_PHONES = ("758 555 01{}", "758-555-01{}", "(758) 55501{}")
_OF_CONTACTS = 30  # of the hundred numbers, so many are given by those who want to be reached
AGAIN = 0.2  # of the marks in stories, so many stood in an earlier one


class Marks:
    """Gives new ones, and some of the earlier ones once more, as each witness writes them.

    Kept free for fiction: 555-0100 to 555-0199 (NANPA), 07700 900000 to 900999 (Ofcom). No plate of
    the country begins with 0.
    """

    def __init__(self, rng: Random, again: float = AGAIN) -> None:
        self._rng, self._again = rng, again
        self._plates: list[str] = []
        self._phones: list[str] = []
        self._contacts = 0

    def fill(self, text: str) -> str:
        """The text with a mark for each {plate} and {phone}."""
        while "{plate}" in text:
            text = text.replace("{plate}", self._plate(), 1)
        while "{phone}" in text:
            text = text.replace("{phone}", self._phone(), 1)
        return text

    def contact(self) -> str:
        """Where somebody wants to be reached: every other time by telephone."""
        self._contacts += 1
        number, by_mail = divmod(self._contacts, 2)
        if by_mail:
            return f"writer{number}@example.org"
        return f"758 555 01{number % _OF_CONTACTS:02}"

    def _plate(self) -> str:
        rng = self._rng
        letters = rng.choice("PHTDR") + rng.choice("ABCDEFGHR")
        plate = self._new_or_old(self._plates, f"{letters}0{rng.randrange(1000):03}")
        written = rng.choice(_PLATES).format(plate[:2], plate[2:])
        return written.lower() if rng.random() < 0.2 else written

    def _phone(self) -> str:
        number = len(self._phones) + _OF_CONTACTS
        written = self._rng.choice(_PHONES).format(f"{number:02}")
        new = written if number < 100 else f"+44 7700 900{number % 1000:03}"
        return self._new_or_old(self._phones, new)

    def _new_or_old(self, marks: list[str], new: str) -> str:
        if marks and self._rng.random() < self._again:
            return self._rng.choice(marks)
        marks.append(new)
        return new
