"""Mutants of a module: every small change of its source that some test ought to notice.

Our own, because the tools fit this project badly: mutmut (3.8) leaves decorated functions, class
bodies and tables alone, which are most of `actions`, `forms` and `rights`; cosmic-ray (8.7) starts
Django and a database anew for every mutant. Left alone here: annotations, docstrings, and the
sentences of `raise` and `gettext`, whose words are for people.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

COMPARISONS = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
ARITHMETIC = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
    ast.BitXor: ("^", "|"),
    ast.Pow: ("**", "*"),
}
NAMES = {
    "filter": "exclude",
    "exclude": "filter",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "lower": "upper",
    "upper": "lower",
    "first": "last",
    "startswith": "endswith",
    "endswith": "startswith",
}
TRANSLATORS = ("_", "gettext", "gettext_lazy", "ngettext", "pgettext")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Mutant:
    """One changed source: `lines` are those of the change, `was` and `now` its diff.

    `within` is the qualified name of the function or class it stands in. `live` says that it
    stands in a function's body, so that the function's code can be exchanged while all else stays.
    """

    module: str
    within: str
    was: str
    now: str
    lines: tuple[int, int]
    live: bool
    source: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What tells it from every other, whatever stands above it in the file."""
        return (self.module, self.within, self.was, self.now)


def path_of(module: str) -> Path:
    """Where a module of this project stands."""
    return Path(__file__).parents[2] / (module.replace(".", "/") + ".py")


def mutants(module: str) -> list[Mutant]:
    """Every mutant of the module that still is Python, each under a name of its own."""
    source = path_of(module).read_text()
    seen: Counter[tuple[str, str, str, str]] = Counter()
    made = []
    for mutant in _Maker(module, source).mutants():
        seen[mutant.name] += 1
        nth = seen[mutant.name]
        made.append(replace(mutant, within=f"{mutant.within} #{nth}") if nth > 1 else mutant)
    return made


