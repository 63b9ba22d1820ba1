"""Makes Argon2id cheap in every Python that has this folder on its PYTHONPATH.

For sites of the tests on which nobody measures a guess. What is served has no switch for it: it is
changed from outside, as it is loaded.
"""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class Cheap:
    """Finds what derives keys, and sets what that costs."""

    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name != "tips.crypto.wraps":
            return None
        spec = PathFinder.find_spec(name, path, target)
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            module.COST = (1, 8 * 1024)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, Cheap)
