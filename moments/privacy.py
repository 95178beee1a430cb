"""Groups under the dataset's threshold are not shown, nor can they be worked out from totals."""

import itertools

import pandas as pd


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
