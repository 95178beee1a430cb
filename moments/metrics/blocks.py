"""Which channels (segments, services) may be told apart at which branches, so that no few answers can be worked out.

A reader who filters by channel and subtracts sees sums over cells, one per branch and channel. Where a cell holds few,
its branch tells the smallest channels only as one sum, its *lump*, and those channels are told only of several such
branches together: a *block* of which nothing but the sums along both sides is known. What follows from these sides is
always a sum over branches on one side of a cut and channels on the other; `_exposed` says where such a sum could be
small, even to a reader who knows which cells are empty, and the block grows until none is.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Block:
    """Units (branches, or pools of them) that tell these codes one by one only together, and the areas they lie in."""

    codes: frozenset[str]
    units: frozenset[Hashable]
    areas: frozenset[Hashable]

    def parted(self, codes: Collection[str]) -> bool:
        """Whether a choice of codes takes some of the block's and not all."""
        return 0 < len(self.codes.intersection(codes)) < len(self.codes)


def blocks(
    sizes: Mapping[Hashable, Mapping[str, int]], areas: Mapping[Hashable, Hashable], threshold: int
) -> tuple[list[Block], list[frozenset[str]]]:
    """The blocks that keep every sum over cells empty or at least the threshold, and the codes that are never parted.

    sizes: {unit: {code: answers}}, at each unit none or at least the threshold in all; areas: {unit: area}. A block is
    kept to one area where that area has enough. Codes of which even all areas together have too few are given as sets,
    each to be chosen only as a whole.
    """
    units = sorted(sizes, key=str)
    columns = [frozenset({code}) for code in sorted({code for cells in sizes.values() for code in cells})]
    counts = np.array([[sizes[unit].get(*column, 0) for column in columns] for unit in units], dtype=np.int64)
    counts = counts.reshape(len(units), len(columns))
    rows_of: dict[Hashable, list[int]] = {}
    for row, unit in enumerate(units):
        rows_of.setdefault(areas[unit], []).append(row)
    while True:
        order = np.argsort(counts.sum(axis=0), kind="stable")
        counts, columns = counts[:, order], [columns[i] for i in order]
        settled = _settled(counts, list(rows_of.values()), threshold)
        if settled is not None:
            break
        few = int(np.flatnonzero(_exposed(counts, threshold))[0])
        other = few + 1 if few + 1 < len(columns) else few - 1
        counts[:, other] += counts[:, few]
        columns[other] |= columns[few]
        counts, columns = np.delete(counts, few, axis=1), columns[:few] + columns[few + 1 :]
    found = []
    for rows, depths in settled:
        for depth in sorted(set(depths[depths > 0])):
            inside = rows[depths == depth]
            there = np.flatnonzero(counts[inside, :depth].sum(axis=0))
            members = frozenset(units[row] for row in inside)
            codes = frozenset().union(*(columns[i] for i in there))
            found.append(Block(codes, members, frozenset(areas[unit] for unit in members)))
    return found, [column for column in columns if len(column) > 1]


def _settled(counts: np.ndarray, areas: Sequence[list[int]], threshold: int) -> list | None:
    """(rows, their depths) of every area, or of areas joined where one alone has too few; None where all have."""
    alone = [(np.array(rows), _depths(counts[rows], threshold)) for rows in areas]
    done = [found for found in alone if found[1] is not None]
    failing = [rows for rows, depths in alone if depths is None]
    if not failing:
        return done
    joined = np.concatenate(failing)
    done.sort(key=lambda found: counts[found[0]].sum())
    while (depths := _depths(counts[joined], threshold)) is None:
        if not done:
            return None
        joined = np.concatenate([joined, done.pop(0)[0]])
    return [(joined, depths), *done]


def _depths(counts: np.ndarray, threshold: int) -> np.ndarray | None:
    """How many of the first columns each row tells only as one sum; None where no blocks of these rows would do."""
    few = (counts > 0) & (counts < threshold)
    last = np.where(few.any(axis=1), counts.shape[1] - few[:, ::-1].argmax(axis=1), 0)
    enough = (counts.cumsum(axis=1) >= threshold).argmax(axis=1) + 1
    depths = np.where(last > 0, np.maximum(last, enough), 0)
    depth = counts.shape[1]
    while depth > 0:
        inside, above = depths == depth, depths < depth
        if not _exposed(counts[inside, :depth], threshold).any():
            depth -= 1
        elif not _exposed(counts[inside | above, :depth], threshold).any():
            depths[_helpers(counts[:, :depth], inside, np.flatnonzero(above), threshold)] = depth
        elif depth == counts.shape[1]:
            return None
        else:
            depth = depths[depths > depth].min(initial=counts.shape[1])
            depths[inside] = depth
    return depths


def _helpers(counts: np.ndarray, inside: np.ndarray, others: np.ndarray, threshold: int) -> np.ndarray:
    """Those of the other rows that the rows inside need beside them: the fewest that have most of what is needed."""
    needed = counts[others][:, counts[inside].any(axis=0)]
    order = others[np.lexsort((counts[others].sum(axis=1), -np.minimum(needed, threshold).sum(axis=1)))]
    low, high = 1, len(order)
    while low < high:
        middle = (low + high) // 2
        taken = inside.copy()
        taken[order[:middle]] = True
        low, high = (middle + 1, high) if _exposed(counts[taken], threshold).any() else (low, middle)
    return order[:low]


def _exposed(counts: np.ndarray, threshold: int) -> np.ndarray:
    """Which columns have a small cell that the sums of rows and columns would tell, on its own or with a few others.

    Those sums tell of cells on the far side of a cut: some rows, none of whose other columns stays behind, against some
    columns. A cut with a small cell either takes all of its row, which holds enough, or with another column of its row
    also all rows that have that column: these must hold the threshold in the cell's own column.
    """
    has = (counts > 0).astype(np.int64)
    beside = has.T @ ((counts > 0) & (counts < threshold))
    bad = (beside > 0) & (has.T @ counts < threshold)
    np.fill_diagonal(bad, False)
    return bad.any(axis=0)