class _Maker:
    """Walks one module."""

    def __init__(self, module: str, source: str) -> None:
        self.module, self.source = module, source
        self.raw = source.encode()
        starts, at = [], 0
        for line in self.raw.splitlines(keepends=True):
            starts.append(at)
            at += len(line)
        self.starts = starts

    def mutants(self) -> Iterator[Mutant]:
        yield from self._walk(ast.parse(self.source), (), live=False)

    def _walk(self, node: ast.AST, within: tuple[str, ...], *, live: bool) -> Iterator[Mutant]:
        edits = [(edit, within) for edit in self._edits(node)]
        named = (*within, getattr(node, "name", ""))
        edits += [(edit, named) for edit in self._undecorated(node)]
        for (start, end, text), inside in edits:
            mutant = self._mutant(start, end, text, ".".join(inside), live)
            if mutant:
                yield mutant
        for child, inside, body in _children(node, within):
            yield from self._walk(child, inside, live=live or body)

    def _mutant(self, start: int, end: int, text: str, within: str, live: bool) -> Mutant | None:
        changed = (self.raw[:start] + text.encode() + self.raw[end:]).decode()
        try:
            ast.parse(changed)
        except SyntaxError:
            return None
        first = self.raw[:start].count(b"\n")
        last = self.raw[:end].count(b"\n")
        was = self.source.splitlines()[first : last + 1]
        now = changed.splitlines()[first : last + 1 + text.count("\n") - self._breaks(start, end)]
        return Mutant(
            module=self.module,
            within=within,
            was=_one_line(was),
            now=_one_line(now),
            lines=(first + 1, last + 1),
            live=live,
            source=changed,
        )

    def _breaks(self, start: int, end: int) -> int:
        return self.raw[start:end].count(b"\n")

    def _span(self, node: ast.AST) -> tuple[int, int]:
        start = self.starts[node.lineno - 1] + node.col_offset
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset

    def _edits(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Compare(ops=[operator], left=left, comparators=[right]):
                yield from self._between(left, right, *COMPARISONS[type(operator)])
            case ast.Compare(left=left, ops=operators, comparators=others):
                operands = [left, *others]
                for at, operator in enumerate(operators):
                    pair = operands[at], operands[at + 1]
                    yield from self._between(*pair, *COMPARISONS[type(operator)])
            case ast.BoolOp(op=operator, values=values):
                words = ("and", "or") if isinstance(operator, ast.And) else ("or", "and")
                for left, right in pairwise(values):
                    yield from self._between(left, right, *words)
            case ast.BinOp(left=left, op=operator, right=right):
                yield from self._between(left, right, *ARITHMETIC[type(operator)])
            case ast.AugAssign(target=left, op=operator, value=right):
                yield from self._between(left, right, *ARITHMETIC[type(operator)])
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                yield (*self._span(node), f"({self._text(operand)})")
            case ast.Constant(value=value):
                yield from self._constant(node, value)
            case ast.JoinedStr():
                yield (*self._span(node), '"XX"')
            case ast.If(test=test) | ast.IfExp(test=test):
                if not isinstance(test, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
                    yield (*self._span(test), f"not ({self._text(test)})")
            case ast.comprehension(ifs=tests):
                for test in tests:
                    yield (*self._span(test), "True")
            case ast.Return(value=ast.expr() as value):
                if not isinstance(value, ast.Constant):
                    yield (*self._span(value), "None")
            case ast.Raise() | ast.Expr(value=ast.Call()):
                yield (*self._span(node), "pass")
            case ast.Break():
                yield (*self._span(node), "continue")
            case ast.Continue():
                yield (*self._span(node), "break")
            case ast.Call():
                yield from self._call(node)
            case ast.Dict(values=[_, *_] as values):
                for key, value in zip(node.keys, values, strict=True):
                    start = (
                        self._span(key)[0]
                        if key
                        else self.raw.rindex(b"**", 0, self._span(value)[0])
                    )
                    yield from self._dropped(start, self._span(value)[1])
            case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) | ast.Set():
                for element in node.elts:
                    yield from self._dropped(*self._span(element))

    def _undecorated(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        for decorator in getattr(node, "decorator_list", ()):
            start, end = self._span(decorator)
            if self._text(decorator) not in (
                "property",
                "staticmethod",
                "classmethod",
                "dataclass",
            ):
                yield self.raw.rindex(b"@", 0, start), end, "# not decorated"

    def _call(self, node: ast.Call) -> Iterator[tuple[int, int, str]]:
        function = node.func
        name = getattr(function, "attr", getattr(function, "id", ""))
        if name in NAMES:
            end = self._span(function)[1]
            yield end - len(name), end, NAMES[name]
        for keyword in node.keywords:
            yield from self._dropped(*self._span(keyword))

    def _constant(self, node: ast.Constant, value: object) -> Iterator[tuple[int, int, str]]:
        match value:
            case bool():
                yield (*self._span(node), str(not value))
            case int() | float():
                yield (*self._span(node), str(value + 1))
            case str():
                yield (*self._span(node), repr("XX" + value))
            case bytes():
                yield (*self._span(node), repr(b"XX" + value))

    def _between(
        self, left: ast.AST, right: ast.AST, old: str, new: str
    ) -> Iterator[tuple[int, int, str]]:
        """The operator between two operands exchanged."""
        start, end = self._span(left)[1], self._span(right)[0]
        edge = r"\b" if old.isalpha() else ""
        pattern = edge + re.escape(old).replace(r"\ ", r"\s+") + edge
        found = re.search(pattern, self.raw[start:end].decode())
        if found:
            yield start + found.start(), start + found.end(), new

    def _dropped(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """One element of a list left out, with its comma."""
        rest = re.match(rb"[ ]*,[ ]?", self.raw[end:])
        if rest:
            yield start, end + rest.end(), ""
            return
        before = re.search(rb",\s*$", self.raw[:start])
        yield before.start() if before else start, end, ""

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.raw[start:end].decode()


def _children(
    node: ast.AST, within: tuple[str, ...]
) -> Iterator[tuple[ast.AST, tuple[str, ...], bool]]:
    """What stands in a node and may be changed: with its name, and whether it is a body."""
    name = getattr(node, "name", None)
    scope = (*within, name) if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and name else within
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment", "format_spec", "type_params"):
            continue
        children = value if isinstance(value, list) else [value]
        if field == "body" and _has_docstring(node):
            children = children[1:]
        for child in children:
            if isinstance(child, ast.AST) and not _untouched(node, child):
                yield child, scope, isinstance(node, FUNCTIONS) and field == "body"


def _has_docstring(node: ast.AST) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node) is not None


def _untouched(parent: ast.AST, child: ast.AST) -> bool:
    if isinstance(child, (ast.Import, ast.ImportFrom, ast.Global, ast.arg)):
        return True
    if isinstance(parent, ast.Assign) and getattr(parent.targets[0], "id", "") == "__all__":
        return True
    if isinstance(parent, ast.Subscript) and isinstance(child, ast.Tuple):  # dict[str, bytes]
        return True
    if isinstance(parent, ast.JoinedStr):  # its positions are not to be trusted before 3.12
        return True
    if isinstance(parent, ast.Call) and isinstance(child, (ast.Constant, ast.JoinedStr)):
        name = getattr(parent.func, "id", "")
        return name in TRANSLATORS or name.endswith(("Refused", "Error"))
    return False


def _one_line(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
