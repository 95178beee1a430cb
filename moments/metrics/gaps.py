"""The five gaps of service quality, in points of one scale, each signed so that negative means short.

1 knowledge      managers' belief of the expectation - the expectation
2 standard       the standard set - managers' belief
3 delivery       what was delivered - the standard
4 communication  what was delivered - what was promised
5 customer       perception - expectation
(Parasuraman, Zeithaml and Berry 1985, "A conceptual model of service quality".) Expectation and perception come from
customers, the other four levels from audits on the same scale. Gaps 2 to 4 are paired within an audit, so Student's
interval over audits; gap 1 sets audits against customers (Welch-Satterthwaite on both errors); gap 5 is SERVQUAL's own.
With a single audit gaps 1 to 4 have a value and no interval: nobody knows how another audit would have come out.
"""

import numpy as np
import pandas as pd

from moments.metrics.intervals import floats, p_student, paired, t_mean, t_quantile

GAPS = ("knowledge", "standard", "delivery", "communication", "customer")
LEVELS = ("expectation", "belief", "standard", "delivered", "perception")
SUMS = (
    "n", "sum_belief", "sum_belief2", "sum_standard", "sum_delivered", "sum_promised",
    "sum_gap2", "sum_gap2_2", "sum_gap3", "sum_gap3_2", "sum_gap4", "sum_gap4_2",
)  # fmt: skip


def five(audits: pd.DataFrame, expectation: pd.DataFrame, gap: pd.DataFrame) -> pd.DataFrame:
    """The five gaps of each row of audits: keys, gap (GAPS), estimate, low, high, p, n.

    audits: keys, n (audits), sum_belief, sum_belief2 (its square), and for gaps 2, 3, 4 the sums of the differences
    within an audit and of their squares: sum_gap2, sum_gap2_2, sum_gap3, sum_gap3_2, sum_gap4, sum_gap4_2.
    expectation, gap: `servqual.dimensions(of="expectation")` and `of="gap"` on the same keys. A key that they lack has
    NaN for gaps 1 and 5. n is audits for gaps 2 to 4, the smaller of audits and answers for gap 1, answers for gap 5.
    """
    keys = _keys(audits)
    sides = audits.merge(_renamed(expectation, keys, "e_"), on=keys, how="left") if keys else \
        audits.merge(_renamed(expectation, keys, "e_"), how="cross")
    sides = sides.merge(_renamed(gap, keys, "g_"), on=keys, how="left") if keys else \
        sides.merge(_renamed(gap, keys, "g_"), how="cross")
    frames = [_knowledge(sides)]
    for number, name in enumerate(GAPS[1:4], start=2):
        found = paired(sides["n"], sides[f"sum_gap{number}"], sides[f"sum_gap{number}_2"])
        frames.append(pd.DataFrame({"gap": name, "estimate": found.estimate, "low": found.low, "high": found.high,
                                    "p": found.p, "n": sides["n"]}))
    estimate, se, df = floats(sides["g_estimate"], sides["g_se"], sides["g_groups"] - 1)
    frames.append(pd.DataFrame({"gap": GAPS[4], "estimate": estimate, "low": sides["g_low"], "high": sides["g_high"],
                                "p": _p(estimate, se, df), "n": sides["g_n"]}))
    found = pd.concat([sides[keys].join(f) for f in frames]).sort_index(kind="stable").reset_index(drop=True)
    return found.assign(n=found["n"].fillna(0).astype("int64"))


def levels(audits: pd.DataFrame, expectation: pd.DataFrame, perception: pd.DataFrame) -> pd.DataFrame:
    """The levels that a waterfall walks, in order: keys, level (LEVELS), estimate, step.

    From the expectation through belief, standard and delivered to the perception; step is the change from the level
    before (NaN at the first): gaps 1, 2, 3, and what perception adds to what was delivered. The steps sum to gap 5.
    audits as in `five` with sum_standard and sum_delivered; the other two from `servqual.dimensions`.
    """
    keys = _keys(audits)
    how = {"on": keys, "how": "left"} if keys else {"how": "cross"}
    both = audits.merge(_renamed(expectation, keys, "e_"), **how).merge(_renamed(perception, keys, "p_"), **how)
    n = both["n"].where(both["n"] > 0).astype(float)
    values = {"expectation": both["e_estimate"], "belief": both["sum_belief"] / n,
              "standard": both["sum_standard"] / n, "delivered": both["sum_delivered"] / n,
              "perception": both["p_estimate"]}
    frames, before = [], np.nan
    for level in LEVELS:
        frames.append(both[keys].assign(level=level, estimate=values[level], step=values[level] - before))
        before = values[level]
    return pd.concat(frames).sort_index(kind="stable").reset_index(drop=True)


def _knowledge(sides: pd.DataFrame) -> pd.DataFrame:
    belief = t_mean(sides["n"], sides["sum_belief"], sides["sum_belief2"])
    n, expectation, e_se, e_df = floats(sides["n"], sides["e_estimate"], sides["e_se"], sides["e_groups"] - 1)
    d = belief.estimate - expectation
    with np.errstate(divide="ignore", invalid="ignore"):
        b_se = (belief.high - belief.estimate) / t_quantile(n - 1)
        se = np.hypot(b_se, e_se)
        df = np.where(se > 0, se**4 / (b_se**4 / (n - 1) + e_se**4 / e_df), n + e_df - 1)
    half = t_quantile(df) * se
    return pd.DataFrame({"gap": GAPS[0], "estimate": d, "low": d - half, "high": d + half, "p": _p(d, se, df),
                         "n": np.fmin(n, floats(sides["e_n"])[0])})


def _p(d: np.ndarray, se: np.ndarray, df: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return p_student(np.where((d == 0) & (se == 0), 0.0, d / se), df)


def _renamed(result: pd.DataFrame, keys: list[str], prefix: str) -> pd.DataFrame:
    columns = ["estimate", "low", "high", "se", "groups", "n"]
    return result[[*keys, *columns]].rename(columns={c: prefix + c for c in columns})


def _keys(audits: pd.DataFrame) -> list[str]:
    return [c for c in audits.columns if c not in SUMS]
