"""Which words rise and fall between two periods: the share of texts that hold a word, then and now.

Difference by Newcombe, test with pooled share, q by Benjamini-Hochberg over all words frequent enough to tell.
"""

import numpy as np
import pandas as pd

from moments.metrics.discovery import FALSE_SHARE, q_values
from moments.metrics.intervals import floats, newcombe, wilson

LEAST = 5  # texts with the word, in both periods together; rarer words are not looked at


def change(counts: pd.DataFrame, least: int = LEAST, level: float = FALSE_SHARE) -> pd.DataFrame:
    """Now less before, one row per word.

    counts: keys (word, category), hits and n (texts with the word, and all, now), hits_before and n_before. Gives
    keys, share (now, 0..1), share_before, estimate (difference), low, high, p, q, n, n_before, direction ("rising",
    "falling", or "" where q > level). p and q are NaN for words in fewer than `least` texts.
    """
    hits, before = floats(counts["hits"], counts["hits_before"])
    found = newcombe(counts["hits"], counts["n"], counts["hits_before"], counts["n_before"])
    p = np.where(hits + before >= least, found.p, np.nan)
    q = q_values(p)
    way = np.where(found.estimate > 0, "rising", "falling")
    keys = counts.drop(columns=["hits", "n", "hits_before", "n_before"])
    return keys.assign(
        share=wilson(hits, counts["n"]).estimate, share_before=wilson(before, counts["n_before"]).estimate,
        estimate=found.estimate, low=found.low, high=found.high, p=p, q=q, n=counts["n"], n_before=counts["n_before"],
        direction=np.where(q <= level, way, ""),
    )  # fmt: skip


def together(now: pd.DataFrame, before: pd.DataFrame) -> list[str]:
    """The words of either period, each once: what was frequent then and is not now has fallen."""
    return list(dict.fromkeys([*now["word"], *before["word"]]))


def beside(now: pd.DataFrame, before: pd.DataFrame, words: list[str]) -> pd.DataFrame:
    """word, hits, n, hits_before, n_before for each of the words; a word that a period does not have has 0 hits in it.

    now, before: word, hits, n (texts in all, the same in every row).
    """
    out = pd.DataFrame({"word": words})
    for end, rows in (("", now), ("_before", before)):
        hits = out["word"].map(rows.set_index("word")["hits"]).fillna(0)
        out = out.assign(**{f"hits{end}": hits.astype(float), f"n{end}": float(rows["n"].max())})
    return out


def moved(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows of `change` that moved for sure, then those that moved most; at most `most`, the largest rise first."""
    order = rows.assign(sure=rows["direction"] != "", far=rows["estimate"].abs())
    kept = order.sort_values(["sure", "far"], ascending=False, kind="stable").head(most).index
    return rows.loc[kept].sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)
