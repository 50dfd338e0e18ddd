# SPDX-License-Identifier: Apache-2.0
"""Rows of the table: what was measured, against whom, what was aimed at."""

import json
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from .measure import Sample

MICRO = "µs"


@dataclass
class Row:
    """`ours` and `peer` hold one value per round; `wall` seconds beside them. A ratio is that of one round."""

    name: str
    unit: str
    ours: list[float]
    peer: list[float] = field(default_factory=list)
    peer_name: str = ""
    wall_ours: list[float] = field(default_factory=list)
    wall_peer: list[float] = field(default_factory=list)
    ratio_at_most: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        return [one / max(other, 1e-9) for one, other in zip(self.ours, self.peer)]

    @property
    def aim(self) -> str:
        if self.ratio_at_most is not None:
            return f"<= {self.ratio_at_most:g} x"
        if self.at_most is not None:
            return f"<= {self.at_most:g} {self.unit}"
        if self.at_least is not None:
            return f">= {self.at_least:g} {self.unit}"
        return ""

    @property
    def verdict(self) -> str:
        if self.ratio_at_most is not None:
            return "met" if statistics.median(self.ratios) <= self.ratio_at_most else "missed"
        if self.at_most is not None:
            return "met" if statistics.median(self.ours) <= self.at_most else "missed"
        if self.at_least is not None:
            return "met" if statistics.median(self.ours) >= self.at_least else "missed"
        return ""


def compared(name: str, rounds: list[tuple[Sample, Sample]], unit: str, peer_name: str, ratio_at_most: float | None = None,
             note: str = "") -> Row:
    """A row of processor time per unit of work. In microseconds where the unit says so."""
    scale = 1e6 if unit.startswith(MICRO) else 1
    return Row(name, unit, [one.cost * scale for one, _ in rounds], [other.cost * scale for _, other in rounds], peer_name,
               [one.wall for one, _ in rounds], [other.wall for _, other in rounds], ratio_at_most=ratio_at_most, note=note)


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def _spread(values: list[float], unit: str = "") -> str:
    if not values:
        return ""
    text = _number(statistics.median(values)) + (f" {unit}" if unit else "")
    if len(values) > 1:
        text += f" [{_number(min(values))}-{_number(max(values))}]"
    return text


def _cells(row: Row) -> list[str]:
    ratio = _spread(row.ratios) + " x" if row.ratios else ""
    wall = f"{_number(statistics.median(row.wall_ours))} s" if row.wall_ours else ""
    if row.wall_peer:
        wall += f" / {_number(statistics.median(row.wall_peer))} s"
    peer = f"{row.peer_name} {_spread(row.peer)}" if row.peer else ""
    return [row.name, _spread(row.ours, row.unit), peer, ratio, wall, row.aim, row.verdict, row.note]


HEADINGS = ["what", "ours [range]", "peer [range]", "ratio [range]", "wall", "aim", "", "note"]


def text_of(rows: list[Row]) -> str:
    """The table in Markdown, its columns aligned so that a terminal shows it as well."""
    lines = [HEADINGS] + [_cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    shown = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def write_json(rows: list[Row], file: Path) -> None:
    facts = [{**row.__dict__, "ratios": row.ratios, "aim": row.aim, "verdict": row.verdict} for row in rows]
    file.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
