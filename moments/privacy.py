"""Groups under the dataset's threshold are not shown, nor can they be worked out from totals.

The guarantee for branches and regions: of one question, whoever adds and subtracts what any two pages show, under the
same filters or under filters that differ in region, in branch and in one of channel, segment and service, learns no
sum over answers of branches that holds fewer than the threshold. What it does not cover: two periods that differ by a
day, three filters at once, answers that name no branch, and groups of another dimension (by channel, say) compared
under several choices of branches.
"""

import itertools

import pandas as pd

from moments.metrics import pooling
from moments.states import PartedPool, TooFewLeftOut


def hide(frame: pd.DataFrame, n: str, keys: tuple[str, ...], threshold: int) -> pd.DataFrame:
    """Empty the rows of every group of `keys` with 0 < n < threshold, and of as many more as subtraction asks for.

    A reader sees the total over each key as well, so along every key the hidden groups must be at least two and
    hold at least `threshold` answers together; the smallest shown groups are hidden until they do.
    Returns the frame with a boolean column `hidden`; a hidden group keeps one row, its keys and no number.
    """
    groups = frame.groupby(list(keys), dropna=False, sort=False)[n].sum()
    shy = groups[(groups > 0) & (groups < threshold)]
    if shy.empty:
        return frame.assign(hidden=False)
    sizes = {key if isinstance(key, tuple) else (key,): int(count) for key, count in groups.items() if count > 0}
    hidden = {key for key, count in sizes.items() if count < threshold}
    while added := _exposed(sizes, hidden, threshold):
        hidden |= added
    marks = pd.Series([row in hidden for row in zip(*(frame[k] for k in keys), strict=True)], index=frame.index)
    return _emptied(frame, keys, marks)


def hide_places(
    frame: pd.DataFrame,
    n: str,
    keys: tuple[str, ...],
    place: str,
    reach: pd.DataFrame,
    threshold: int,
    of_regions: bool,
) -> pd.DataFrame:
    """`hide` where the key `place` holds branches (or regions): those are hidden that pages show only together.

    reach: of `warehouse.reach`; what it says of n gives way to what is in the frame. Another key (a question) is looked
    at for itself.
    """
    marks = pd.Series(False, index=frame.index)
    others = [key for key in keys if key != place]
    for _, rows in frame.groupby(others, dropna=False) if others else [("", frame)]:
        found = rows.groupby(place)[n].sum()
        alone = (_regions_alone if of_regions else _branches_alone)(found, reach, threshold)
        marks[rows.index] = ~rows[place].isin(alone) & rows[place].isin(found.index[found > 0])
    return _emptied(frame, keys, marks)


def _branches_alone(found: pd.Series, reach: pd.DataFrame, threshold: int) -> set:
    sizes = reach.assign(n=reach["branch"].map(found).fillna(0))
    if not pooling.has_few(sizes[["n", *more(reach)]], threshold):
        return set(found.index)
    shown = pooling.plan(sizes, threshold, more=more(reach))
    return set(shown.loc[shown["group"] != "", "branch"])


def _regions_alone(found: pd.Series, reach: pd.DataFrame, threshold: int) -> set:
    within = pooling.plan(reach, threshold, more=more(reach)).set_index("region")["within"].to_dict()
    sums: dict = {}
    for code, n in found[found > 0].items():
        sums[within.get(code)] = (sums.get(within.get(code), (0,))[0] + n,)
    groups = pooling.together(sums, threshold) if found.sum() >= threshold else []
    single = {group[0] for group in groups if len(group) == 1}
    return {code for code, regions in within.items() if len(regions) == 1 and regions in single}


def more(reach: pd.DataFrame) -> list[str]:
    """The columns of `warehouse.reach` that count what a filter leaves out, besides n."""
    return [column for column in reach if column.startswith(("whole", "left_"))]


def refuse_parts(reach: pd.DataFrame, regions: tuple[str, ...], branches: tuple[str, ...], threshold: int) -> None:
    """Raise where a filter leaves out so few that subtraction tells, or where the branches chosen part a pool."""
    if not pooling.has_few(reach[["n", *more(reach)]], threshold):
        return
    listed = reach["n"] > 0
    for column in more(reach)[1:]:
        if any(0 < rows[column].sum() < threshold for rows in (reach, reach[listed])):
            raise TooFewLeftOut(threshold=threshold, filter=column.removeprefix("left_"))
    shown = pooling.plan(reach, threshold, more=more(reach))
    pools = shown[shown["group"] == ""]
    if (chosen(pools, regions, branches).groupby(pools["within"]).nunique() > 1).any():
        raise PartedPool(threshold=threshold, filter="branch" if branches else "region")


def chosen(rows: pd.DataFrame, regions: tuple[str, ...], branches: tuple[str, ...]) -> pd.Series:
    """Which rows lie in the places chosen; all where none is."""
    return (rows["branch"].isin(branches) | (not branches)) & (rows["region"].isin(regions) | (not regions))


def _emptied(frame: pd.DataFrame, keys: tuple[str, ...], marks: pd.Series) -> pd.DataFrame:
    """The frame with `hidden`: of every group that `marks` names one row is left, and no number."""
    marked = frame.assign(hidden=marks)
    numbers = [c for c in frame.columns if c not in keys]
    kept = marked[~marks | ~marked.duplicated(list(keys))].copy()
    for column in numbers:
        kept[column] = kept[column].where(~kept["hidden"])
    return kept.reset_index(drop=True)


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
