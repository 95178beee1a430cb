"""Groups under the dataset's threshold are not shown, nor can they be worked out from totals.

The guarantee for branches and regions: of one question, whoever adds and subtracts what pages show by branch, by region
and by one of channel, segment and service, under filters that differ in region, in branch and in that one, learns no
sum over answers that holds fewer than the threshold; also who knows which groups are empty. It rests on two plans that
no filter of place changes: `metrics/pooling.py` for branches, `metrics/blocks.py` for what may be told apart there.
What it does not cover: two periods that differ by a day, choices of channels, segments and services that differ in
more than one of these, and answers that name no branch.
"""

import functools
import itertools
import math
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from moments.metrics import blocks, pooling
from moments.metrics.intervals import floats
from moments.states import PartedPool


def hide(
    frame: pd.DataFrame, n: str, keys: tuple[str, ...], threshold: int, apart: tuple[str, Collection] = ("", ())
) -> pd.DataFrame:
    """Empty the rows of every group of `keys` with 0 < n < threshold, and of as many more as subtraction asks for.

    A reader sees the total over each key as well, so along every key the hidden groups must be at least two and
    hold at least `threshold` answers together; the smallest shown groups are hidden until they do. `apart` names a key
    and its values that are hidden in any case.
    Returns the frame with a boolean column `hidden`; a hidden group keeps one row, its keys and no number.
    """
    key, codes = apart
    rows, sizes = list(zip(*(_listed(frame[k]) for k in keys), strict=True)), {}
    for group, count in zip(rows, np.nan_to_num(*floats(frame[n])).tolist(), strict=True):
        if count:
            sizes[group] = sizes.get(group, 0) + int(count)
    away = {group for group in sizes if codes and _code(group[keys.index(key)]) in codes}
    hidden = {group for group, count in sizes.items() if count < threshold} | away
    if not hidden:
        return frame.assign(hidden=False)
    while added := _exposed(sizes, hidden, threshold):
        hidden |= added
    return _emptied(frame, keys, rows, [row in hidden for row in rows])


