"""One measured figure as one line."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """What was measured, what a bare program does beside it, and what is asked for."""

    name: str
    ours: str
    bare: str = "-"
    ratio: str = "-"
    bar: str = "-"

    def print(self) -> None:
        """Prints bench⇥NAME⇥ours⇥bare⇥ratio⇥bar, at once."""
        print("bench", self.name, self.ours, self.bare, self.ratio, self.bar, sep="\t", flush=True)


def compared(name: str, ours: list[float], bare: list[float], unit: str, bar: str) -> Figure:
    """The medians, and the median ratio of rounds that ran next to each other."""
    ratio = median(mine / theirs for mine, theirs in zip(ours, bare, strict=True))
    return Figure(name, amount(median(ours), unit), amount(median(bare), unit), f"{ratio:.2f}", bar)


def alone(name: str, ours: float, unit: str, bar: str = "-") -> Figure:
    """A figure that has nothing beside it."""
    return Figure(name, amount(ours, unit), bar=bar)


def amount(value: float, unit: str) -> str:
    """Three digits that matter, and the unit."""
    number = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return f"{number} {unit}"
