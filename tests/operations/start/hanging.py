"""A test that never ends; only tests/operations/start/test_suite.py runs it."""

import os
from pathlib import Path
from threading import Event


def test_hangs(site, page, tmp_path):
    page.goto(site.url)
    Path(os.environ["AT_WORK"]).write_text(str(tmp_path))
    Event().wait()
