"""KANO: what must be there, what pleases in proportion, what delights, from pairs of questions (Kano et al. 1984).

Cells: keys, feature, functional, dysfunctional (1 like, 2 must-be, 3 neutral, 4 live-with, 5 dislike), n, and replicate
where intervals by jackknife are wanted. Counts: keys, feature, then A attractive, O one-dimensional, M must-be,
I indifferent, R reverse, Q questionable, and n. "Points" are percentage points of a feature's answers.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from moments.metrics import jackknife, matching
from moments.metrics.discovery import FALSE_SHARE, q_values
from moments.metrics.intervals import floats, mean_variance, newcombe, t_mean, wilson

CATEGORIES = ("A", "O", "M", "I", "R", "Q")
# Rows: the answer when it is there; columns: when it is not. Both from like to dislike.
CLASSIC = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
# Pouliot (1993): also the two other contradictions, must-be both ways and live-with both ways, are questionable.
POULIOT = ("QAAAO", "RQIIM", "RIIIM", "RIIQM", "RRRRQ")
TABLES = {"classic": CLASSIC, "pouliot": POULIOT}
PRIORITY = ("M", "O", "A", "I", "R", "Q")  # what weighs more when two categories are tied
TIED = 5  # points
USABLE = ("A", "O", "M", "I")
SIDES = {"better": ("AO", 1), "worse": ("OM", -1)}
# DuMouchel (1993): further apart where an answer says more.
FUNCTIONAL = {1: 4, 2: 2, 3: 0, 4: -1, 5: -2}
DYSFUNCTIONAL = {1: -2, 2: -1, 3: 0, 4: 2, 5: 4}
AXES = {"functional": FUNCTIONAL, "dysfunctional": DYSFUNCTIONAL}
STRONG = 2  # a mean score from which an answer counts as strong
DOUBTS = {"questionable": "Q", "reverse": "R"}
_PARTS = {"coefficient": SIDES, "axis": AXES, "answer": DOUBTS}


def category_of(functional: int, dysfunctional: int, table: str = "classic") -> str:
    """The category of one pair of answers, codes 1-5."""
    if not {functional, dysfunctional} <= set(range(1, 6)):
        raise ValueError(f"kano: answers are 1 to 5, not {functional}, {dysfunctional}")
    return TABLES[table][functional - 1][dysfunctional - 1]


def counts(cells: pd.DataFrame, table: str = "classic") -> pd.DataFrame:
    """Cells -> counts: keys, feature (replicate if given), A, O, M, I, R, Q, n; features in order of appearance.

    An answer outside 1-5 raises ValueError.
    """
    keys = [c for c in cells.columns if c not in ("functional", "dysfunctional", "n")]
    pairs = zip(cells["functional"], cells["dysfunctional"], strict=True)
    category = np.array([category_of(int(f), int(d), table) for f, d in pairs], dtype=object)
    parts = cells[keys].assign(**{c: cells["n"].where(category == c, 0) for c in CATEGORIES}, n=cells["n"])
    return parts.groupby(keys, sort=False, dropna=False)[[*CATEGORIES, "n"]].sum().reset_index()


def summed(counted: pd.DataFrame) -> pd.DataFrame:
    """Counts with the replicates added up: keys, feature, A, O, M, I, R, Q, n; what is hidden (NaN) stays so."""
    keys = [c for c in counted.columns if c not in (*CATEGORIES, "n", "replicate")]
    return counted.groupby(keys, sort=False, dropna=False)[[*CATEGORIES, "n"]].sum(min_count=1).reset_index()


def features(counted: pd.DataFrame) -> pd.DataFrame:
    """How each feature is classified, from its counts. Returns the counts and

    mode      the most frequent category (equal counts: the first in M, O, A, I, R, Q);
    rule      the first in M, O, A, I, R, Q among those within five points of the most frequent;
    tied      those categories, as a string of letters in that order: one letter where nothing is tied;
    berger    if A + O + M > I + R + Q the largest of A, O, M, else of I, R, Q (Berger et al. 1993);
    estimate, low, high  total strength, the share that is not indifferent to it, (A + O + M) / n, Wilson;
    strength  category strength, share of the most frequent less share of the second (0..1);
    sure      whether the class is clear: fong holds and no tie was needed;
    fong_difference, fong_bound, fong  do the two differ: |a - b| >= 1.65 √((a + b)(2n - a - b) / 2n) (Fong 1996).
    No answers, or none shown: None and NaN, fong False.
    """
    rows = []
    for row in counted[[*CATEGORIES, "n"]].itertuples(index=False):
        by_size = sorted(PRIORITY, key=lambda c, r=row: -getattr(r, c))  # stable: ties stay in the order of priority
        top, second = getattr(row, by_size[0]), getattr(row, by_size[1])
        if not row.n > 0:
            rows.append((None, None, None, None, np.nan, np.nan, np.nan, False))
            continue
        tied = "".join(c for c in PRIORITY if 100 * (top - getattr(row, c)) <= TIED * row.n)
        half = "MOA" if row.A + row.O + row.M > row.I + row.R + row.Q else "IRQ"
        berger = max(half, key=lambda c, r=row: getattr(r, c))
        bound = fong_bound(top, second, row.n)
        ahead = top - second
        rows.append((by_size[0], tied[0], tied, berger, ahead / row.n, ahead, bound, ahead >= bound))
    names = ["mode", "rule", "tied", "berger", "strength", "fong_difference", "fong_bound", "fong"]
    found = pd.DataFrame(rows, columns=names, index=counted.index)
    total = wilson(counted["A"] + counted["O"] + counted["M"], counted["n"])
    fong = found["fong"].astype(bool)
    sure = fong & (found["rule"] == found["mode"])
    return pd.concat([counted, found], axis=1).assign(**total._asdict(), fong=fong, sure=sure)


def fong_bound(a, b, n):
    """How far apart two counts of n answers must be to differ (10 % two-sided, as Fong gives it)."""
    a, b, n = floats(a, b, n)
    return 1.65 * np.sqrt((a + b) * (2 * n - a - b) / (2 * n))


def coefficients(counted: pd.DataFrame) -> pd.DataFrame:
    """Better = (A + O) / (A + O + M + I) in 0..1 and Worse = -(O + M) / (A + O + M + I) in -1..0 (Berger et al. 1993).

    Returns two rows per key: keys, feature, coefficient ("better", "worse"), estimate, low, high, n (A + O + M + I).
    Without `replicate` the interval is Wilson's on A + O + M + I: given the usable answers Better is a share of them,
    and the delta method on the ratio has the same standard error √(p (1 - p) / n). With `replicate` it is the
    jackknife's, but Wilson's where all groups agree or there is only one, and nothing can be learnt from their spread.
    No usable answer: NaN.
    """
    keys = [c for c in counted.columns if c not in (*CATEGORIES, "n", "replicate")]
    heads, place = jackknife.places(counted, keys)
    sums = np.zeros((len(heads), len(USABLE)))
    np.add.at(sums, place, counted[list(USABLE)].to_numpy(dtype=float))
    summed = pd.DataFrame(sums, columns=list(USABLE))
    n = summed.sum(axis=1)
    frames = []
    for name, (letters, sign) in SIDES.items():
        share = wilson(summed[list(letters)].sum(axis=1), n)
        low, high = share.low, share.high
        if "replicate" in counted:
            sums = {"hits": _counted(counted, letters), "n": _counted(counted, USABLE)}
            found = jackknife.of_arrays(counted, keys, sums, _share)
            informed = found["se"].to_numpy() > 0
            low, high = (np.where(informed, found[b].clip(0, 1), other) for b, other in (("low", low), ("high", high)))
        low, high = (low, high) if sign > 0 else (-high, -low)
        frames.append(heads.assign(coefficient=name, estimate=sign * share.estimate + 0.0, low=low, high=high, n=n))
    out = pd.concat(frames).sort_index(kind="stable").reset_index(drop=True)
    return out.assign(n=out["n"].astype("int64"))


def continuous(cells: pd.DataFrame) -> pd.DataFrame:
    """DuMouchel's continuous scores (-2..4), the mean of each axis with Student's interval.

    cells: keys, feature, functional, dysfunctional, n. Returns two rows per key: keys, feature, axis ("functional",
    "dysfunctional"), estimate, low, high, se, n. A mean above about 2 on both axes is one-dimensional, high on
    functional only attractive, on dysfunctional only must-be.
    """
    keys = [c for c in cells.columns if c not in ("functional", "dysfunctional", "n", "replicate")]
    frames = []
    for axis, scores in AXES.items():
        s = cells[axis].map(scores).astype(float)
        parts = cells[keys].assign(n=cells["n"], total=cells["n"] * s, total_sq=cells["n"] * s * s)
        summed = parts.groupby(keys, sort=False, dropna=False)[["n", "total", "total_sq"]].sum().reset_index()
        _, variance = mean_variance(summed["n"], summed["total"], summed["total_sq"])
        found = t_mean(summed["n"], summed["total"], summed["total_sq"])
        se = np.sqrt(variance / summed["n"].where(summed["n"] > 0))
        frames.append(summed[keys].assign(axis=axis, **found._asdict(), se=se, n=summed["n"]))
    return pd.concat(frames).sort_index(kind="stable").reset_index(drop=True)


def cloud(cells: pd.DataFrame) -> pd.DataFrame:
    """The points behind `continuous`: keys, feature, functional, dysfunctional (-2..4), n, share of the feature."""
    keys = [c for c in cells.columns if c not in ("functional", "dysfunctional", "n", "replicate")]
    scored = cells.assign(**{axis: cells[axis].map(scores) for axis, scores in AXES.items()})
    points = scored.groupby([*keys, "functional", "dysfunctional"], sort=False, dropna=False)["n"].sum().reset_index()
    return points.assign(share=points["n"] / points.groupby(keys, dropna=False)["n"].transform("sum"))


def spots(cells: pd.DataFrame) -> pd.DataFrame:
    """The cloud of all given features together, one row per pair of scores: x (dysfunctional), y (functional), n."""
    points = cloud(cells).rename(columns={"dysfunctional": "x", "functional": "y"})
    return points.groupby(["x", "y"])["n"].sum().reset_index()


def side_by_side(result: pd.DataFrame, column: str) -> pd.DataFrame:
    """`coefficients` (column "coefficient"), `continuous` ("axis") or `doubtful` ("answer"), one row per feature.

    Each value v of the column becomes v, v_low, v_high; the other columns are the keys and n.
    """
    keys = [c for c in result.columns if c not in (column, "estimate", "low", "high", "se", "n")]
    out, _ = jackknife.places(result, keys)
    found = {}
    for value in _PARTS[column]:
        part = result[result[column] == value]
        place = matching.places(out, part, keys)
        names = {"estimate": value, "low": f"{value}_low", "high": f"{value}_high"}
        found |= {name: matching.taken(part[c], place) for c, name in names.items()}
    first = result.drop_duplicates(keys)
    return out.assign(**found, n=matching.counted(first["n"], matching.places(out, first, keys)))


def fields(scores: pd.DataFrame) -> pd.DataFrame:
    """`continuous` with one row per feature: each mean with low, high at ±1 standard error, as DuMouchel plots them.

    `field` is the category in whose field the means lie, cut at 2: one-dimensional where both are strong, attractive
    where only functional is, must-be where only dysfunctional is, else indifferent; None without answers.
    """
    bars = scores.assign(low=scores["estimate"] - scores["se"], high=scores["estimate"] + scores["se"])
    wide = side_by_side(bars, "axis")
    strong = [wide[axis] >= STRONG for axis in AXES]
    letters = {(True, True): "O", (True, False): "A", (False, True): "M", (False, False): "I"}
    field = pd.Series([letters[pair] for pair in zip(*strong, strict=True)], index=wide.index, dtype=object)
    return wide.assign(field=field.where(wide[list(AXES)].notna().all(axis=1), None))


def by_tables(classified: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """`features` with the rule's category by each evaluation table beside: tables is {"classic": its features, ...}."""
    rules = {name: found.set_index("feature")["rule"] for name, found in tables.items()}
    return classified.assign(**{name: classified["feature"].map(rule) for name, rule in rules.items()})


