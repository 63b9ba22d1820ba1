"""What the starter says while a step lasts, to a terminal and into a file."""

import os
import pty
import sys

import pytest

from slu_antitrafficking.start import console
from tests.running import until


def test_a_file_gets_a_sign_of_life_more_seldom_than_somebody_who_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert console.PATIENCE_OF_A_FILE == 15
    monkeypatch.setattr(console, "PATIENCE", 0.01)
    ours, theirs = pty.openpty()
    said = b""

    def three_signs() -> bool:
        nonlocal said
        said += os.read(ours, 100)
        return said.count("    …    ".encode()) >= 3

    with (
        open(theirs, "w") as terminal,
        console.step("into a file"),
        monkeypatch.context() as patch,
    ):
        patch.setattr(sys, "stdout", terminal)
        with console.step("at a terminal"):
            until(three_signs)
    os.close(ours)
    assert b"at a terminal" in said
    assert b"into a file" not in said
