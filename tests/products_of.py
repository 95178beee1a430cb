"""Sums of products of raw answers, the way a query returns them: for tests that hold metrics against raw data."""

import itertools

import pandas as pd


def products_of(answers: pd.DataFrame, replicate: bool = False) -> pd.DataFrame:
    """One row per pair of columns (and replicate) over the rows that have both."""
    keys = ["x", "y", "replicate"] if replicate else ["x", "y"]
    rows = []
    for a, b in itertools.combinations([c for c in answers.columns if c != "replicate"], 2):
        x, y = answers[a].astype(float), answers[b].astype(float)
        sums = {"n": 1, "sum_x": x, "sum_y": y, "sum_xx": x * x, "sum_yy": y * y, "sum_xy": x * y}
        pair = pd.DataFrame({"x": a, "y": b, **sums})
        if replicate:
            pair["replicate"] = answers["replicate"]
        rows.append(pair[x.notna() & y.notna()].groupby(keys, as_index=False).sum())
    return pd.concat(rows, ignore_index=True)
