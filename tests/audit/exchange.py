"""Puts a mutant's code in the place of the true one, in a process that has imported it all over."""

import functools
import gc
import sys
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from tests.audit.operators import Mutant, path_of


class Living(NamedTuple):
    """The functions of a module that somebody holds, wherever, and its caches.

    `source` is what they were made of, whoever edits the file meanwhile.
    """

    source: str
    functions: list[FunctionType]
    caches: list[Any]


def living(module: str) -> Living:
    """Those of this process; looked up once, because it takes longer than many a mutant."""
    path, found = str(path_of(module)), Living(path_of(module).read_text(), [], [])
    gc.unfreeze()  # what the suite froze is not among the objects otherwise
    for made in gc.get_objects():
        if type(made) is FunctionType and made.__code__.co_filename == path:
            found.functions.append(made)
        elif isinstance(made, functools._lru_cache_wrapper) and made.__module__ == module:
            found.caches.append(made)
    return found


def install(mutant: Mutant, held: Living) -> None:
    """Puts the mutant's code in the place of the true one, in this process."""
    path = str(path_of(mutant.module))
    new, old = (compile(source, path, "exec") for source in (mutant.source, held.source))
    if not (mutant.live and _exchange(held.functions, _codes(old), _codes(new))):
        _run_again(sys.modules[mutant.module], new)
    for cache in held.caches:
        cache.cache_clear()


def _codes(code: CodeType) -> list[CodeType]:
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return [code, *(deeper for one in inner for deeper in _codes(one))]


def _exchange(held: list[FunctionType], old: list[CodeType], new: list[CodeType]) -> bool:
    """Every function that runs one of the old codes runs its new one; False where it cannot."""
    if [code.co_qualname for code in old] != [code.co_qualname for code in new]:
        return False
    pairs = dict(zip(old, new, strict=True))
    try:
        for function in held:
            function.__code__ = pairs.get(function.__code__, function.__code__)
    except ValueError:  # another number of free variables
        return False
    return True


def _run_again(module: Any, code: CodeType) -> None:
    before = dict(vars(module))
    exec(code, vars(module))
    replaced = {
        id(old): vars(module)[name]
        for name, old in before.items()
        if not name.startswith("__") and vars(module)[name] is not old
    }
    for other in list(sys.modules.values()):
        for name, value in list(getattr(other, "__dict__", {}).items()):
            if id(value) in replaced and other is not module:
                setattr(other, name, replaced[id(value)])
