"""Small branches are shown together, so that nobody's few answers can be read off or worked out by subtraction.

This is the one plan for all pages: where branches or regions are shown one by one, the warehouse hides exactly those
that are in a pool here, and it refuses a choice of branches that parts a pool (see `privacy.Reach`). What readers may
see besides: the total over everything and the total of every region made here. Nothing finer follows from those,
because a small branch only ever appears inside one sum with others, and a region too small to be shown becomes one with
another *before* its branches are looked at.
"""

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from moments.metrics.intervals import floats

# {cell: (within: the regions shown as one, group: its own code, or "" in the pool of these regions)}
Plan = dict[str, tuple[tuple, str]]


def together(sizes: Mapping[object, int], threshold: int) -> list[list]:
    """The labels of `sizes` in groups: all with fewer than the threshold in one pool, the rest alone.

    The pool is filled up with the next smallest until it holds the threshold.
    """
    order = sorted(sizes, key=lambda label: (sizes[label], str(label)))
    pool = {label for label in order if 0 < sizes[label] < threshold}
    if 0 < sum(sizes[label] for label in pool) < threshold:
        pool |= {next((label for label in order if sizes[label] >= threshold), None)} - {None}
    alone = [[label] for label in sizes if label not in pool]
    return [[label for label in sizes if label in pool], *alone] if pool else alone


def plan(sizes: pd.DataFrame, threshold: int, cell: str = "branch", region: str = "region") -> pd.DataFrame:
    """Which sum every branch is shown in.

    sizes: one or more rows per (cell, region) with `n` answers; empty cells are left out, a missing region is "". Where
    it has `within` and `group` (see below), what these say is shown as one stays so. Gives one row per cell with
    `within` (the codes of the regions shown as one, a tuple) and `group` (its own code, or "" for the pool "others,
    region X"); no rows where even everything together is under the threshold. Raises ValueError for a cell in two
    regions.
    """
    regions, counts, start = {}, {}, {}
    homes = sizes[region].astype(object).fillna("")
    told = zip(sizes["within"], sizes["group"], strict=True) if "within" in sizes else itertools.repeat(None)
    for code, home, n, shown in zip(sizes[cell], homes, sizes["n"], told, strict=False):
        if regions.setdefault(code, home) != home:
            raise ValueError(f"a {cell} lies in two regions")
        counts[code] = counts.get(code, 0) + n
        start.setdefault(code, shown or ((home,), code))
    found = arranged({code: start[code] for code in sorted(start, key=lambda c: (regions[c], c))}, counts, threshold)
    rows = [(code, regions[code], counts[code], *shown) for code, shown in found.items()]
    return pd.DataFrame(rows, columns=[cell, region, "n", "within", "group"])


def alone(regions: Mapping[str, str]) -> Plan:
    """The plan that shows every cell by itself. regions: {cell: region}."""
    return {code: ((region,), code) for code, region in regions.items()}


def arranged(start: Plan, sizes: Mapping[str, int], threshold: int) -> Plan:
    """A plan in which nothing is too small, from one in which something may be; without empty cells.

    Regions come first: one that is too small becomes one with another before its branches are looked at.
    """
    found = {code: shown for code, shown in start.items() if sizes[code] > 0}
    units = _sums({code: group or within for code, (within, group) in found.items()}, sizes)
    if not any(n < threshold for n in units.values()):
        return found
    if sum(units.values()) < threshold:
        return {}
    areas = _crowds({code: within for code, (within, _) in found.items()}, sizes, threshold)
    found = merged(found, (), [area for area in areas if len(area) > 1])
    inside: dict[tuple, dict] = {}
    for code, (within, group) in found.items():
        inside.setdefault(within, {})[code] = group or within
    crowds = [crowd for labels in inside.values() for crowd in _crowds(labels, sizes, threshold)]
    return merged(found, {unit for crowd in crowds if len(crowd) > 1 for unit in crowd}, ())


def merged(plan: Plan, units: Collection, areas: Iterable[Collection[tuple]]) -> Plan:
    """The plan with these units (a branch's code, the `within` of a pool) pooled, and each of these areas made one."""
    one: dict[tuple, tuple] = {within: within for within, _ in plan.values()}
    for area in areas:
        parts = {one[within] for within in area}
        label = tuple(sorted({region for within in parts for region in within}))
        one = {within: label if whole in parts else whole for within, whole in one.items()}
    return {
        code: (one[within], "" if (group or within) in units else group) for code, (within, group) in plan.items()
    }


def joined(one: Plan, other: Plan) -> Plan:
    """The finest plan that pools whatever either of two does."""
    areas: dict[tuple, set] = {}
    for code, (within, _) in other.items():
        areas.setdefault(within, set()).add(one[code][0])
    pooled = {code for code, (_, group) in other.items() if group == ""}
    return merged(one, pooled, areas.values())


def _crowds(labels: Mapping[str, object], sizes: Mapping[str, int], threshold: int) -> list[list]:
    """`together` for the sums of the cells over the label that each has."""
    return together(_sums(labels, sizes), threshold)


def _sums(labels: Mapping[str, object], sizes: Mapping[str, int]) -> dict:
    """{label: the cells' sizes added up}."""
    sums: dict = {}
    for code, label in labels.items():
        sums[label] = sums.get(label, 0) + sizes[code]
    return sums


def pool(frame: pd.DataFrame, shown: pd.DataFrame, cell: str = "branch", region: str = "region", by=()) -> pd.DataFrame:
    """Add up the rows of `frame` (cell, region, *by, counts and sums) to the groups of `plan`.

    Gives one row per (cell, region, *by): the cell's code or "" for a pool; `region` as the tuple `within`; `members`
    tells how many cells are in it. Cells that the plan does not know are left out.
    """
    groups = dict(zip(shown[cell], zip(shown["within"], shown["group"], strict=True), strict=True))
    members = Counter(groups.values())
    order = sorted(members)
    place = {group: n for n, group in enumerate(order)}
    at = np.array([place.get(groups.get(code), -1) for code in frame[cell]], dtype=int)
    rows = np.flatnonzero(at >= 0)
    key = at[rows]
    for name in by:  # arrays: pandas' groupby of so few rows costs ten times as much
        codes, known = pd.factorize(frame[name].iloc[rows], sort=True, use_na_sentinel=False)
        key = key * len(known) + codes
    key, first, into = np.unique(key, return_index=True, return_inverse=True)
    own = [order[n] for n in at[rows[first]]]
    found = {cell: [group for _, group in own], region: [within for within, _ in own]}
    found |= {name: frame[name].array.take(rows[first]) for name in by}
    found |= {c: _added(frame[c], rows, into, len(key)) for c in frame if c not in (cell, region, *by)}
    return pd.DataFrame(found | {"members": [members[group] for group in own]})


def _added(column: pd.Series, rows: np.ndarray, into: np.ndarray, length: int) -> np.ndarray:
    """The column's values of these rows added up in the places `into`; whole numbers stay whole."""
    values = column.to_numpy() if column.dtype.kind in "iu" else np.nan_to_num(*floats(column))
    sums = np.zeros(length, values.dtype)
    np.add.at(sums, into, values[rows])
    return sums
