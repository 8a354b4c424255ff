"""The common form of all benchmarks: rows of figures, which are shown as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

NOISE = 1.05
"""A peer is better if its figure is this many times better than ours."""


@dataclass(frozen=True)
class Measure:
    """A column of a table."""

    label: str
    show: Callable[[float], str]
    better: Literal["less", "more"] | None = "less"
    ratio: bool = True
    """Whether to show figures as multiples of the base row too."""

    def is_better(self, value: float, other: float) -> bool:
        """Whether a figure beats another one by more than noise."""
        return value * NOISE < other if self.better == "less" else value > other * NOISE


@dataclass(frozen=True)
class Row:
    """The figures of one client or library, in the order of the measures; None where there is nothing to measure."""

    name: str
    values: Sequence[float | None]
    ours: bool = False


@dataclass(frozen=True)
class Table:
    measures: Sequence[Measure]
    rows: Sequence[Row]
    base: str = ""
    """Name of the row that ratios compare with."""
    caption: str = ""

    def markdown(self) -> str:
        base = next((row for row in self.rows if row.name == self.base), None)
        lines = [
            f"| {self.caption} | {' | '.join(measure.label for measure in self.measures)} |",
            f"|---|{'---:|' * len(self.measures)}",
        ]
        for row in self.rows:
            name = f"**{row.name}**" if row.ours else row.name
            cells = [self._cell(index, row, base) for index in range(len(self.measures))]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        return "\n".join(lines)

    def _cell(self, index: int, row: Row, base: Row | None) -> str:
        value, measure = row.values[index], self.measures[index]
        if value is None:
            return ""
        text = measure.show(value)
        compared = base and base.values[index]
        return f"{text} ({value / compared:.2f} ×)" if compared and measure.ratio else text

    def where_a_peer_is_better(self) -> Iterator[str]:
        """A sentence for each measure in which a row that is not ours beats the best of ours."""
        for index, measure in enumerate(self.measures):
            if measure.better is None:
                continue
            pick = min if measure.better == "less" else max
            figures = [(row.name, row.ours, value) for row in self.rows if (value := row.values[index]) is not None]
            own = [value for _, ours, value in figures if ours]
            if not own:
                continue
            best = pick(own)
            better = [
                f"{name} {measure.show(value)}"
                for name, ours, value in figures
                if not ours and measure.is_better(value, best)
            ]
            if better:
                label = ", ".join(part for part in (self.caption, measure.label) if part)
                yield f"{label}: {', '.join(better)}; ours {measure.show(best)}"


@dataclass(frozen=True)
class Benchmark:
    """Something measured by `python -m benchmarks NAME`."""

    name: str
    title: str
    how: str
    """How it is measured, in a line or two."""
    run: Callable[[], Iterator[Table]]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds < 0.01 else f"{seconds * 1e3:.0f} ms"


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"


def duration(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds >= 100 else f"{seconds:.1f} s"


def megabytes(size: float) -> str:
    return f"{size / 1e6:.1f} MB" if size < 1e7 else f"{size / 1e6:.0f} MB"


def count(number: float) -> str:
    return f"{number:,.0f}"


def percent(share: float) -> str:
    return f"{share:.0%}"
