"""The memory of data keys saves an unsealing, and tells nothing to who holds no secret."""

from uuid import UUID, uuid4

import pytest

from tips.crypto import associated_data, sealing
from tips.crypto.data_keys import DataKeyMemory
from tips.crypto.sealing import CannotOpen, KeyPair, Keyring

PAIR, OTHER = sealing.new_pair(), sealing.new_pair()
SLOT, KEY, DATA_KEY = b"s" * 1168, b"k" * 32, b"d" * 32


def of(*pairs: KeyPair, memory: DataKeyMemory) -> Keyring:
    return Keyring({sealing.key_id(pair.public): pair.secret for pair in pairs}, memory)


def sealed(row: UUID, text: str = "words") -> bytes:
    return sealing.seal_json({"text": text}, [PAIR.public], associated_data.of_tip(row))


def test_what_was_opened_opens_again_without_the_private_half(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory, row = DataKeyMemory(), uuid4()
    blob, bound = sealed(row), associated_data.of_tip(row)
    first = of(PAIR, memory=memory).open(blob, bound)
    assert len(memory) == 1

    def unseal(*_: object) -> bytes:
        raise AssertionError("unsealed again")

    monkeypatch.setattr(sealing, "open_key", unseal)
    assert of(PAIR, memory=memory).open(blob, bound) == first


def test_it_opens_nothing_for_another_secret_another_place_or_a_changed_envelope() -> None:
    memory, row = DataKeyMemory(), uuid4()
    blob, bound = sealed(row), associated_data.of_tip(row)
    ring = of(PAIR, memory=memory)
    ring.open(blob, bound)
    for bad, where in (
        (blob, associated_data.of_tip(uuid4())),
        (blob, associated_data.of_note(row)),
        (blob[:-1] + bytes([blob[-1] ^ 1]), bound),
        (blob[:20] + bytes([blob[20] ^ 1]) + blob[21:], bound),  # in the slot
        (sealed(row)[:1178] + blob[1178:], bound),  # under another slot
    ):
        with pytest.raises(CannotOpen):
            ring.open(bad, where)
    with pytest.raises(CannotOpen):
        of(OTHER, memory=memory).open(blob, bound)


def test_an_envelope_that_was_sealed_anew_is_not_taken_for_the_old_one() -> None:
    memory, row = DataKeyMemory(), uuid4()
    ring, bound = of(PAIR, memory=memory), associated_data.of_tip(row)
    assert ring.open_json(sealed(row, "before"), bound) == {"text": "before"}
    assert ring.open_json(sealed(row, "after"), bound) == {"text": "after"}


def test_the_one_used_longest_ago_goes_first() -> None:
    memory = DataKeyMemory(most=2)
    first, second, third = (bytes([n]) * 1168 for n in range(3))
    memory.add(first, KEY, DATA_KEY)
    memory.add(second, KEY, DATA_KEY)
    assert memory.get(first, KEY) == DATA_KEY
    memory.add(third, KEY, DATA_KEY)
    assert len(memory) == 2
    assert memory.get(second, KEY) is None
    assert memory.get(first, KEY) == memory.get(third, KEY) == DATA_KEY


def test_a_dump_of_it_has_neither_slot_key_nor_secret() -> None:
    memory = DataKeyMemory()
    memory.add(SLOT, KEY, DATA_KEY)
    dump = b"".join(name + masked.to_bytes(32) for name, masked in memory._masked.items())
    assert len(dump) == 48
    assert not any(part in dump for part in (SLOT[:8], KEY[:8], DATA_KEY[:8]))
    assert memory.get(SLOT, b"x" * 32) is None
