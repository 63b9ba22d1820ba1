"""The pairs that the tests of sealing use, and one of each format, made once."""

import json
import uuid
from pathlib import Path

from tips.crypto import sealing
from tips.crypto.sealing import KeyPair

PAIR = KeyPair(bytes(range(32)))
OTHER = KeyPair(bytes(range(1, 33)))
ROW = uuid.UUID("6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0d")
KEY = sealing.key_id(OTHER.public)
# What they hold must come out for ever.
VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())


def vector(name: str) -> bytes:
    return bytes.fromhex(VECTORS[name])