@dataclass(frozen=True, eq=False)
class Reach:
    """What a reader could work out of the answers behind a query, branch by branch, without filters of place.

    rows: branch, region (one per branch, "" where unknown), a column for each dimension of `chosen` and for others
    asked about, and n, the rows that answer what the query reads, chosen or not. chosen: {dimension: codes}.
    """

    rows: pd.DataFrame
    chosen: Mapping[str, Collection[str]]
    threshold: int
    bare: "Reach | None" = None  # the same with nothing chosen: it keeps what no choice changes
    _plans: dict = field(default_factory=dict, init=False, repr=False)
    _found: dict = field(default_factory=dict, init=False, repr=False)
    _columns: dict = field(default_factory=dict, init=False, repr=False)

    def choosing(self, chosen: Mapping[str, Collection[str]]) -> "Reach":
        """The same rows with these codes chosen."""
        return Reach(self.rows, chosen, self.threshold, self)

    @cached_property
    def plan(self) -> dict[str, tuple[tuple, str]]:
        """Which sum every branch is shown in: {branch: (within, group)} of `pooling.plan`."""
        return self._plan(tuple(self.chosen))

    def refuse(self, regions: Collection[str], branches: Collection[str]) -> None:
        """Raise where a choice takes some codes of those never parted, or some branches of those only told together."""
        for dimension, codes in self.chosen.items():
            _, never_parted = self._blocks(dimension)
            if any(0 < len(column.intersection(codes)) < len(column) for column in never_parted):
                raise PartedPool(threshold=self.threshold, filter=dimension)
        sides: dict[tuple, set] = {}
        for code, (within, group) in self.plan.items():
            if group == "":
                sides.setdefault(within, set()).add(_chosen(code, self._regions[code], regions, branches))
        if any(len(side) > 1 for side in sides.values()):
            raise PartedPool(threshold=self.threshold, filter="branch" if branches else "region")

    def apart(self, dimension: str, regions: Collection[str], branches: Collection[str]) -> set[str]:
        """The codes of a dimension that may not be shown one by one in these places: those that may not be chosen."""
        found, never_parted = self._blocks(dimension)
        plan = self._plan(self._others(dimension))
        here: dict[Hashable, set[bool]] = {}
        for branch, (within, group) in plan.items():
            inside = _chosen(branch, self._regions[branch], regions, branches)
            here.setdefault(group or within, set()).add(inside)
        away = set(self.rows[dimension]) if not plan else set().union(*never_parted)
        for block in found:
            if len(block.codes) > 1 and len(set().union(*(here[unit] for unit in block.units))) > 1:
                away |= block.codes
        return away

    def hide(self, frame: pd.DataFrame, n: str, keys: tuple[str, ...], place: str, of_regions: bool) -> pd.DataFrame:
        """The frame without numbers of the branches (or regions) in the key `place` that pages show only together.

        What rows say of n gives way to what is in the frame. Another key (a question) is looked at for itself.
        """
        others, places = [_listed(frame[key]) for key in keys if key != place], _listed(frame[place])
        about = list(zip(*others, strict=True)) if others else [()] * len(frame)
        found: dict[tuple, dict] = {}
        for other, code, count in zip(about, places, _listed(frame[n]), strict=True):
            sums = found.setdefault(other, {})
            sums[code] = sums.get(code, 0) + int(count)
        alone = self._regions_alone if of_regions else self._branches_alone
        shown = {other: alone({code: c for code, c in sums.items() if isinstance(code, str)})
                 for other, sums in found.items()}  # fmt: skip
        marks = [
            isinstance(code, str) and found[other][code] > 0 and code not in shown[other]
            for other, code in zip(about, places, strict=True)
        ]
        return _emptied(frame, keys, list(zip(*(_listed(frame[key]) for key in keys), strict=True)), marks)

    def told(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows by branch with region, within and group, what each may be shown as; without branches of no answers."""
        codes, plan = frame["branch"].tolist(), self.plan
        if not plan.keys() >= {*codes}:
            known = [code in plan for code in codes]
            frame, codes = frame[known].reset_index(drop=True), list(itertools.compress(codes, known))
        region, shown = [self._regions[code] for code in codes], [plan[code] for code in codes]
        return frame.assign(region=region, within=[within for within, _ in shown], group=[group for _, group in shown])

    @cached_property
    def _regions(self) -> dict[str, str]:
        return self.bare._regions if self.bare else dict(zip(self.rows["branch"], self.rows["region"], strict=True))

    def _others(self, dimension: str) -> tuple[str, ...]:
        return tuple(other for other in self.chosen if other != dimension)

    def _counts(self, kept: Collection[str], *split: str) -> dict:
        """n by branch, or by (branch, code of the dimension `split`), under the choices of the dimensions `kept`."""
        inside = np.full(len(self.rows), True)
        for dimension in kept:
            place, codes = self._column(dimension)
            inside &= np.array([code in self.chosen[dimension] for code in codes], dtype=bool)[place]
        columns = [self._column(key) for key in ("branch", *split)]
        shape = [len(codes) for _, codes in columns]
        cell = np.ravel_multi_index([place[inside] for place, _ in columns], shape)
        sums = np.bincount(cell, self.rows["n"].to_numpy()[inside], math.prod(shape)).astype("int64")
        keys = list(itertools.product(*(codes for _, codes in columns))) if split else columns[0][1]
        return {keys[at]: int(sums[at]) for at in np.unique(cell).tolist()}

    def _column(self, name: str) -> tuple[np.ndarray, list[str]]:
        """A column of rows as places in the list of its codes."""
        if self.bare:
            return self.bare._column(name)
        if name not in self._columns:
            place, codes = pd.factorize(self.rows[name])
            self._columns[name] = place, list(codes)
        return self._columns[name]

    def _plan(self, kept: tuple[str, ...]) -> dict[str, tuple[tuple, str]]:
        """`plan` under the choices of the dimensions `kept` alone: it pools what any of these choices parts."""
        if self.bare and not kept:
            return self.bare._plan(kept)
        if kept not in self._plans:
            if kept:
                parts = [self._pooled(dimension, tuple(d for d in kept if d != dimension)) for dimension in kept]
                self._plans[kept] = functools.reduce(pooling.joined, parts)
            else:
                self._plans[kept] = pooling.arranged(pooling.alone(self._regions), self._counts(()), self.threshold)
        return self._plans[kept]

    def _pooled(self, dimension: str, others: tuple[str, ...]) -> dict[str, tuple[tuple, str]]:
        """The plan under the choices of `others` with all pooled that the choice of one more dimension parts."""
        plan = self._plan(others)
        parted = [block for block in self._blocks(dimension, others)[0] if block.parted(self.chosen[dimension])]
        units = frozenset().union(*(block.units for block in parted))
        return pooling.merged(plan, units, [block.areas for block in parted])

    def _blocks(self, dimension: str, others: tuple[str, ...] | None = None) -> tuple[list, list]:
        """`blocks.blocks` of a dimension under the choices of the others."""
        others = self._others(dimension) if others is None else others
        if self.bare and not others:
            return self.bare._blocks(dimension, others)
        if (dimension, others) not in self._found:
            plan, sizes, areas = self._plan(others), {}, {}
            for (branch, code), n in self._counts(others, dimension).items():
                within, group = plan.get(branch, ((), ""))
                if within:
                    cells = sizes.setdefault(group or within, {})
                    cells[code] = cells.get(code, 0) + n
                    areas[group or within] = within
            self._found[dimension, others] = blocks.blocks(sizes, areas, self.threshold)
        return self._found[dimension, others]

    def _branches_alone(self, found: dict[str, int]) -> Collection[str]:
        shown = pooling.arranged({code: self.plan[code] for code in found if code in self.plan}, found, self.threshold)
        return {code for code, (_, group) in shown.items() if group}

    def _regions_alone(self, found: dict[str, int]) -> Collection[str]:
        within = {self._regions[code]: regions for code, (regions, _) in self.plan.items()}
        sums: dict = {}
        for code, n in found.items():
            if n > 0:
                sums[within.get(code)] = sums.get(within.get(code), 0) + n
        groups = pooling.together(sums, self.threshold) if sum(found.values()) >= self.threshold else []
        single = {group[0] for group in groups if len(group) == 1}
        return {code for code, regions in within.items() if len(regions) == 1 and regions in single}


def _chosen(branch: str, region: str, regions: Collection[str], branches: Collection[str]) -> bool:
    """Whether a branch lies in the places chosen; every one where none is."""
    return (not branches or branch in branches) and (not regions or region in regions)


def _listed(column: pd.Series) -> list:
    """The column's values to tell groups by, much faster than `list(column)`: of times their numbers."""
    times = column.dtype.kind == "M"
    return (column.to_numpy().view("int64") if times else column.to_numpy(dtype=object)).tolist()


def _code(value) -> str:
    """A code of a group; "" of those that have none."""
    return value if isinstance(value, str) else ""


def _emptied(frame: pd.DataFrame, keys: tuple[str, ...], groups: list[tuple], marks: list[bool]) -> pd.DataFrame:
    """The frame with `hidden`: of every group of rows that is marked one is left, and no number."""
    if not any(marks):
        return frame.assign(hidden=False)
    once: set = set()
    kept = [row for row, mark in enumerate(marks) if not mark or not (groups[row] in once or once.add(groups[row]))]
    hidden = np.array(marks)[kept]
    found = {column: frame[column].array.take(kept) for column in frame}
    for column in frame.columns.difference(keys):
        found[column] = pd.Series(found[column]).where(~hidden)
    return pd.DataFrame(found | {"hidden": hidden})


def _exposed(sizes: dict, hidden: set, threshold: int) -> set:
    """The next groups to hide: in each line of groups that adds up to a visible total, the smallest ones needed."""
    added = set()
    width = len(next(iter(sizes)))
    for key in range(width):
        line_of = lambda group, key=key: group[:key] + group[key + 1 :]  # noqa: E731
        for _, line in itertools.groupby(sorted(sizes, key=lambda g: repr(line_of(g))), key=line_of):
            line = list(line)
            inside = [g for g in line if g in hidden or g in added]
            shown = sorted((g for g in line if g not in hidden and g not in added), key=lambda g: (sizes[g], repr(g)))
            total = sum(sizes[g] for g in inside)
            while inside and shown and (len(inside) < 2 or total < threshold):
                total += sizes[shown[0]]
                inside.append(shown[0])
                added.add(shown.pop(0))
    return added
