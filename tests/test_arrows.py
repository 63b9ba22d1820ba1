"""The imports of every module are those of the table tests/allowed_imports.py, and no others."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.allowed_imports import HOUSE, INSIDE, INTERFACES, LIBRARIES

ROOT = Path(__file__).parent.parent
APPS = ("campaign", "tips", "slu_antitrafficking")


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


@cache
def arrows() -> list[tuple[str, str]]:
    """Every module with each that it imports."""
    return [(name, target) for name, file in MODULES.items() for target in imports(file)]


def stands_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


ROOMS = {
    f"{one.package or name}.{module}": name
    for name, one in HOUSE.items()
    for module in one.modules.split()
}

# A package itself stands in the first of its rooms, or in that of the package around it.
PACKAGES = {one.package or name: name for name, one in reversed(HOUSE.items())}


def room(module: str) -> str:
    """The room of the table that the module stands in; empty for what is not ours."""
    fitting = [package for package in PACKAGES if stands_in(module, package)]
    return ROOMS.get(module) or PACKAGES.get(max(fitting, key=len, default=""), "")


def test_every_module_is_in_the_table_and_nothing_else() -> None:
    packages = {name for name, file in MODULES.items() if file.name == "__init__.py"}
    assert set(MODULES) - packages == set(ROOMS)


@pytest.mark.parametrize("name", HOUSE)
def test_every_arrow_is_in_the_table_and_nothing_else(name: str) -> None:
    found = {room(target) for start, target in arrows() if room(start) == name} - {name, ""}
    assert sorted(found) == sorted(HOUSE[name].arrows.split())


@pytest.mark.parametrize("package", INSIDE)
def test_inside_a_package_a_module_leans_on_those_above_it_alone(package: str) -> None:
    table = {name: set(above.split()) for name, above in INSIDE[package].items()}
    modules = [name for name, home in ROOMS.items() if stands_in(name, package) and home]
    found = {
        name.removeprefix(f"{package}."): {
            target.removeprefix(f"{package}.")
            for start, target in arrows()
            if start == name and stands_in(target, package)
        }
        for name in modules
    }
    assert found == table
    names = list(table)
    assert all(names.index(one) < names.index(name) for name in names for one in table[name])


@pytest.mark.parametrize(("start", "to"), INTERFACES)
def test_a_package_is_read_through_its_interface_alone(start: str, to: str) -> None:
    found = {
        target for name, target in arrows() if stands_in(name, start) and stands_in(target, to)
    }
    assert found == INTERFACES[start, to]


def test_a_module_has_300_lines_and_a_function_fits_on_a_screen() -> None:
    """A longer one does two things: split it by topic."""
    texts = {name: file.read_text() for name, file in MODULES.items()}
    tests = {str(file): file.read_text() for file in Path(__file__).parent.rglob("*.py")}
    long = {name for name, text in (texts | tests).items() if len(text.splitlines()) > 300}
    long |= {
        f"{name}:{node.name}"
        for name, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    }
    assert long == set()


@pytest.mark.parametrize("library", LIBRARIES)
def test_these_libraries_are_known_to_few(library: str) -> None:
    found = {name for name, target in arrows() if target.split(".")[0] == library}
    assert found == LIBRARIES[library]


def test_no_test_leans_on_another_s_file() -> None:
    """What two of them use stands in a module whose name says what it is."""
    files = [*(ROOT / "tests").rglob("*.py")]
    found = {(file.name, target) for file in files for target in imports(file)}
    assert len(found) > 1000
    assert not [pair for pair in found if re.search(r"\.(test_|conftest)", pair[1])]
