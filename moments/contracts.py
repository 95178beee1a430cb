"""Holds a table against its contract and names every difference at once.

A contract is data/contracts/<table>.toml: the grain of the table, its kind, its time column, and for each column the
SQL type, unit, scale, whether it may be empty, and its label in both languages.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "contracts"


@dataclass(frozen=True)
class Contract:
    """What a table promises."""

    table: str
    time: str | None


def names() -> list[str]:
    """The tables that have a contract."""
    return sorted(p.stem for p in FOLDER.glob("*.toml"))


@cache
def load(table: str) -> Contract:
    """The contract of a table."""
    content = tomllib.loads((FOLDER / f"{table}.toml").read_text(encoding="utf-8"))
    return Contract(table, content.get("time"))
