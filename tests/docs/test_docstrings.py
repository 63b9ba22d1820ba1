"""Docstrings say more than the name: none of three words, and who raises says what and when."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from slu_antitrafficking.start.options import ROOT

PACKAGES = ("bench", "campaign", "slu_antitrafficking", "tips")
FEWEST_WORDS = 4
CONDITION = r"(?:when|as `\w+` does|where|while|if|for|unless|until|naming|with)(?!\w)"

Documented = ast.Module | ast.ClassDef | ast.FunctionDef


class Place(NamedTuple):
    """A module, class or function, and what stands around it."""

    file: Path
    node: Documented
    around: tuple[str, ...]  # the classes and functions that it stands in
    is_in_function: bool

    @property
    def name(self) -> str:
        own = () if isinstance(self.node, ast.Module) else (self.node.name,)
        return f"{self.file.relative_to(ROOT)}:{'.'.join((*self.around, *own))}"

    @property
    def docstring(self) -> str:
        return " ".join((ast.get_docstring(self.node) or "").split())

    @property
    def is_override(self) -> bool:
        """Whether a class above has a method of this name: what it does is said there."""
        if not isinstance(self.node, ast.FunctionDef) or not self.around or self.is_in_function:
            return False
        thing = importlib.import_module(".".join(self.file.relative_to(ROOT).with_suffix("").parts))
        for name in self.around:
            thing = getattr(thing, name)
        assert isinstance(thing, type)
        return any(self.node.name in vars(base) for base in thing.__mro__[1:])


@cache
def places() -> list[Place]:
    """Read by whichever side of a run has these tests, and not when each of them collects all."""
    found = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts:
                module = ast.parse(file.read_text())
                found.append(Place(file, module, (), False))
                found += within(file, module, (), is_in_function=False)
    return found


def within(
    file: Path, node: ast.AST, around: tuple[str, ...], *, is_in_function: bool
) -> Iterator[Place]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield Place(file, child, around, is_in_function)
            inside = is_in_function or isinstance(child, ast.FunctionDef)
            yield from within(file, child, (*around, child.name), is_in_function=inside)
        else:
            yield from within(file, child, around, is_in_function=is_in_function)


def raised(node: ast.AST, caught: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names of what a function itself raises, without what it catches or only passes on."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(child, ast.Raise) and child.exc:
            thrown = child.exc.func if isinstance(child.exc, ast.Call) else child.exc
            name = ast.unparse(thrown).rpartition(".")[2]
            if name not in caught:
                yield name
        if isinstance(child, ast.Try):
            handled = frozenset(
                name.rpartition(".")[2]
                for handler in child.handlers
                if handler.type
                for name in re.findall(r"[\w.]+", ast.unparse(handler.type))
            )
            for inside in child.body:
                yield from raised(ast.Module([inside], []), caught | handled)
            for outside in (*child.handlers, *child.orelse, *child.finalbody):
                yield from raised(ast.Module([outside], []), caught)
            continue
        passed_on = {child.name} if isinstance(child, ast.ExceptHandler) and child.name else set()
        yield from raised(child, caught | passed_on)


def says(docstring: str, name: str) -> bool:
    """Whether it says when this is raised: Raises X when …, also Raises X, Y when …"""
    more = r"(?:(?:,| and| or)+ [\w.]+)*"
    return bool(re.search(rf"[Rr]aises\b.*\b{name}\b{more} {CONDITION}", docstring))


def known_exceptions() -> set[str]:
    """The names of all that is raised or caught anywhere, and of the classes made for it."""
    names: set[str] = set()
    for place in places():
        if isinstance(place.node, ast.Module):
            for node in ast.walk(place.node):
                if isinstance(node, ast.ExceptHandler) and node.type:
                    names |= set(re.findall(r"\w+", ast.unparse(node.type)))
                elif isinstance(node, ast.ClassDef) and re.search(
                    r"(Exception|Error|Refused)$", " ".join(map(ast.unparse, node.bases))
                ):
                    names.add(node.name)
        else:
            names |= set(raised(place.node))
    return {name for name in names if name[0].isupper()}


def test_no_docstring_has_three_words_or_fewer() -> None:
    short = [
        place
        for place in places()
        if place.docstring and len(place.docstring.split()) < FEWEST_WORDS
    ]
    found = {place.name for place in short if not place.is_override}
    assert sorted(found) == []


def test_every_public_method_says_what_it_does_unless_a_class_above_says_it() -> None:
    """The linter asks it of everything else that is public, and cannot tell what overrides."""
    silent = {
        place.name
        for place in places()
        if isinstance(place.node, ast.FunctionDef)
        and not place.node.name.startswith("_")
        and not (place.is_in_function or place.docstring or place.is_override)
    }
    assert silent == set()


def test_who_raises_says_what_and_when() -> None:
    silent = []
    for place in places():
        node = place.node
        public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if not public or place.is_in_function:
            continue
        if not place.docstring and place.is_override:
            continue
        silent += [
            f"{place.name}: {name}"
            for name in sorted(set(raised(node)))
            if not says(place.docstring, name)
        ]
    assert silent == []


def test_what_a_docstring_says_is_raised_has_its_when() -> None:
    """Also of private functions, and of what only passes through."""
    known = known_exceptions()
    unsaid = []
    for place in places():
        _, _, after = place.docstring.partition("aises ")
        unsaid += [
            f"{place.name}: {name}"
            for name in sorted(known.intersection(re.findall(r"\w+", after)))
            if not says(place.docstring, name)
        ]
    assert unsaid == []
