"""The keys of sealed backups, as another program reads them."""

import os
import subprocess

import pytest

from tips.crypto import backup_keys, sealing


def test_they_are_bech32_as_age_writes_it() -> None:
    """Of age's own test vectors (C2SP, CCTV): the identity of an X25519 file."""
    recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
    assert backup_keys._bech32("age", _bytes(recipient)) == recipient


def _bytes(text: str) -> bytes:
    """The 32 bytes in a Bech32 text, by BIP 173 and nothing of ours."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{letters.index(one):05b}" for one in text.rpartition("1")[2][:-6])
    return bytes(int(bits[at : at + 8], 2) for at in range(0, 256, 8))


@pytest.mark.parametrize("_", range(5))
def test_age_opens_with_the_sheets_what_it_sealed_to_the_recipient(_: int) -> None:
    secret = sealing.new_secret()
    recipient = backup_keys.recipient(sealing.backup_recipient(secret))
    sealed = subprocess.run(
        ["age", "-r", recipient], input=b"words", capture_output=True, check=True
    ).stdout
    read, write = os.pipe()
    os.write(write, backup_keys.identity(secret).encode())
    os.close(write)
    opened = subprocess.run(
        ["age", "-d", "-i", f"/dev/fd/{read}"],
        input=sealed,
        capture_output=True,
        check=True,
        pass_fds=[read],
    )
    os.close(read)
    assert opened.stdout == b"words"
