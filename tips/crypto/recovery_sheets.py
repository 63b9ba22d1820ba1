"""The recovery secret on three sheets of paper, any two of which give it back.

Shamir's scheme as SLIP-0039 writes it (github.com/satoshilabs/slips), by its reference library: 33
words a sheet, of which the first four letters are enough. One sheet alone tells nothing. The
scheme's own passphrase stays empty and its iteration exponent 0: the secret is random, so there is
nothing to slow down.
"""

from functools import cache

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

SHEETS, NEEDED = 3, 2
WORDS = 33  # of one sheet
_ENOUGH = 4  # letters that tell every word of the list from every other


class SheetError(Exception):
    """The typed sheets are not two sheets of one secret; the sentence says what is wrong.

    `sheet` is 1 or 2 where one of them is to blame, else 0.
    """

    def __init__(self, sentence: str, sheet: int = 0) -> None:
        super().__init__(sentence)
        self.sheet = sheet


def split(secret: bytes) -> tuple[str, str, str]:
    """The words of three sheets for a secret of 32 bytes."""
    ((first, second, third),) = generate_mnemonics(
        1, [(NEEDED, SHEETS)], secret, extendable=True, iteration_exponent=0
    )
    return first, second, third


def join(first: str, second: str) -> bytes:
    """The secret of these two sheets, in any order. Raises SheetError where they are no two."""
    typed = [_words(first, 1), _words(second, 2)]
    shares = [_share(words, number) for number, words in enumerate(typed, 1)]
    one, other = shares
    if one.group_parameters() != other.group_parameters():
        raise SheetError("These two sheets are of two different sets: they do not fit together.")
    if one.index == other.index:
        raise SheetError("This is one sheet, typed twice. Type another one.", 2)
    try:
        secret: bytes = combine_mnemonics(typed)
        return secret
    except MnemonicError:
        raise SheetError("These two sheets do not fit together.") from None


def is_word(word: str) -> bool:
    """Whether this is a word of the list, or enough of one to tell it."""
    word = word.lower()
    whole = _whole_words().get(word[:_ENOUGH], "")
    return bool(whole) and whole.startswith(word) and len(word) >= min(_ENOUGH, len(whole))


def normalise(text: str) -> str:
    """What somebody typed as whole words of the list where it can be; the rest as it came."""
    return " ".join(_whole_words().get(word[:_ENOUGH], word) for word in text.lower().split())


def _words(text: str, sheet: int) -> str:
    words = text.lower().split()
    if not words:
        raise SheetError("Type the words of this sheet.", sheet)
    for number, word in enumerate(words, 1):
        if not is_word(word):
            raise SheetError(f"Word {number} of this sheet, “{word}”, is not in the list.", sheet)
    if len(words) != WORDS:
        raise SheetError(f"A sheet has {WORDS} words; here are {len(words)}.", sheet)
    return normalise(text)


def _share(words: str, sheet: int) -> Share:
    try:
        share = Share.from_mnemonic(words)
    except MnemonicError:
        raise SheetError(
            "A word of this sheet is wrong, or two stand in each other's place."
            " Compare it word by word with the paper.",
            sheet,
        ) from None
    if share.member_threshold != NEEDED or share.iteration_exponent or share.group_count != 1:
        raise SheetError("This is a sheet of something else.", sheet)
    return share


@cache
def _whole_words() -> dict[str, str]:
    """Each word of the list by its first four letters."""
    return {word[:_ENOUGH]: word for word in WORDLIST}
