"""The outcomes that a manager looks at first: what each asks, and how its number, its change and its line are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from moments import codebook, page, rates
from moments.metrics import jackknife, leagues, nps, satisfaction, servqual, shares, waiting, weights

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


class Outcomes:
    """The outcomes of a page under its filters; `values` and `moved` keep number and change of each that has a card."""

    def __init__(self, here):
        self.here, self.values, self.moved = here, {}, {}
        self._known = all_of(here.snapshot.codebook)

    def card(self, panel, code: str):
        """The card of one outcome. Raises the State that says why there is none."""
        if code == "complaints":
            return self._complaints(panel)
        one, here = self._known[code], self.here
        now, months = panel.query(one.query), here.maybe(one.by_period, **one.given)
        self.values[code] = one.value(now)
        self.moved[code] = here.change(one.change, now, here.before(page.same, one.query))
        spark = () if months is None else one.line(months).sort_values("period")["estimate"]
        return panel.card(code, self.values[code], self.moved[code], spark, one.spec, BETTER[code])

    def _complaints(self, panel):
        """Complaints against what the dataset has to count them against, as the complaints page does."""
        here, n = self.here, panel.query("complaints_in_all")["n"].iloc[0]
        series = rates.Rates(here, rates.grain(here, n), "category", "")
        value, moved, rows = series.level(series.usual)
        self.values["complaints"], self.moved["complaints"] = value.assign(n=n), moved
        look = {"spec": rates.digits(value), "better": BETTER["complaints"]}
        label = here.say(f"cards.per_{series.usual}")
        return panel.card("complaints", value.assign(n=n), moved, rows["estimate"], label=label, **look)

    def of_branches(self, ask) -> dict[str, pd.DataFrame]:
        """{measure: counts of each branch} of the measures that `ask` finds: complaints as they are, in the others
        small branches are pooled."""
        asked = by_branch(self.here.scale("satisfaction")[1]) | {"complaints": ("complaints_by_branch", {})}
        found = {code: ask(name, **given) for code, (name, given) in asked.items()}
        least = self.here.snapshot.threshold
        return {c: r if c == "complaints" else leagues.pooled(r, least) for c, r in found.items() if r is not None}


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
