"""Small branches are shown together, so that nobody's few answers can be read off or worked out by subtraction.

What readers may see besides the rows made here: the total over everything and the total of every region made here.
Nothing finer follows from those, because a small branch only ever appears inside one sum with others, and a region too
small to be shown becomes one with another *before* its branches are looked at.
"""

import pandas as pd


def _merge_small(sizes: pd.Series, threshold: int) -> list[list]:
    """The labels of `sizes` in groups: all that are too small in one pool, filled up with the next smallest until it
    holds the threshold and two members; everything else alone."""
    order = sizes.sort_values(kind="stable")
    take = int((order < threshold).sum())
    while 0 < take < len(order) and order.iloc[:take].sum() < threshold:  # each is under it, so two at least
        take += 1
    pool = set(order.index[:take])
    alone = [[label] for label in sizes.index if label not in pool]
    return [[label for label in sizes.index if label in pool], *alone] if pool else alone


def plan(
    sizes: pd.DataFrame, threshold: int, cell: str = "branch", region: str = "region", n: str = "n"
) -> pd.DataFrame:
    """Which sum every branch is shown in.

    sizes: one or more rows per (cell, region) with `n` answers; empty cells are left out. Gives one row per cell with
    `within` (the codes of the regions shown as one, a tuple) and `group` (its own code, or "" for the pool "others,
    region X"); no rows where even everything together is under the threshold. Raises ValueError for a cell in two
    regions.
    """
    cells = sizes.groupby([region, cell], as_index=False, observed=True, dropna=False)[n].sum()
    cells = cells[cells[n] > 0].reset_index(drop=True)
    if cells[cell].duplicated().any():
        raise ValueError(f"a {cell} lies in two regions")
    cells["within"] = cells["group"] = pd.Series("", index=cells.index, dtype=object)
    if cells[n].sum() < threshold:
        return cells.iloc[:0]
    regions = cells.groupby(region, observed=True, dropna=False)[n].sum()
    for merged in _merge_small(regions, threshold):
        inside = cells[cells[region].isin(merged)]
        groups = _merge_small(inside.set_index(cell)[n], threshold)
        own = {label: label if len(members) == 1 else "" for members in groups for label in members}
        cells.loc[inside.index, "within"] = pd.Series([tuple(merged)] * len(inside), index=inside.index)
        cells.loc[inside.index, "group"] = inside[cell].map(own)
    return cells


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
