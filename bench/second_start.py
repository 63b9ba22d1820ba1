"""second-start: seconds from `./run run` to both doors healthy, when everything is there."""

from bench import started
from bench.figure import Figure, alone


def measure() -> list[Figure]:
    """The seconds of one real second start."""
    _site, _ready, seconds = started.site()
    return [alone("second-start", seconds, "s", "<= 5 s")]
