"""Who may import whom: every module of the house and every arrow, in one exact table."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("campaign", "tips", "slu_antitrafficking")


class Room(NamedTuple):
    """The modules of a package, and the packages that they import from besides."""

    modules: str
    arrows: str


# From what leans on nothing to what leans on all. A module or an arrow that is not here fails.
HOUSE = {
    "tips.models": Room("desk event message short_lived tip upkeep vocabulary", ""),
    "tips.crypto": Room(
        "associated_data base32 desk_key passphrases receipts recovery_sheets sealing",
        "slu_antitrafficking tips.models",
    ),
    "tips.actions": Room(
        "change citizen clocks opening triage",
        "campaign slu_antitrafficking tips.crypto tips.models",
    ),
    "tips.access": Room(
        "accounts authentication backend desk_keys mails pairs recovery sessions sheet_files"
        " throttle",
        "slu_antitrafficking tips.actions tips.crypto tips.models",
    ),
    "tips.database": Room("rights", "slu_antitrafficking"),
    "tips.housekeeping": Room(
        "arrival_traces boxes_and_sessions counters lock_limit rewriting self_check",
        "slu_antitrafficking tips.access tips.database tips.models",
    ),
    "tips.public": Room(
        "conversation count_min_sketch fields forms layout limits photo_results photos prerendered"
        " same_origin spelling_alphabet uploads urls views",
        "campaign slu_antitrafficking tips.actions tips.crypto tips.models",
    ),
    "tips.templatetags": Room("desk", "tips.crypto tips.models"),
    "tips.admin": Room(
        "dashboard drafts pages paging red_lines site"
        " accounts.account accounts.csrf accounts.login accounts.officers accounts.set_up"
        " oversight.trail"
        " triage.detail triage.filters triage.queue triage.verb_views triage.verbs",
        "campaign slu_antitrafficking tips.access tips.actions tips.crypto tips.models"
        " tips.templatetags",
    ),
    "tips.demo": Room(
        "backdating casework drawings history people stories",
        "campaign slu_antitrafficking tips.access tips.actions tips.crypto tips.models tips.public",
    ),
    "tips.management": Room(
        "instead typed"
        " commands.changepassword commands.confirm_sheets commands.createsuperuser"
        " commands.fill_demo commands.housekeeping commands.migrate commands.prepare"
        " commands.print_sheets commands.recover commands.rotate_desk_key",
        "slu_antitrafficking tips.access tips.crypto tips.demo tips.housekeeping tips.models",
    ),
    "tips": Room("apps checks", "slu_antitrafficking tips.database"),
    "campaign.models": Room(
        "contacts items office_hours pending pictures published texts", "campaign"
    ),
    "campaign": Room(
        "addresses changes counted_numbers drafts due entries hours icons item_content loaded"
        " loading mails neighbours offers picture_cutting picture_serving preview printing"
        " public_holidays published release review screening second_person snapshot snapshot_cache"
        " spoken_numbers text_rules uploads urls views wording",
        "campaign.models slu_antitrafficking",
    ),
    "campaign.admin": Room(
        "calendar comparing contacts desk filters items kinds milestones pending previews review"
        " texts typed urls words",
        "campaign campaign.models slu_antitrafficking",
    ),
    "campaign.management": Room("commands.load_content commands.looked_at", "campaign"),
    "campaign.templatetags": Room("editors site", "campaign campaign.admin campaign.models"),
    "slu_antitrafficking": Room(
        "apps bodies change_lists context encodings env gunicorn_conf known_migrations logs"
        " microcache middleware networks photo_worker public_urls recycling refusal remembered"
        " retention_periods roles sandbox seccomp settings slow_clients urls views wsgi",
        "campaign campaign.models",
    ),
    "slu_antitrafficking.formats": Room("en.formats", ""),
    "slu_antitrafficking.start": Room(
        "__main__ console door_users first_run manage options processes serve servers"
        " state system_packages unix_sockets usage venv"
        " dev.suite dev.translations"
        " postgres.cluster postgres.data_folder postgres.database postgres.programs",
        "slu_antitrafficking",
    ),
}
# What else is asked of an arrow than that it is in the table.
INTERFACES = {
    ("tips", "campaign"): {"campaign.offers"},
    # The public door reaches tips by functions of the database; of the models it has the choices.
    ("tips.public", "tips.models"): {"tips.models.vocabulary"},
}
LIBRARIES = {
    "cryptography": {"tips.crypto.sealing"},
    "shamir_mnemonic": {"tips.crypto.recovery_sheets"},
    "PIL": {"slu_antitrafficking.photo_worker", "tips.demo.drawings"},
    "pillow_heif": {"slu_antitrafficking.photo_worker"},
    "markdown_it": {"campaign.text_rules", "campaign.wording"},
}


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    name_of(file): file
    for app in APPS
    for file in (ROOT / app).rglob("*.py")
    if "migrations" not in file.parts
}


def imports(file: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)


ARROWS = [(name, target) for name, file in MODULES.items() for target in imports(file)]


def stands_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def room(module: str) -> str:
    """The longest package of the table that the module stands in."""
    fitting = [name for name in HOUSE if stands_in(module, name)]
    return max(fitting, key=len, default="")


def test_every_module_is_in_the_table_and_nothing_else() -> None:
    listed = {f"{name}.{module}" for name, one in HOUSE.items() for module in one.modules.split()}
    packages = {name for name, file in MODULES.items() if file.name == "__init__.py"}
    assert set(MODULES) - packages == listed


@pytest.mark.parametrize("name", HOUSE)
def test_every_arrow_is_in_the_table_and_nothing_else(name: str) -> None:
    found = {room(target) for start, target in ARROWS if room(start) == name} - {name, ""}
    assert sorted(found) == sorted(HOUSE[name].arrows.split())


@pytest.mark.parametrize(("start", "to"), INTERFACES)
def test_a_package_is_read_through_its_interface_alone(start: str, to: str) -> None:
    found = {target for name, target in ARROWS if stands_in(name, start) and stands_in(target, to)}
    assert found == INTERFACES[start, to]


@pytest.mark.parametrize("library", LIBRARIES)
def test_these_libraries_are_known_to_few(library: str) -> None:
    found = {name for name, target in ARROWS if target.split(".")[0] == library}
    assert found == LIBRARIES[library]
