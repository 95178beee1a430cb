"""Rows of one frame beside those of another with the same keys: a merge for frames of a few dozen rows.

pandas' own costs a millisecond whatever it joins, which is what a whole metric takes here.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moments.metrics.intervals import floats


def places(one: pd.DataFrame, other: pd.DataFrame, keys: Sequence[str]) -> np.ndarray:
    """For each row of one the place of the row in other with the same keys, or -1. A missing key equals a missing one.

    Without keys other is one row, which stands beside all. Raises ValueError where keys of other are not unique.
    """
    where = {key: place for place, key in enumerate(_tuples(other, keys))}
    if len(where) < len(other):
        raise ValueError(f"not unique: {list(keys)}")
    return np.array([where.get(key, -1) for key in _tuples(one, keys)], dtype=int)


def taken(values, place: np.ndarray, missing: float = np.nan) -> np.ndarray:
    """The values (a column or an array) at the places, as floats; `missing` where there is none."""
    return np.append(*floats(values), missing)[place]


def counted(values, place: np.ndarray) -> np.ndarray:
    """The same of counts: whole numbers where all are there."""
    found = taken(values, place)
    return found.astype("int64") if (found == np.round(found)).all() else found


def _tuples(frame: pd.DataFrame, keys: Sequence[str]) -> list[tuple]:
    columns = [np.where(frame[key].isna(), None, frame[key].astype(object)).tolist() for key in keys]
    return list(zip(*columns, strict=True)) if columns else [()] * len(frame)
