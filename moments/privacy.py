"""Groups under the dataset's threshold are not shown, nor can they be worked out from totals.

The guarantee for branches and regions: of one question, whoever adds and subtracts what pages show by branch, by region
and by one of channel, segment and service, under filters that differ in region, in branch and in that one, learns no
sum over answers that holds fewer than the threshold. Where that one has two codes, whoever may put together all pages
and know which groups are empty; where it has more, any two pages that choose none of its codes. What it does not
cover: choices among three and more codes of one dimension (all less two that are chosen or listed tells the third, see
tests/test_privacy_places.py), longer chains of pages by three and more groups, two periods that differ by a day, three
filters at once, and answers that name no branch.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from moments.metrics import pooling
from moments.states import PartedPool, TooFewLeftOut


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
    groups = frame.groupby(list(keys), dropna=False, sort=False)[n].sum()
    sizes = {group if isinstance(group, tuple) else (group,): int(count) for group, count in groups.items() if count}
    away = {group for group in sizes if codes and _code(group[keys.index(key)]) in codes}
    hidden = {group for group, count in sizes.items() if count < threshold} | away
    if not hidden:
        return frame.assign(hidden=False)
    while added := _exposed(sizes, hidden, threshold):
        hidden |= added
    marks = pd.Series([row in hidden for row in zip(*(frame[k] for k in keys), strict=True)], index=frame.index)
    return _emptied(frame, keys, marks)


@dataclass(frozen=True, eq=False)
class Reach:
    """What a reader could work out of the answers behind a query, branch by branch, without filters of place.

    cells: {branch: (region, n, *counts)}, by region and branch; n are the rows that answer what the query reads. Where
    channel, segment or service are chosen there are more counts, named by `more`: whole (n without those filters) and
    left_<filter> (what that filter alone leaves out).
    """

    cells: Mapping[str, Sequence]
    more: tuple[str, ...]
    threshold: int

    @classmethod
    def of(cls, rows: pd.DataFrame, threshold: int) -> "Reach":
        """From rows: branch, region (one per branch, "" where unknown), n and more counts."""
        ordered = rows.sort_values(["region", "branch"])
        listed = {code: tuple(found) for code, *found in ordered.itertuples(index=False, name=None)}
        return cls(listed, tuple(rows.columns[3:]), threshold)

    @cached_property
    def plan(self) -> dict[str, tuple[tuple, str]]:
        """Which sum every branch is shown in: {branch: (within, group)} of `pooling.plan`."""
        return pooling.arranged(self.cells, self.threshold)

    @cached_property
    def has_few(self) -> bool:
        """Whether anything here would tell of few."""
        return pooling.has_few((numbers for _, *numbers in self.cells.values()), self.threshold)

    def refuse(self, regions: Collection[str], branches: Collection[str]) -> None:
        """Raise where a filter leaves out so few that subtraction tells, or where the places chosen part a pool."""
        if not self.has_few:
            return
        _, counts = pooling.told(self.cells, self.threshold)
        for place, total in enumerate(map(sum, zip(*(numbers[2:] for numbers in counts.values()), strict=True))):
            if 0 < total < self.threshold:
                column = self.more[1:][place % len(self.more[1:])]
                raise TooFewLeftOut(threshold=self.threshold, filter=column.removeprefix("left_"))
        sides: dict[tuple, set] = {}
        for code, (within, group) in self.plan.items():
            if group == "":
                sides.setdefault(within, set()).add(_chosen(code, self.cells[code][0], regions, branches))
        if any(len(side) > 1 for side in sides.values()):
            raise PartedPool(threshold=self.threshold, filter="branch" if branches else "region")

    def chosen(self, regions: Collection[str], branches: Collection[str]) -> pd.DataFrame:
        """branch, region and more counts of the branches in the places chosen; of all where none is."""
        inside = [
            (code, region, *others) for code, (region, _, *others) in self.cells.items()
            if _chosen(code, region, regions, branches)
        ]  # fmt: skip
        return pd.DataFrame(inside, columns=["branch", "region", *self.more])

    def hide(self, frame: pd.DataFrame, n: str, keys: tuple[str, ...], place: str, of_regions: bool) -> pd.DataFrame:
        """The frame without numbers of the branches (or regions) in the key `place` that pages show only together.

        What rows say of n gives way to what is in the frame. Another key (a question) is looked at for itself.
        """
        others = [frame[key] for key in keys if key != place]
        about = list(zip(*others, strict=True)) if others else [()] * len(frame)
        found: dict[tuple, dict] = {}
        for other, code, count in zip(about, frame[place], frame[n], strict=True):
            sums = found.setdefault(other, {})
            sums[code] = sums.get(code, 0) + int(count)
        alone = self._regions_alone if of_regions else self._branches_alone
        shown = {other: alone({code: c for code, c in sums.items() if isinstance(code, str)})
                 for other, sums in found.items()}  # fmt: skip
        marks = [
            isinstance(code, str) and found[other][code] > 0 and code not in shown[other]
            for other, code in zip(about, frame[place], strict=True)
        ]
        return _emptied(frame, keys, pd.Series(marks, index=frame.index, dtype=bool))

    def _branches_alone(self, found: dict[str, int]) -> Collection[str]:
        cells = {code: (region, found.get(code, 0), *others) for code, (region, _, *others) in self.cells.items()}
        if not pooling.has_few((numbers for _, *numbers in cells.values()), self.threshold):
            return found
        return {code for code, (_, group) in pooling.arranged(cells, self.threshold).items() if group}

    def _regions_alone(self, found: dict[str, int]) -> Collection[str]:
        within = {self.cells[code][0]: regions for code, (regions, _) in self.plan.items()}
        sums: dict = {}
        for code, n in found.items():
            if n > 0:
                sums[within.get(code)] = (sums.get(within.get(code), (0,))[0] + n,)
        groups = pooling.together(sums, self.threshold) if sum(found.values()) >= self.threshold else []
        single = {group[0] for group in groups if len(group) == 1}
        return {code for code, regions in within.items() if len(regions) == 1 and regions in single}


def more(rows: pd.DataFrame) -> list[str]:
    """The columns of a `Reach` that count what filters leave out, besides n."""
    return [column for column in rows if column.startswith(("whole", "left_"))]


def apart(
    rows: pd.DataFrame, by: str, threshold: int, regions: Collection[str], branches: Collection[str]
) -> set[str]:
    """The codes of the dimension `by` that may not be shown one by one under a choice of places.

    A code may be where choosing it as a filter would not be refused. Those that may not are known as one sum, the
    total less the others: they take the smallest others with them until that may be shown. What is hidden at one of
    the branches chosen, or of a region chosen where anything is hidden, is hidden at all of them.
    rows: branch, region, code, n and more counts, as for `Reach`.
    """
    own, counts = f"left_{by}", list(rows.columns[3:])
    kept = [name for name in counts if name.startswith("left_") and name != own]
    table: dict[str, tuple] = {}
    for branch, region, code, *numbers in rows.itertuples(index=False, name=None):
        table.setdefault(branch, (region, {}))[1][code] = dict(zip(counts, numbers, strict=True))
    table = dict(sorted(table.items(), key=lambda item: (item[1][0], item[0])))

    def filtered(codes: Collection[str]) -> Reach:
        """What a reader could work out if these codes were chosen."""
        cells = {}
        for branch, (region, found) in table.items():
            inside = [found[code] for code in codes if code in found]
            cells[branch] = (
                region, sum(cell["n"] for cell in inside), sum(cell.get("whole", cell["n"]) for cell in found.values()),
                sum(cell["n"] + cell.get(own, 0) for code, cell in found.items() if code not in codes),
                *(sum(cell[name] for cell in inside) for name in kept),
            )  # fmt: skip
        return Reach(cells, ("whole", own, *kept), threshold)

    def hidden(regions: Collection[str], branches: Collection[str]) -> set[str]:
        sizes: dict[str, int] = {}
        for branch, (region, found) in table.items():
            for code, cell in found.items() if _chosen(branch, region, regions, branches) else ():
                sizes[code] = sizes.get(code, 0) + cell["n"]
        order = sorted((code for code, n in sizes.items() if n), key=lambda code: (sizes[code], code))

        def refused(codes: Collection[str]) -> bool:
            try:
                filtered(codes).refuse(regions, branches)
            except TooFewLeftOut:
                return True
            return 0 < sum(sizes[code] for code in codes) < threshold

        away = {code for code in order if refused({code})}
        if len(branches) > 1 or regions and away:
            inside = (code for code, (region, _) in table.items() if _chosen(code, region, regions, branches))
            away |= set().union(*(hidden((), (branch,)) for branch in inside)) & set(order)
        while away and len(away) < len(order) and refused(away):
            away.add(next(code for code in order if code not in away))
        return away

    return hidden(regions, branches)


def _chosen(branch: str, region: str, regions: Collection[str], branches: Collection[str]) -> bool:
    """Whether a branch lies in the places chosen; every one where none is."""
    return (not branches or branch in branches) and (not regions or region in regions)


def _code(value) -> str:
    """A code of a group; "" of those that have none."""
    return value if isinstance(value, str) else ""


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
