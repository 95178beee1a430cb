"""Which question belongs to which framework and dimension, and what it is called, as the dataset's codebook says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from moments import text


@dataclass(frozen=True)
class Framework:
    """One framework of a codebook, e.g. "servqual". Order is that of the codebook throughout.

    `known_as` gives the code of a dimension that the codebook calls by another of its names, or None.
    """

    codebook: Mapping[str, Any]
    name: str
    known_as: Callable[[str], str | None] = lambda name: None

    @cached_property
    def _entries(self) -> dict[str, dict]:
        """The dimensions by their code; an item under none stands for itself."""
        given = {d["dimension"]: d for d in self._listed("dimensions")}
        for item in self._listed("items"):
            own = item.get("dimension") or item["item"]
            given.setdefault(own, item if own == item["item"] else {})
        codes = {code: self.known_as(code) or code for code in given}
        if len(set(codes.values())) < len(codes):  # two of them go by one name: they stay what the dataset calls them
            codes = {code: code for code in given}
        used = {item.get("dimension") or item["item"] for item in self._listed("items")}
        return {codes[code]: entry | {"own": code} for code, entry in given.items() if code in used}

    @cached_property
    def dimensions(self) -> dict[str, str]:
        """{code: name in the reader's language} of the dimensions that have an item."""
        return {code: text.pick(entry, entry["own"]) for code, entry in self._entries.items()}

    @cached_property
    def items(self) -> dict[str, str]:
        """{code: name in the reader's language}."""
        return {item["item"]: text.pick(item, item["item"]) for item in self._listed("items")}

    @cached_property
    def weights(self) -> dict[str, float]:
        """{dimension: weight} as the codebook states them; empty unless it states all."""
        found = {code: entry["weight"] for code, entry in self._entries.items() if entry.get("weight") is not None}
        return found if len(found) == len(self._entries) else {}

    @property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest score. Raises KeyError where the codebook names none."""
        low, high = self.codebook["scales"][self.name]
        return low, high

    def scale_or(self, low: int, high: int) -> tuple[int, int]:
        """The scale in whole scores; the given one where the codebook names none."""
        found = self.codebook.get("scales", {}).get(self.name, (low, high))
        return int(found[0]), int(found[1])

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """{dimension: its items}."""
        of = self._dimension_of
        return {code: tuple(item for item in of if of[item] == code) for code in self._entries}

    def under(self, rows):
        """Rows of a query that have a column `item`, with the `dimension` of each and in the codebook's order.

        The column `hidden` goes: what is hidden has no number, which says it as well.
        """
        of, items = self._dimension_of, rows["item"].tolist()
        places = {item: place for place, item in enumerate(of)}
        order = sorted(range(len(items)), key=lambda row: places.get(items[row], len(places)))
        found = rows[[c for c in rows if c != "hidden"]].assign(dimension=[of.get(item, item) for item in items])
        return found.take(order)

    def ordered(self, rows):
        """Rows of a query that have a column `item`, in the codebook's order, without the column `hidden`."""
        return self.under(rows).drop(columns="dimension")

    def named(self, rows):
        """The rows with a column `name`: what their item is called, or their dimension where they are of no item."""
        names = [self.dimensions.get(code, code) for code in rows["dimension"]]
        if "item" in rows:
            pairs = zip(rows["item"], names, strict=True)
            names = [self.items.get(item, item) if item != "" else name for item, name in pairs]
        return rows.assign(name=names)

    @cached_property
    def _dimension_of(self) -> dict[str, str]:
        own = {entry["own"]: code for code, entry in self._entries.items()}
        places = {code: n for n, code in enumerate(self._entries)}
        found = {item["item"]: own[item.get("dimension") or item["item"]] for item in self._listed("items")}
        return dict(sorted(found.items(), key=lambda pair: places[pair[1]]))

    def _listed(self, part: str) -> list[dict]:
        return [entry for entry in self.codebook.get(part, []) if entry["framework"] == self.name]
