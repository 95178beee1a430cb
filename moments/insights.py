"""The sentence under a figure, made from its numbers. Which sentence is decided here; its words are in `text/`."""

from dataclasses import dataclass, field

from moments import text


@dataclass(frozen=True)
class Sentence:
    """A text key and the numbers that fill it."""

    key: str
    values: dict = field(default_factory=dict)

    def words(self) -> str:
        """In the reader's language."""
        return text.say(self.key, **self.values)


def direction(low: float, high: float) -> str:
    """"up", "down" or "unclear": an interval that holds zero, or is not known, claims nothing."""
    if low > 0:
        return "up"
    if high < 0:
        return "down"
    return "unclear"


def change(key: str, difference, **values) -> Sentence:
    """`<key>.up`, `.down` or `.unclear` from a difference (frame of one row, or a row); `.alone` when there is none."""
    if difference is None:
        return Sentence(f"{key}.alone", values)
    difference = difference.iloc[0] if hasattr(difference, "iloc") and difference.ndim == 2 else difference
    return Sentence(
        f"{key}.{direction(difference['low'], difference['high'])}",
        {"diff": abs(difference["estimate"]), "low": difference["low"], "high": difference["high"], **values},
    )


def extremes(key: str, rows, label: str, reference: float) -> Sentence:
    """Who is clearly above and who clearly below `reference`: `<key>.both`, `.above`, `.below` or `.none`;
    `.few` with less than two to look at.

    `rows` has estimate, low, high and the column `label`; hidden rows say nothing, nor do
    rows whose `q` (after correcting for many looks) is 5 % or more. Names the farthest of each side.
    """
    shown = rows[rows["estimate"].notna()]
    if len(shown) < 2:
        return Sentence(f"{key}.few")
    sure = shown[shown["q"] < 0.05] if "q" in shown else shown
    above = sure[sure["low"] > reference].sort_values("estimate", ascending=False)
    below = sure[sure["high"] < reference].sort_values("estimate")
    which = {(1, 1): "both", (1, 0): "above", (0, 1): "below", (0, 0): "none"}[bool(len(above)), bool(len(below))]
    values = {"groups": len(shown), "above": len(above), "below": len(below), "reference": reference}
    if len(above):
        values |= {"best": above.iloc[0][label], "best_value": above.iloc[0]["estimate"]}
    if len(below):
        values |= {"worst": below.iloc[0][label], "worst_value": below.iloc[0]["estimate"]}
    return Sentence(f"{key}.{which}", values)


def largest(key: str, rows, column: str, names: dict[str, str]) -> Sentence:
    """`<key>` with the name and share (0..1) of the row with the largest estimate, and of the others in order."""
    order = rows.sort_values("estimate", ascending=False)
    values = {}
    for place, (code, estimate) in enumerate(zip(order[column], order["estimate"], strict=True), start=1):
        values |= {f"name{place}": names[code], f"share{place}": estimate}
    return Sentence(f"{key}.largest", values)


def widest(key: str, rows, label: str, first: str, second: str) -> Sentence:
    """The row whose difference first - second is farthest from zero among those clear of it, else `<key>.none`.

    rows: label, estimate, low, high (the difference), and the two values in the columns `first` and `second`.
    `<key>.clear` where first is larger, `<key>.clear_other` where second is.
    """
    clear = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    if clear.empty:
        return Sentence(f"{key}.none", {"groups": len(rows)})
    row = clear.loc[clear["estimate"].abs().idxmax()]
    side = "clear" if row["estimate"] > 0 else "clear_other"
    return Sentence(f"{key}.{side}", {"name": row[label], "count": len(clear), first: row[first], second: row[second]})


def listed(key: str, rows, column: str) -> Sentence:
    """`<key>` with the estimate of every row, named by its code in `column`."""
    return Sentence(f"{key}.listed", dict(zip(rows[column], rows["estimate"], strict=True)))
