"""The Nu Html Checker, which knows more rules than a strict parser."""

import json
import subprocess
import urllib.request

import pytest

from tests.campaign.places import EVERYWHERE, FORMS, LANGUAGES, in_language

pytestmark = pytest.mark.audit


def test_every_page_passes_the_validator(site, tools, tmp_path):
    paths = [*EVERYWHERE, *(in_language(path, code) for path in FORMS for code in LANGUAGES)]
    for path in paths:
        with urllib.request.urlopen(site.url + path) as answer:
            name = path.strip("/").replace("/", "_") or "home"
            (tmp_path / f"{name}.html").write_bytes(answer.read())
    command = ["java", "-jar", tools / "vnu-jar/build/dist/vnu.jar", "--format", "json", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = {
        (message["url"].rsplit("/", 1)[1], message["message"])
        for message in json.loads(done.stderr)["messages"]
        if message["type"] == "error"
    }
    assert found == set()
