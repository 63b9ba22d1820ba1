"""A desk key's copies open for whom they were made, and for nothing else."""

import uuid

import pytest

from tests.crypto.keys import KEY, OTHER, PAIR, ROW, vector
from tips.crypto import key_grants
from tips.crypto.sealing import CannotOpen


def test_grants_and_recovery_copies_of_version_1_open_for_ever() -> None:
    assert key_grants.open_grant(vector("grant"), PAIR, ROW, KEY) == OTHER.secret
    assert key_grants.open_recovery_copy(vector("recovery_copy"), PAIR, KEY) == OTHER.secret


def test_a_grant_opens_for_its_pair_officer_and_desk_key_alone() -> None:
    sealed = key_grants.grant(OTHER.secret, PAIR.public, ROW, KEY)
    assert key_grants.open_grant(sealed, PAIR, ROW, KEY) == OTHER.secret
    copy = key_grants.recovery_copy(OTHER.secret, PAIR.public, KEY)
    assert key_grants.open_recovery_copy(copy, PAIR, KEY) == OTHER.secret
    for attempt in (
        lambda: key_grants.open_grant(sealed, OTHER, ROW, KEY),
        lambda: key_grants.open_grant(sealed, PAIR, uuid.uuid4(), KEY),
        lambda: key_grants.open_grant(sealed, PAIR, ROW, bytes(8)),
        lambda: key_grants.open_grant(sealed[:-1], PAIR, ROW, KEY),
        lambda: key_grants.open_grant(b"", PAIR, ROW, KEY),
        lambda: key_grants.open_grant(copy, PAIR, ROW, KEY),
        lambda: key_grants.open_recovery_copy(sealed, PAIR, KEY),
        lambda: key_grants.open_recovery_copy(copy, PAIR, bytes(8)),
        lambda: key_grants.open_recovery_copy(copy, OTHER, KEY),
    ):
        with pytest.raises(CannotOpen):
            attempt()
