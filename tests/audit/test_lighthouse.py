"""Lighthouse as on a phone: 100 in all four; SEO is not counted where a page must not be found."""

import json
import os
import subprocess

import pytest

from tests.campaign.places import FORMS, LANGUAGES, PAGES, QUIET, TEMPLATES, in_language
from tests.conftest import QUIET as FLAGS
from tests.conftest import WHOLE_CHROMIUM

pytestmark = pytest.mark.audit
PATHS = [
    *PAGES,
    *FORMS,
    *(in_language(path, code) for code in LANGUAGES if code != "en" for path in TEMPLATES),
]
# The one figure that a busy machine worsens and never betters: the best of these counts.
TRIES = 4


def scores(tools, address):
    flags = ["--headless=new", *FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    command = ["node", tools / "lighthouse/cli/index.js", address, "--quiet", "--output=json"]
    command += [f"--chrome-flags={' '.join(flags)}", "--max-wait-for-load=30000"]
    done = subprocess.run(
        command, env=os.environ | {"CHROME_PATH": WHOLE_CHROMIUM}, capture_output=True, check=True
    )
    report = json.loads(done.stdout)
    assert not report.get("runtimeError"), report["runtimeError"]
    return {name: one["score"] * 100 for name, one in report["categories"].items()}


@pytest.mark.parametrize("path", PATHS)
def test_a_page_gets_a_hundred(site, tools, path):
    found = scores(tools, site.url + path)
    if path.endswith((*QUIET, *FORMS)):
        del found["seo"]
    for _ in range(TRIES - 1):
        if found["performance"] == 100:
            break
        found["performance"] = max(
            found["performance"], scores(tools, site.url + path)["performance"]
        )
    assert found == dict.fromkeys(found, 100)
