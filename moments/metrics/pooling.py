"""Small branches are shown together, so that nobody's few answers can be read off or worked out by subtraction.

This is the one plan for all pages: where branches or regions are shown one by one, the warehouse hides exactly those
that are in a pool here, and it refuses a choice of branches that parts a pool (see `privacy.Reach`). What readers may
see besides: the total over everything and the total of every region made here. Nothing finer follows from those,
because a small branch only ever appears inside one sum with others, and a region too small to be shown becomes one with
another *before* its branches are looked at.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd


def has_few(counts: Iterable[Iterable[int]], threshold: int) -> bool:
    """Whether any count is above 0 and under the threshold. Where none is, nothing is pooled."""
    return any(0 < n < threshold for numbers in counts for n in numbers)


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
    found = arranged({code: numbers for code, *numbers in cells.itertuples(index=False, name=None)}, threshold)
    cells = cells[cells[cell].isin(found)]
    shown = pd.DataFrame([found[code] for code in cells[cell]], columns=["within", "group"], index=cells.index)
    return pd.concat([cells, shown], axis=1).reset_index(drop=True)


def arranged(cells: Mapping[str, Sequence], threshold: int) -> dict[str, tuple[tuple, str]]:
    """`plan` without frames: {cell: (region, n, *more)}, by region and cell, to {cell: (within, group)}."""
    found, counts = told(cells, threshold)
    if has_few(counts.values(), threshold):  # else each is shown alone
        found = _merged(found, counts, 1 if len(next(iter(counts.values()))) > 1 else 0, threshold)
    return {code: shown for code, shown in found.items() if cells[code][1] > 0}


def told(cells: Mapping[str, Sequence], threshold: int) -> tuple[dict, dict]:
    """What a reader knows before filters: {cell: (within, group)}; and the counts that must not tell of few.

    Those are n or, with filters, per cell: whole, n, and then for every filter in turn what it leaves out; the same of
    branches that are listed, and of those shown in one sum with such; and n where it leaves out anything in that sum
    (elsewhere n is known from the page without the filter).
    """
    found = {code: ((region,), code) for code, (region, *_) in cells.items()}
    counts = {code: tuple(numbers) for code, (_, *numbers) in cells.items()}
    if not any(others for _, *others in counts.values()):
        return found, counts
    if has_few(((whole,) for _, whole, *_ in counts.values()), threshold):
        found = _merged(found, {code: (whole,) for code, (_, whole, *_) in counts.items()}, 0, threshold)
    units = {code: group or within for code, (within, group) in found.items()}
    sums = _sums(units, {code: (n, *out) for code, (n, _, *out) in counts.items()})

    def all_of(code: str) -> tuple:
        n, whole, *out = counts[code]
        together_n, *together_out = sums[units[code]]
        listed = (count * (n > 0) for count in out)
        beside = (count * (together_n > 0) for count in out)
        parted = (n * (count > 0) for count in together_out)
        return (whole, n, *out, *listed, *beside, *parted)

    return found, {code: all_of(code) for code in counts if code in found}


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
    return together({label: size for label, size in _sums(labels, counts).items() if size[n] > 0}, threshold)


def _sums(labels: dict, counts: dict) -> dict:
    """{label: the cells' counts added up}."""
    sums: dict = {}
    for code, label in labels.items():
        sums[label] = tuple(map(sum, zip(sums[label], counts[code], strict=True))) if label in sums else counts[code]
    return sums


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
