"""Who may import whom: the arrows between the rooms of the house, read from the code itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("campaign", "tips", "slu_antitrafficking")

# The rooms of tips/, from the doors down; a room imports from its own floor or from below.
FLOORS = (
    {"admin", "apps", "checks", "database", "demo", "management", "public", "templatetags"},
    {"access", "actions"},
    {"crypto", "models"},
)


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(file): file for package in PACKAGES for file in (ROOT / package).rglob("*.py")}


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


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def floor(module: str) -> int:
    """0 is the doors; the package itself and its migrations carry nothing."""
    return next(number for number, rooms in enumerate(FLOORS) if room(module) in rooms)


def within_tips() -> list[tuple[str, str]]:
    return [
        (name, target)
        for name, target in ARROWS
        if inside(name, "tips") and inside(target, "tips") and room(name) != room(target)
    ]


def test_every_room_stands_on_a_floor() -> None:
    rooms = {room(name) for name in MODULES if inside(name, "tips")} - {"", "migrations"}
    assert rooms <= set().union(*FLOORS)


def test_no_arrow_points_up() -> None:
    assert not [arrow for arrow in within_tips() if floor(arrow[1]) < floor(arrow[0])]


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("models", set()),
        ("crypto", {"models"}),
        ("public", {"actions", "crypto"}),
        ("access", {"actions", "crypto", "models"}),
    ],
)
def test_what_these_rooms_lean_on(name: str, may: set[str]) -> None:
    assert {room(target) for start, target in within_tips() if room(start) == name} <= may


def test_the_campaign_knows_nothing_of_tips() -> None:
    assert not [
        arrow for arrow in ARROWS if inside(arrow[0], "campaign") and inside(arrow[1], "tips")
    ]


def test_tips_read_from_the_campaign_through_offers_alone() -> None:
    found = {
        target for name, target in ARROWS if inside(name, "tips") and inside(target, "campaign")
    }
    assert found == {"campaign.offers"}


def test_one_module_alone_holds_the_crypto_library() -> None:
    libraries = ("nacl", "cryptography", "Crypto")
    found = {name for name, target in ARROWS if target.split(".")[0] in libraries}
    assert found == {"tips.crypto.sealing"}


def test_pictures_are_parsed_in_the_child_alone() -> None:
    found = {name for name, target in ARROWS if target.split(".")[0] in ("PIL", "pillow_heif")}
    assert found - {name for name in found if inside(name, "tips.demo")} == {
        "slu_antitrafficking.photo_worker"
    }


def test_neither_door_reaches_into_the_other() -> None:
    within = within_tips()
    assert not [arrow for arrow in within if room(arrow[0]) == "public" and room(arrow[1]) in DESK]
    assert not [arrow for arrow in within if room(arrow[0]) in DESK and room(arrow[1]) == "public"]
    assert not [
        arrow
        for arrow in ARROWS
        if inside(arrow[0], "tips.public") and inside(arrow[1], "tips.models")
    ]


DESK = {"access", "admin"}
