"""Small branches are shown together, so that nobody's few answers can be read off or worked out by subtraction.

This is the one plan for all pages: where branches or regions are shown one by one, the warehouse hides exactly those
that are in a pool here (`privacy.hide_places`), and it refuses a choice of branches that parts a pool
(`privacy.refuse_parts`). What readers may see besides: the total over everything and the total of every region made
here. Nothing finer follows from those, because a small branch only ever appears inside one sum with others, and a
region too small to be shown becomes one with another *before* its branches are looked at.
"""

from collections.abc import Sequence

import pandas as pd


def together(sizes: pd.DataFrame, threshold: int) -> list[list]:
    """The labels of `sizes` (index) in groups: all that are too small in one pool, the rest alone.

    sizes: one or more columns of counts, each a number that a reader could work out; a label is too small where one of
    them is above 0 and under the threshold. The pool is filled up with the next smallest until it holds the threshold
    in every column. The first column decides the order and is served first, so that further columns only ever make
    the pool larger.
    """
    order = sizes.sort_index(key=lambda labels: labels.map(str)).sort_values(sizes.columns[0], kind="stable")
    pool: dict = {}
    for column in order:
        size = order[column]
        pool |= dict.fromkeys(order.index[(size > 0) & (size < threshold)])
        if 0 < size[list(pool)].sum() < threshold:
            pool |= dict.fromkeys(order.index[size >= threshold][:1])  # any of these holds the threshold alone
    alone = [[label] for label in sizes.index if label not in pool]
    return [[label for label in sizes.index if label in pool], *alone] if pool else alone


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
    counted = {"n": "sum"} | dict.fromkeys(more, "first")
    cells = sizes.groupby([region, cell], as_index=False, observed=True, dropna=False).agg(counted)
    if cells[cell].duplicated().any():
        raise ValueError(f"a {cell} lies in two regions")
    columns = ["n"]
    if more:
        before = plan(cells.assign(n=cells[more[0]])[[cell, region, "n"]], threshold, cell, region)
        cells = cells.merge(before[[cell, "within", "group"]], on=cell)
        listed = {f"{c}_listed": cells[c].where(cells["n"] > 0, 0) for c in more}  # who is not listed has none
        cells, columns = cells.assign(**listed), [more[0], "n", *more[1:], *listed]
    else:
        cells = cells.assign(within=[(label,) for label in cells[region]], group=cells[cell])
    if cells["n"].sum() < threshold:
        return cells.iloc[:0]
    cells = cells.assign(area=cells["within"].map(repr))
    cells["unit"] = cells["group"].where(cells["group"] != "", cells["area"])
    areas = cells.groupby("area")[columns].sum()
    for merged in together(areas[areas["n"] > 0], threshold):
        inside = cells[cells["area"].isin(merged)]
        units = inside.groupby("unit")[columns].sum()
        alone = {members[0] for members in together(units[units["n"] > 0], threshold) if len(members) == 1}
        label = tuple(sorted({region for within in inside["within"] for region in within}))
        cells.loc[inside.index, "within"] = pd.Series([label] * len(inside), index=inside.index)
        cells.loc[inside.index, "group"] = inside["group"].where(inside["group"].isin(alone), "")
    return cells.loc[cells["n"] > 0, [cell, region, "n", *more, "within", "group"]].reset_index(drop=True)


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