def settled(classified: pd.DataFrame) -> pd.DataFrame:
    """How settled the classes are, as one row: features, clear (Fong), tied, and how many would be classed otherwise
    by Berger's rule (berger) and by the other evaluation table (other). classified: see `by_tables`."""
    shown = classified[classified["rule"].notna()]
    return pd.DataFrame(
        {
            "features": [len(shown)],
            "clear": int(shown["fong"].sum()),
            "tied": int((shown["tied"].str.len() > 1).sum()),
            "berger": int((shown["berger"] != shown["rule"]).sum()),
            "other": int((shown["classic"] != shown["pouliot"]).sum()),
        }
    )


def shift(counted: pd.DataFrame, by: str = "segment") -> pd.DataFrame:
    """Where a segment sees a feature otherwise than everybody does.

    counted: by, feature and the categories (no replicate). Returns one row per feature and segment: by, feature,
    category, whole (the rule's category in the segment and in all segments together), shifts (they differ);
    estimate, low, high (Better of the segment less that of the rest), worse, worse_low, worse_high (of Worse), both
    by Newcombe; p (chi-squared of the six categories, segment against rest: rough under five answers a cell), q
    (Benjamini-Hochberg over all rows), n, n_other (answers). A different category alone is not yet a difference:
    `real` tells where it comes with a q of 5 % at most.
    """
    letters = [*CATEGORIES, "n"]
    counted = counted.groupby([by, "feature"], sort=False)[letters].sum().reset_index()
    whole = counted.groupby("feature", sort=False)[letters].sum()
    whole_rule = features(whole.reset_index()).set_index("feature")["rule"]
    rest = whole.loc[counted["feature"]].reset_index(drop=True) - counted[letters]
    (usable, usable_rest) = (frame[list(USABLE)].sum(axis=1) for frame in (counted, rest))
    changes = {}
    for name, (which, sign) in SIDES.items():
        found = newcombe(counted[list(which)].sum(axis=1), usable, rest[list(which)].sum(axis=1), usable_rest)
        low, high = (found.low, found.high) if sign > 0 else (-found.high, -found.low)
        changes[name] = (sign * found.estimate, low, high)
    p = [_chi_squared(np.array(pair)) for pair in zip(
        counted[list(CATEGORIES)].to_numpy(dtype=float), rest[list(CATEGORIES)].to_numpy(dtype=float), strict=True)]
    category = features(counted)["rule"]
    out = counted[[by, "feature"]].assign(category=category, whole=counted["feature"].map(whole_rule))
    q = q_values(np.array(p, dtype=float))
    shifts = (out["category"] != out["whole"]) & out["category"].notna()
    return out.assign(
        shifts=shifts,
        real=shifts & (q <= FALSE_SHARE),
        **dict(zip(("estimate", "low", "high"), changes["better"], strict=True)),
        **dict(zip(("worse", "worse_low", "worse_high"), changes["worse"], strict=True)),
        p=np.array(p, dtype=float), q=q, n=counted["n"], n_other=rest["n"],
    )


