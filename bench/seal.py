"""seal, open: a tip under the desk key, beside one HPKE call on the same bytes."""

import json
import time
from collections.abc import Callable
from uuid import uuid4

from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bench.figure import Figure, compared
from tips.crypto import associated_data, sealing

ROUNDS, TIMES = 15, 20
TIP = {"what_happened": "They keep her passport, and she may not leave the house. " * 20}


def measure() -> list[Figure]:
    """An envelope has a data key, padding, a nonce, the associated data and their checks more."""
    desk = sealing.new_pair()
    bound, plain = associated_data.of_tip(uuid4()), json.dumps(TIP).encode()
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    public, ring = desk.private.public_key(), sealing.Keyring.of(desk)
    envelope, bare = sealing.seal(plain, [desk.public], bound), suite.encrypt(plain, public)
    return [
        _beside(
            "seal",
            lambda: sealing.seal(plain, [desk.public], bound),
            lambda: suite.encrypt(plain, public),
        ),
        _beside(
            "open",
            lambda: ring.open(envelope, bound),
            lambda: suite.decrypt(bare, desk.private),
        ),
    ]


def _beside(name: str, ours: Callable[[], object], bare: Callable[[], object]) -> Figure:
    rounds = [(_took(ours), _took(bare)) for _ in range(ROUNDS)]
    return compared(name, [one for one, _ in rounds], [other for _, other in rounds], "ms", "-")


def _took(act: Callable[[], object]) -> float:
    """Milliseconds of this process's CPU for one."""
    began = time.process_time()
    for _ in range(TIMES):
        act()
    return (time.process_time() - began) / TIMES * 1000
