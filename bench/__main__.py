"""python -m bench [--keep] [NAME…]: prints the named figures, or all; one that cannot be had says
why. With --keep they are also written to bench/results.
"""

import importlib
import os
import sys

from bench import kept
from bench.figure import Figure

FIGURES = (
    "second-start",
    "tip-post",
    "tip-post-nginx",
    "limit-count",
    "seal",
    "photo-12mp",
    "search",
    "backup",
    "desk",
    "log-in",
    "awareness",
    "awareness-nginx",
    "first-view",
    "idle-memory",
    "reading-level",
)


def main(names: list[str]) -> int:
    """One line per figure; 1 if one could not be measured, never for a slow one."""
    keep, names = "--keep" in names, [name for name in names if name != "--keep"]
    before, figures = os.getloadavg()[0], list[Figure]()
    if unknown := set(names) - set(FIGURES):
        print(f"No such figure: {', '.join(sorted(unknown))}. There are {', '.join(FIGURES)}.")
        return 2
    code = 0
    for name in names or FIGURES:
        module = importlib.import_module(f"bench.{name.replace('-', '_')}")
        try:
            for figure in module.measure():
                figure.print()
                figures.append(figure)
        except Exception as error:  # noqa: BLE001  the other figures are still to be had
            print(f"{name} could not be measured: {error}", file=sys.stderr, flush=True)
            code = 1
    if keep and figures:
        print(kept.keep(names or ["all"], figures, before), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
