"""Data keys of envelopes that were opened lately, for whoever holds the same secret again."""

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock

_NAME_BYTES, _KEY_BYTES = 16, 32
# A slot's end: the ephemeral public key, new in each, and the data key under it. Whoever changed
# what stands before gets a data key that opens nothing, for the envelope authenticates all of it.
_TOLD_APART_BY = 80


class DataKeyMemory:
    """At most so many data keys, in this process alone; the one used longest ago goes first.

    Each stands under a name and behind a mask that are both a keyed hash of its slot, under a key
    made from the secret that opened it. Without that secret, a dump of this memory tells neither
    which envelopes these are nor opens one.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._masked: OrderedDict[bytes, int] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._masked)

    def get(self, slot: bytes, key: bytes) -> bytes | None:
        """The data key of this slot, if it is remembered for this key of 32 bytes."""
        name, mask = _name_and_mask(slot, key)
        with self._lock:
            masked = self._masked.get(name)
            if masked is None:
                return None
            self._masked.move_to_end(name)
        return (masked ^ mask).to_bytes(_KEY_BYTES, "big")

    def add(self, slot: bytes, key: bytes, data_key: bytes) -> bytes:
        """Remembers the data key of this slot, and gives it back."""
        name, mask = _name_and_mask(slot, key)
        with self._lock:
            self._masked[name] = int.from_bytes(data_key, "big") ^ mask
            while len(self._masked) > self._most:
                self._masked.popitem(last=False)
        return data_key


def _name_and_mask(slot: bytes, key: bytes) -> tuple[bytes, int]:
    both = blake2b(
        slot[-_TOLD_APART_BY:],
        digest_size=_NAME_BYTES + _KEY_BYTES,
        key=key,
        person=b"kts data key",
    ).digest()
    return both[:_NAME_BYTES], int.from_bytes(both[_NAME_BYTES:], "big")
