"""Small branches are shown together, so that nobody's few answers can be read off or worked out by subtraction.

This is the one plan for all pages: where branches or regions are shown one by one, the warehouse hides exactly those
that are in a pool here (`privacy.hide_places`), and it refuses a choice of branches that parts a pool
(`privacy.refuse_parts`). What readers may see besides: the total over everything and the total of every region made
here. Nothing finer follows from those, because a small branch only ever appears inside one sum with others, and a
region too small to be shown becomes one with another *before* its branches are looked at.
"""

from collections.abc import Mapping, Sequence

import pandas as pd


def has_few(sizes: pd.DataFrame, threshold: int) -> bool:
    """Whether any count is above 0 and under the threshold. Where none is, nothing is pooled."""
    numbers = sizes.to_numpy()
    return bool(((numbers > 0) & (numbers < threshold)).any())


def together(sizes: Mapping[object, tuple], threshold: int) -> list[list]:
    """The labels of `sizes` in groups: all that are too small in one pool, the rest alone.

    sizes: {label: one or more counts}, each a number that a reader could work out; a label is too small where one of
    them is above 0 and under the threshold. The pool is filled up with the next smallest until it holds the threshold
    in every place. The first count decides the order and is served first, so that further counts only ever make the
    pool larger.
    """
    order = sorted(sizes, key=lambda label: (sizes[label][0], str(label)))
    pool: set = set()
    for counts in zip(*(sizes[label] for label in order), strict=True):
        counts = dict(zip(order, counts, strict=True))
        pool |= {label for label in order if 0 < counts[label] < threshold}
        if 0 < sum(counts[label] for label in pool) < threshold:
            pool |= {next((label for label in order if counts[label] >= threshold), None)} - {None}
    alone = [[label] for label in sizes if label not in pool]
    return [[label for label in sizes if label in pool], *alone] if pool else alone


def plan(
    sizes: pd.DataFrame, threshold: int, cell: str = "branch", region: str = "region", more: Sequence[str] = ()
) -> pd.DataFrame:
    """Which sum every branch is shown in.

    sizes: one or more rows per (cell, region) with `n` answers; empty cells are left out. `more` names columns of
    further counts that would tell of few (see `together`), once per cell: the first is n without filters, and what is
    pooled there stays so; the others are what each filter leaves out. Gives one row per cell with `within` (the codes
    of the regions shown as one, a tuple) and `group` (its own code, or "" for the pool "others, region X"); no rows
    where even everything together is under the threshold. Raises ValueError for a cell in two regions.
    """
    if sizes.duplicated([cell, region]).any():
        counted = {"n": "sum"} | dict.fromkeys(more, "first")
        sizes = sizes.groupby([region, cell], as_index=False, observed=True, dropna=False).agg(counted)
    if sizes[cell].duplicated().any():
        raise ValueError(f"a {cell} lies in two regions")
    cells = sizes[[cell, region, "n", *more]].sort_values([region, cell], ignore_index=True)
    found = {code: ((area,), code) for code, area in zip(cells[cell], cells[region], strict=True)}
    counts = dict(zip(cells[cell], cells[["n", *more]].itertuples(index=False, name=None), strict=True))
    if has_few(cells[["n", *more]], threshold):  # else each is shown alone
        if more:
            found = _merged(found, {code: (whole,) for code, (_, whole, *_) in counts.items()}, 0, threshold)
            # what a filter leaves out is known over all branches, and over those that are listed
            listed = {code: [count * (n > 0) for count in others] for code, (n, *others) in counts.items()}
            counts = {code: (whole, n, *left, *listed[code]) for code, (n, whole, *left) in counts.items()}
        found = _merged(found, counts, 1 if more else 0, threshold)
    cells = cells[(cells["n"] > 0) & cells[cell].isin(found)]
    shown = pd.DataFrame([found[code] for code in cells[cell]], columns=["within", "group"], index=cells.index)
    return pd.concat([cells, shown], axis=1).reset_index(drop=True)


def _merged(found: dict, counts: dict, n: int, threshold: int) -> dict:
    """{cell: (within, group)} once more, with all that is too small merged; nothing where all are too few.

    counts: {cell: counts}, of which the one at place `n` says who is there at all.
    """
    if sum(counts[code][n] for code in found) < threshold:
        return {}
    merged = dict(found)
    for areas in _crowds({code: within for code, (within, _) in found.items()}, counts, n, threshold):
        inside = {code: found[code] for code in found if found[code][0] in areas}
        units = {code: group or within for code, (within, group) in inside.items()}
        alone = {crowd[0] for crowd in _crowds(units, counts, n, threshold) if len(crowd) == 1}
        label = tuple(sorted({region for within in areas for region in within}))
        merged |= {code: (label, group if group in alone else "") for code, (_, group) in inside.items()}
    return merged


def _crowds(labels: dict, counts: dict, n: int, threshold: int) -> list[list]:
    """`together` for the sums of the cells' counts over the label that each has."""
    sums: dict = {}
    for code, label in labels.items():
        sums[label] = tuple(map(sum, zip(sums[label], counts[code], strict=True))) if label in sums else counts[code]
    return together({label: size for label, size in sums.items() if size[n] > 0}, threshold)


def pool(frame: pd.DataFrame, shown: pd.DataFrame, cell: str = "branch", region: str = "region", by=()) -> pd.DataFrame:
    """Add up the rows of `frame` (cell, region, *by, counts and sums) to the groups of `plan`.

    Gives one row per (cell, region, *by): the cell's code or "" for a pool; `region` as the tuple `within`; `members`
    tells how many cells are in it. Cells that the plan does not know are left out.
    """
    members = shown.groupby(["within", "group"], as_index=False).agg(members=(cell, "size"))
    marked = frame.drop(columns=region).merge(shown[[cell, "within", "group"]], on=cell).drop(columns=cell)
    sums = marked.groupby(["within", "group", *by], as_index=False, observed=True, dropna=False).sum()
    out = sums.merge(members, on=["within", "group"]).rename(columns={"group": cell, "within": region})
    return out[[cell, region, *(c for c in out.columns if c not in (cell, region))]]
