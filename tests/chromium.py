"""The browsers of the tests."""

import os

PHONE = {"width": 360, "height": 740}
# Chromium's core, without the parts around it: twice as fast. The whole browser is for what only
# that has: a memory for the Back button.
CHROMIUM = "/usr/bin/chromium-headless-shell"
WHOLE_CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def flags() -> list[str]:
    """How every browser is launched. Root has no sandbox to give it."""
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
