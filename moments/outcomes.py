"""The outcomes that a manager looks at first: what each asks, and how its number, its change and its line are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from moments import codebook
from moments.metrics import jackknife, nps, satisfaction, servqual, shares, waiting, weights

Frames = Callable[..., object]
BETTER = {"nps": 1, "satisfaction": 1, "gap": 1, "wait": -1, "complaints": -1, "timely": 1}
PAGES = {  # where each is looked into
    "nps": "nps", "satisfaction": "satisfaction", "gap": "servqual", "wait": "waiting", "complaints": "complaints",
    "timely": "complaints",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """`query` is asked as a whole and `by_period` month by month; the rest makes frames with estimate, low, high, n."""

    query: str
    value: Frames
    change: Frames
    by_period: str
    line: Frames
    given: dict = field(default_factory=lambda: {"grain": "month"})
    spec: str = "one"


def all_of(book_of: Mapping) -> dict[str, Outcome]:
    """The outcomes that one table answers, for a dataset with this codebook (complaints need two, see rates.py)."""
    gap, sat = _gap(book_of), _satisfaction(book_of)
    differ = lambda total: lambda now, before: jackknife.difference(total(now), total(before))  # noqa: E731
    step = {"step": "month"}
    scored = lambda rows: nps.unweighted(nps.from_scores(rows))  # noqa: E731
    felt = lambda rows: rows[rows["kind"] == "perceived"]  # noqa: E731
    return {
        "nps": Outcome(
            "nps_by_score", lambda rows: nps.score(scored(rows)),
            lambda now, before: nps.difference(scored(now), scored(before)), "nps_by_period", nps.score,
        ),
        "satisfaction": Outcome("satisfaction_by_item", sat, differ(sat), "satisfaction_by_period", sat, step),
        "gap": Outcome("servqual_by_item", gap, differ(gap), "servqual_by_period", gap, step, "two"),
        "wait": Outcome(
            "waiting_by_kind", lambda rows: waiting.minutes(felt(rows)),
            lambda now, before: waiting.changes(felt(now), felt(before)), "waiting_by_period", waiting.minutes,
        ),
        "timely": Outcome(
            "timely_in_all", shares.share, shares.difference, "timely_by_period", shares.share, spec="pct1"
        ),
    }  # fmt: skip


def _satisfaction(book_of: Mapping) -> Frames:
    """The total index with the weights that the dataset states, else equal ones."""
    book = codebook.Framework(book_of, "satisfaction")
    best = book.scale_or(1, satisfaction.BEST)[1]

    def total(rows):
        rows = book.ordered(rows)
        return satisfaction.total(rows, weights.starting(rows["item"].unique(), book.weights), best)

    return total


def _gap(book_of: Mapping) -> Frames:
    """The overall gap: mean of the dimensions."""
    book = codebook.Framework(book_of, "servqual", servqual.dimension_code)
    return lambda rows: servqual.overall(book.under(rows))


def by_branch(best: float) -> dict[str, tuple[str, dict]]:
    """{measure: (the query that counts it branch by branch, its choices)}; `best` is the top of the satisfaction scale.

    Satisfaction here is the one question about the service as a whole, as an index.
    """
    asked = {
        "nps": ("branches_by_recommend", {}),
        "satisfaction": ("branches_by_score", {"of": "sat_overall", "unit": 100 / best}),
        "gap": ("branches_by_gap", {}),
        "wait": ("branches_by_score", {"of": "wait_perceived", "unit": 1.0}),
        "timely": ("branches_by_timely", {}),
    }
    return {measure: (query, {**given, "mix": "branch"}) for measure, (query, given) in asked.items()}


def links(rows) -> list[tuple[str, str, dict]]:
    """(words, page, limits) of rows of `changes.of_branches` that have `words`: each to its page, with its branch."""
    if rows is None:
        return []
    return [(r["words"], PAGES[r["measure"]], {"branch": [r["branch"]]}) for r in rows.to_dict("records")]


def behind(values: Mapping[str, pd.DataFrame], rows: Mapping[str, int | None]) -> pd.DataFrame:
    """How many answers stand behind each outcome, and what share of the rows left by the filters they are.

    values: outcome -> frame of one row with n; rows: table -> its rows. Gives outcome, n, rows, share (%).
    """
    found = []
    for code, row in values.items():
        n, of = float(row["n"].iloc[0]), rows["complaints" if code in ("complaints", "timely") else "responses"]
        found.append((code, n, of, 100 * n / of if of else float("nan")))
    return pd.DataFrame(found, columns=["outcome", "n", "rows", "share"])
