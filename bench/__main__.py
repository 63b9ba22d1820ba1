"""python -m bench [NAME…]: prints the named figures, or all; one that cannot be had says why."""

import importlib
import sys

FIGURES = (
    "second-start",
    "tip-post",
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
    if unknown := set(names) - set(FIGURES):
        print(f"No such figure: {', '.join(sorted(unknown))}. There are {', '.join(FIGURES)}.")
        return 2
    code = 0
    for name in names or FIGURES:
        module = importlib.import_module(f"bench.{name.replace('-', '_')}")
        try:
            for figure in module.measure():
                figure.print()
        except Exception as error:  # noqa: BLE001  the other figures are still to be had
            print(f"{name} could not be measured: {error}", file=sys.stderr, flush=True)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