def doubtful(counted: pd.DataFrame) -> pd.DataFrame:
    """Shares of questionable (contradictory) and reverse answers: keys, feature, answer, estimate, low, high, n."""
    keys = [c for c in counted.columns if c not in (*CATEGORIES, "n", "replicate")]
    summed = counted.groupby(keys, sort=False, dropna=False)[[*CATEGORIES, "n"]].sum().reset_index()
    frames = [
        summed[keys].assign(answer=answer, **wilson(summed[letter], summed["n"])._asdict(), n=summed["n"])
        for answer, letter in DOUBTS.items()
    ]
    return pd.concat(frames).sort_index(kind="stable").reset_index(drop=True)


def order_of_work(classified: pd.DataFrame, coefficients_: pd.DataFrame) -> pd.DataFrame:
    """What to do first: `features` with better, worse, their intervals and place (1, 2, ...), sorted.

    Must-be first, then one-dimensional, attractive, indifferent, reverse, questionable; within must-be the one whose
    lack hurts most, within the rest by better - worse, what doing it and not lacking it bring together.
    """
    wide = side_by_side(coefficients_, "coefficient").drop(columns="n")
    keys = [c for c in wide.columns if not c.startswith(tuple(SIDES))]
    both = classified.merge(wide, on=keys, how="left")
    weight = np.where(both["rule"] == "M", -both["worse"], both["better"] - both["worse"])
    both = both.assign(_rank=both["rule"].map({c: i for i, c in enumerate(PRIORITY)}), _weight=-weight)
    both = both.sort_values(["_rank", "_weight"], kind="stable", ignore_index=True).drop(columns=["_rank", "_weight"])
    return both.assign(place=np.arange(1, len(both) + 1))


def _share(sums: dict[str, np.ndarray]) -> np.ndarray:
    return sums["hits"] / np.where(sums["n"] > 0, sums["n"], np.nan)


def _counted(counted: pd.DataFrame, letters: Iterable[str]) -> np.ndarray:
    return sum(floats(*(counted[letter] for letter in letters)))


def _chi_squared(table: np.ndarray) -> float:
    """p of Pearson's test that two rows of counts share their distribution; NaN where there is nothing to compare."""
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return np.nan
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return float(chdtrc(table.shape[1] - 1, ((table - expected) ** 2 / expected).sum()))
