"""docs/contract.md has every address, field, verb, command, setting and event, and no other."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.urls import get_resolver

from slu_antitrafficking.start import usage
from slu_antitrafficking.start.options import ROOT
from tips.admin.triage.verbs import VERBS
from tips.models import Officer
from tips.models.event import EventVerb
from tips.public.fields import Pick
from tips.public.forms import TipForm


@cache
def contract() -> dict[str, str]:
    """The parts of docs/contract.md by their headings."""
    parts = re.split(r"^## (.+)$", (ROOT / "docs" / "contract.md").read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def first_cells(part: str) -> list[str]:
    """What stands between backticks at the beginning of each row of the tables of a part."""
    rows = re.findall(r"^\| (`.+?) \|", contract()[part], flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def routes(patterns: Any, before: str = "/") -> Iterator[str]:
    """Every address of these patterns, as the contract writes them."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield as_written(route)


def as_written(route: str) -> str:
    """A route without what only Django reads, and with KIND for each kind of item of the site."""
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "")
    route = re.sub(r"<(?:path|str):\w*id>", "<id>", route)
    route = re.sub(r"<(uuid|int|slug):\w+>", r"<\1>", route)
    route = re.sub(r"<str:(\w+)>", r"<\1>", route)
    kinds = "|".join(
        str(one._meta.model_name) for one in apps.get_app_config("campaign").get_models()
    )
    return re.sub(rf"^/desk/campaign/(?:{kinds})/", "/desk/campaign/KIND/", route)


def test_every_address_of_both_doors_is_in_the_contract_and_no_other() -> None:
    there = set(routes(get_resolver().url_patterns))
    verbs = {f"/desk/tips/tip/<uuid>/{name}/" for name in VERBS}
    assert verbs <= there
    # The admin's own ends.
    not_ours = {route for route in there if route.startswith("/desk/<")}
    written = {
        name
        for part in ("Addresses of the public door", "Addresses of the desk")
        for name in first_cells(part)
        if name.startswith("/")
    }
    assert there - verbs - not_ours == written


def test_every_field_of_the_form_is_in_the_contract_with_its_answers() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", contract()["Fields of `/report/`"], re.M))
    assert set(rows) == {*TipForm.base_fields, "submission", "resubmission", "from"}
    for name, field in TipForm.base_fields.items():
        if isinstance(field, Pick):
            said = set(re.split(r"[,; ]+", rows[name]))
            assert field.values - {""} <= said, name


def test_every_verb_is_in_the_contract_with_its_fields() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", contract()["Addresses of the desk"], re.M)
    written = {verb: re.findall(r"`(\w+)`", fields) for verb, fields in rows}
    assert written == {v.name: [field.name for field in v.fields] for v in VERBS.values()}


def test_every_command_is_in_the_contract() -> None:
    names = {name.split()[0] for name in first_cells("Commands")}
    ours = {"./run"}
    for app in ("tips", "campaign"):
        ours |= {file.stem for file in (ROOT / app / "management" / "commands").glob("[a-z]*.py")}
    assert names == ours
    run = {name.split()[1] for name in first_cells("Commands") if name.startswith("./run ")}
    assert run == usage.NAMES


def test_every_setting_is_in_the_contract() -> None:
    asks = r'(?:\benv\.\w+|os\.environ\.get|\b_text|\b_number)\(\s*"([A-Z_]+)"'
    files = [*ROOT.glob("slu_antitrafficking/**/*.py"), *ROOT.glob("tips/**/*.py")]
    read = {name for file in files for name in re.findall(asks, file.read_text())} - {"PATH"}
    # Their names are put together, or lie in a variable.
    doors = {"PUBLIC_DATABASE_URL", "DESK_DATABASE_URL", "OWNER_DATABASE_URL", "DATABASE_URL"}
    doors |= {"MAIL_DATABASE_URL"}
    assert read | doors == set(first_cells("Settings"))


def test_every_event_and_role_is_in_the_contract() -> None:
    verbs = contract()["Events"].split("\n\n")[-1].strip().rstrip(".")
    assert re.split(r",\s+", verbs) == EventVerb.values
    roles = re.findall(r"^\| (\w+) \|", contract()["Roles"], re.M)
    assert roles[1:] == Officer.Role.values
