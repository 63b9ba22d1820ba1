"""Whatever the papers name is there: files, functions, classes, and the papers they lead to."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from slu_antitrafficking.start.options import ROOT

APPS = ("campaign", "tips", "slu_antitrafficking")
PAPERS = sorted(
    [*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")], key=lambda paper: paper.as_posix()
)
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:py|sql|md|toml))(?::([\w.]+))?`")


def named(paper: Path) -> list[tuple[str, str]]:
    """Each file or folder that the paper names, with what is said to be in it."""
    text = re.sub(r"```.*?```", "", paper.read_text(), flags=re.DOTALL)
    return [(path, name) for path, name in PATH.findall(text) if not path.startswith(("/", "var/"))]


@cache
def defined(file: Path) -> set[str]:
    """The functions, classes, methods and constants of a module; the functions of an SQL file."""
    text = file.read_text()
    if file.suffix == ".sql":
        return set(re.findall(r"FUNCTION public\.(\w+)", text))
    return set(definitions(ast.parse(text).body))


def definitions(body: Sequence[ast.stmt], before: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield before + node.name
            if isinstance(node, ast.ClassDef):
                yield from definitions(node.body, f"{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (before + one.id for one in targets if isinstance(one, ast.Name))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_file_and_function_that_a_paper_names_is_there(paper: Path) -> None:
    for path, name in named(paper):
        assert (ROOT / path).exists(), path
        if name:
            assert name in defined(ROOT / path), f"{path}:{name}"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_link_to_another_paper_leads_there(paper: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:\s]*)(?:#([\w-]+))?\)", paper.read_text()):
        file = paper.parent / target if target else paper
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_a_class_that_words_md_names_is_there() -> None:
    names = re.findall(r"`([A-Z][a-z]\w+)`", (ROOT / "docs" / "words.md").read_text())
    modules = [file for app in APPS for file in ROOT.glob(f"{app}/**/*.py")]
    there = {name for module in modules for name in defined(module)}
    assert names
    assert set(names) - there == set()
