"""What a process loads: whoever serves no desk has nothing of the desk's pages in its memory."""

import os
import subprocess
import sys

import pytest

from slu_antitrafficking.start.options import ROOT

LOADED = "import sys; print(*sorted(sys.modules))"
SET_UP = "import django; django.setup()"
TEMPLATES = "from django.template import engines; engines.all()"  # as with the first of them


def modules_of(what: str, serve: str = "both") -> set[str]:
    environment = os.environ | {"SERVE": serve, "SECRET_KEY": "nobody's"}
    command = [sys.executable, "-W", "ignore:No directory at", "-c", f"{what}; {LOADED}"]
    result = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


@pytest.mark.parametrize("name", ["housekeeping", "mail"])
def test_what_is_started_again_and_again_loads_no_page_and_no_parser(name: str) -> None:
    loaded = modules_of(f"{SET_UP}; {TEMPLATES}; import tips.management.commands.{name}")
    assert not {"tips.admin.site", "campaign.admin", "campaign.urls", "markdown_it"} & loaded


def test_the_public_door_loads_all_but_the_desk_before_its_workers_are_forked() -> None:
    loaded = modules_of("import slu_antitrafficking.wsgi", "public")
    assert {"campaign.urls", "campaign.templatetags.site", "markdown_it"} <= loaded
    assert not {"tips.admin.site", "tips.admin.triage.queue", "campaign.admin"} & loaded


def test_the_desk_door_loads_all_before_its_workers_are_forked() -> None:
    loaded = modules_of("import slu_antitrafficking.wsgi", "desk")
    assert {"tips.admin.triage.queue", "campaign.admin.kinds", "markdown_it"} <= loaded


def test_the_checks_look_at_the_pages_of_the_desk() -> None:
    loaded = modules_of(f"{SET_UP}; from slu_antitrafficking.apps import check_desk as c; c(None)")
    assert {"tips.admin.triage.queue", "campaign.admin.kinds"} <= loaded


def test_garbage_is_collected_once_all_is_loaded() -> None:
    assert "django" in modules_of(f"import gc; gc.disable(); {SET_UP}; assert gc.isenabled()")
    doors = "from slu_antitrafficking import gunicorn_conf, wsgi"
    assert "gunicorn" in modules_of(f"import gc; {SET_UP}; {doors}; assert gc.isenabled()")
