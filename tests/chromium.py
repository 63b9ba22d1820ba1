"""The browsers of the tests."""

import os
from urllib.parse import urlsplit

from playwright.sync_api import Request

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
    # Nobody outside of this machine is found. To stop each request on its way and ask a test
    # whether it may go costs more than the page, and makes the browser forget what it has.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def stranger(request: Request) -> str | None:
    """Who is asked, if it is not a site of this machine."""
    host = urlsplit(request.url).hostname
    return None if host == "127.0.0.1" else host


def flags() -> list[str]:
    """How every browser is launched. Root has no sandbox to give it."""
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
