"""A keyed hash says one thing about one pair or one desk key."""

import uuid

from tests.crypto.keys import OTHER, PAIR, ROW
from tips.crypto import attestations


def test_an_attestation_fits_one_officer_one_pair_and_one_desk_key() -> None:
    made = attestations.attestation(PAIR.secret, ROW, OTHER.public)
    assert made == attestations.attestation(PAIR.secret, ROW, OTHER.public)
    assert made != attestations.attestation(OTHER.secret, ROW, OTHER.public)
    assert made != attestations.attestation(PAIR.secret, uuid.uuid4(), OTHER.public)
    assert made != attestations.attestation(PAIR.secret, ROW, PAIR.public)


def test_a_succession_covers_everything_that_is_fixed_in_the_new_key() -> None:
    right = (PAIR.secret, OTHER.public, PAIR.public, bytes(32))
    made = attestations.succession(*right)
    assert made == attestations.succession(*right)
    for at, other in enumerate((OTHER.secret, PAIR.public, OTHER.public, bytes(31))):
        changed = [*right[:at], other, *right[at + 1 :]]
        assert made != attestations.succession(*changed), at
    # Nor do two parts that only begin elsewhere make the same.
    shifted = (PAIR.secret, OTHER.public[:-1], OTHER.public[-1:] + PAIR.public, bytes(32))
    assert made != attestations.succession(*shifted)
