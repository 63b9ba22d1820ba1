"""Any two of three sheets give the recovery secret back; a slip is named; one tells nothing."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shamir_mnemonic import Share, generate_mnemonics
from shamir_mnemonic.shamir import EncryptedMasterSecret, split_ems

from tests.crypto.keys import VECTORS
from tests.sheets import another_set
from tips.crypto import recovery_sheets
from tips.crypto.recovery_sheets import SheetError

SECRET = bytes(range(32))
SHEETS = VECTORS["sheets"]


def refusal(first: str, second: str) -> SheetError:
    with pytest.raises(SheetError) as refused:
        recovery_sheets.join(first, second)
    return refused.value


@settings(max_examples=10)  # each derives a key twelve times
@given(st.binary(min_size=32, max_size=32))
def test_any_two_sheets_in_any_order_give_the_secret_back(secret: bytes) -> None:
    sheets = recovery_sheets.split(secret)
    assert len(set(sheets)) == recovery_sheets.SHEETS
    for first, second in permutations(sheets, 2):
        assert recovery_sheets.join(first, second) == secret


@pytest.mark.parametrize("pair", list(permutations(range(3), 2)))
def test_sheets_that_were_printed_once_are_read_for_ever(pair: tuple[int, int]) -> None:
    assert recovery_sheets.join(*(SHEETS[at] for at in pair)) == SECRET


def test_a_sheet_has_33_words_of_which_four_letters_are_enough() -> None:
    for sheet in recovery_sheets.split(SECRET):
        assert len(sheet.split()) == recovery_sheets.WORDS == 33
    short = [" ".join(word[:4].upper() for word in sheet.split()) for sheet in SHEETS]
    assert recovery_sheets.join(short[0], f"  {short[2]}\n") == SECRET


def test_a_word_that_is_not_in_the_list_is_named_with_its_sheet() -> None:
    words = SHEETS[1].split()
    words[6] = "zebrafish"
    refused = refusal(SHEETS[0], " ".join(words))
    assert (str(refused), refused.sheet) == (
        "Word 7 of this sheet, “zebrafish”, is not in the list.",
        2,
    )
    # The right first letters do not make a wrong word right.
    words[6] = SHEETS[1].split()[6] + "x"
    assert "Word 7" in str(refusal(SHEETS[0], " ".join(words)))


def test_a_wrong_word_of_the_list_is_blamed_on_its_sheet() -> None:
    words = SHEETS[0].split()
    words[10], words[11] = words[11], words[10]
    refused = refusal(" ".join(words), SHEETS[1])
    assert refused.sheet == 1
    assert "word by word" in str(refused)


@pytest.mark.parametrize(
    ("first", "second", "blamed", "says"),
    [
        (SHEETS[0], SHEETS[0], 2, "one sheet, typed twice"),
        (SHEETS[0], another_set(SHEETS[0])[1], 0, "two different sets"),
        (SHEETS[0], "", 2, "Type the words"),
        (SHEETS[0], " ".join(SHEETS[1].split()[:-1]), 2, "33 words; here are 32"),
        ("", SHEETS[0], 1, "Type the words"),
    ],
)
def test_what_is_not_two_sheets_of_one_secret_is_said_in_a_sentence(
    first: str, second: str, blamed: int, says: str
) -> None:
    refused = refusal(first, second)
    assert says in str(refused)
    assert refused.sheet == blamed


@pytest.mark.parametrize(
    ("groups", "exponent"),
    [([(3, 3)], 0), ([(2, 3)], 1), ([(2, 3), (2, 3)], 0)],
    ids=["three needed", "another exponent", "two groups"],
)
def test_a_sheet_of_another_scheme_is_no_sheet_of_ours(
    groups: list[tuple[int, int]], exponent: int
) -> None:
    ((one, other, *_), *_) = generate_mnemonics(1, groups, SECRET, iteration_exponent=exponent)
    refused = refusal(one, other)
    assert "something else" in str(refused)
    assert refused.sheet == 1


def test_sheets_of_two_secrets_that_look_like_one_set_do_not_fit() -> None:
    """Of two sets in 32,768 the names are the same by chance."""
    sets = []
    for secret in (SECRET, bytes(32)):
        encrypted = EncryptedMasterSecret.from_master_secret(secret, b"", 7, True, 0)
        ((one, other, _),) = split_ems(1, [(2, 3)], encrypted)
        sets.append((one.mnemonic(), other.mnemonic()))
    refused = refusal(sets[0][0], sets[1][1])
    assert (str(refused), refused.sheet) == ("These two sheets do not fit together.", 0)


def test_sheets_are_of_the_extendable_kind() -> None:
    """So that new sheets of the same secret would derive the same."""
    assert all(Share.from_mnemonic(sheet).extendable for sheet in recovery_sheets.split(SECRET))


@given(st.text(max_size=200), st.text(max_size=200))
def test_anything_else_is_refused_and_no_other_error(first: str, second: str) -> None:
    with pytest.raises(SheetError):
        recovery_sheets.join(first, second)
