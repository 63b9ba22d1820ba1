"""search: 5,000 sealed tips, first and second time; looks-like: one tip beside 500."""

from bench import stage
from bench.figure import Figure, alone, amount


def measure() -> list[Figure]:
    """CPU of the desk's process; the first search has its clock, the others take their time."""
    with stage.stage("search") as ground:
        found = ground.inside("search", *ground.inside("sealed_tips"))
    first, whole, second = found["first"], found["whole"], found["second"]

    def searched(one: dict[str, float]) -> str:
        return f"{amount(one['seconds'], 's')} for {one['tips']:,.0f} tips"

    return [
        Figure("search-first", searched(first), bar="<= 1.0 s or stopped by its clock"),
        Figure("search-first-whole", searched(whole)),
        Figure("search-second", searched(second), bar="<= 0.4 s"),
        alone("search-memory", found["megabytes"], "MB", "<= 60 MB"),
        alone("looks-like-first", found["alike-first"] * 1000, "ms"),
        alone("looks-like-second", found["alike-second"] * 1000, "ms", "<= 100 ms"),
    ]
