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


def extremes(key: str, rows, label: str, reference: float, **more) -> Sentence:
    """Who is clearly above and who clearly below `reference`: `<key>.both`, `.above`, `.below` or `.none`;
    `.few` with less than two to look at.

    `rows` has estimate, low, high and the column `label`; hidden rows say nothing, nor do
    rows whose `q` (after correcting for many looks) is 5 % or more. Names the farthest of each side.
    """
    shown = rows[rows["estimate"].notna()]
    if len(shown) < 2:
        return Sentence(f"{key}.few")
    name, estimate, low, high = (shown[c].tolist() for c in (label, "estimate", "low", "high"))
    sure = (shown["q"] < 0.05).tolist() if "q" in shown else [True] * len(shown)
    above = [row for row, is_sure in enumerate(sure) if is_sure and low[row] > reference]
    below = [row for row, is_sure in enumerate(sure) if is_sure and high[row] < reference]
    which = {(1, 1): "both", (1, 0): "above", (0, 1): "below", (0, 0): "none"}[bool(above), bool(below)]
    values = {"groups": len(shown), "above": len(above), "below": len(below), "reference": reference}
    if above:
        best = max(above, key=estimate.__getitem__)
        values |= {"best": name[best], "best_value": estimate[best]}
    if below:
        worst = min(below, key=estimate.__getitem__)
        values |= {"worst": name[worst], "worst_value": estimate[worst]}
    return Sentence(f"{key}.{which}", values | more)


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


def commonest(key: str, rows, by: str, label: str) -> Sentence:
    """`<key>.commonest`: the row that is the lowest in most groups of `by`, by its `label`; `.none` without any.

    rows: by, label, estimate. A group whose every estimate is hidden does not count.
    """
    known = rows[rows["estimate"].notna()]
    if known.empty:
        return Sentence(f"{key}.none")
    lowest = known.loc[known.groupby(by, sort=False)["estimate"].idxmin(), label].value_counts()
    return Sentence(
        f"{key}.commonest", {"name": lowest.index[0], "count": lowest.iloc[0], "groups": known[by].nunique()}
    )


def under(key: str, rows, bound: float) -> Sentence:
    """`<key>.some_weak` with those under a bound, the lowest named, `.all_fine`, or `.none` with nothing to judge.

    rows: name, estimate.
    """
    known = rows[rows["estimate"].notna()]
    weak = known[known["estimate"] < bound].sort_values("estimate")
    if weak.empty:
        return Sentence(f"{key}.all_fine" if len(known) else f"{key}.none", {"groups": len(known)})
    lowest = weak.iloc[0]
    return Sentence(
        f"{key}.some_weak", {"weak": len(weak), "worst": lowest["name"], "worst_value": lowest["estimate"]}
    )


def against(key: str, row, reference: float = 0.0, **values) -> Sentence:
    """`<key>.up`, `.down` or `.unclear`: an estimate with its interval against a value that means "the same".

    row: frame of one row with estimate, low, high, which fill the sentence.
    """
    row = row.iloc[0]
    way = direction(row["low"] - reference, row["high"] - reference)
    return Sentence(f"{key}.{way}", {"estimate": row["estimate"], "low": row["low"], "high": row["high"], **values})


def one_more(key: str, row, **values) -> Sentence:
    """What one more counter brings: `<key>.saves`, `.ends` a queue without end, or is `.too_few` for that.

    row: a row of `staffing.what_if`.
    """
    endless, still = row["wait"] == float("inf"), row["wait_one_more"] == float("inf")
    told = {name: row[name] for name in ("counters", "wait", "wait_one_more", "saves", "service_level", "abandon")}
    return Sentence(f"{key}.{'too_few' if still else 'ends' if endless else 'saves'}", told | values)


def farthest(key: str, rows, label: str, better: int = -1) -> Sentence:
    """`<key>.worst`: the row with the worst estimate and the best one beside it; `.few` with less than two to look at.

    `better` is -1 where less is better. Both come with their interval.
    """
    shown = rows[rows["estimate"].notna()].sort_values("estimate", ascending=better > 0)
    if len(shown) < 2:
        return Sentence(f"{key}.few")
    values = {}
    for side, row in (("worst", shown.iloc[0]), ("best", shown.iloc[-1])):
        values |= {side: row[label]} | {f"{side}_{c}": row[c] for c in ("estimate", "low", "high")}
    return Sentence(f"{key}.worst", values)


def told(key: str, row, **values) -> Sentence:
    """`<key>.told`: an estimate with its interval and n. row: frame of one row."""
    row = row.iloc[0]
    return Sentence(f"{key}.told", {c: row[c] for c in ("estimate", "low", "high", "n")} | values)


def numbers(key: str, row, of: str) -> Sentence:
    """`<key>.found` filled with every column of a frame of one row; `.few` where its column `of` counts nothing."""
    values = row.iloc[0].to_dict()
    return Sentence(f"{key}.found", values) if values[of] else Sentence(f"{key}.few")


def foremost(key: str, rows, limits: dict[str, float], label: str = "name") -> Sentence:
    """`<key>.found`, where each column of `limits` stands for a phrase on who comes first in it, by size; `.few`.

    rows: label, and for each column c: c, c_low, c_high. The phrase is `<key>.<c>_one`, `<key>.<c>_several` where the
    intervals of others reach into that of the first, or `<key>.<c>_none` where nobody is clearly beyond the limit.
    """
    phrases = {}
    for column, limit in limits.items():
        size = rows[[column, f"{column}_low", f"{column}_high"]].abs().dropna().sort_values(column, ascending=False)
        least, most = size.iloc[:, 1:].min(axis=1), size.iloc[:, 1:].max(axis=1)
        if size.empty:
            return Sentence(f"{key}.few")
        first = size.index[0]
        if least[first] <= limit:
            phrases[column] = text.say(f"{key}.{column}_none", limit=limit)
            continue
        level = rows.loc[size.index[most >= least[first]], label]
        which = "one" if len(level) == 1 else "several"
        phrases[column] = text.say(f"{key}.{column}_{which}", name=text.listed(level), value=rows.loc[first, column])
    return Sentence(f"{key}.found", phrases)


def ordered(key: str, rows, column: str, label: str = "name") -> Sentence:
    """`<key>.found`, whose {steps} are the phrases `<key>.<code>_first` in the order of the rows; `.none` without any.

    A code without such a phrase is not spoken of.
    """
    groups = [(code, inside) for code, inside in rows.groupby(column, sort=False) if text.has(f"{key}.{code}_first")]
    if not groups:
        return Sentence(f"{key}.none")
    phrases = [text.say(f"{key}.{code}_first", names=text.listed(inside[label], 1)) for code, inside in groups]
    return Sentence(f"{key}.found", {"steps": text.say(f"{key}.then").join(phrases)})


def shifted(key: str, rows, kinds: dict[str, str]) -> Sentence:
    """Which group sees a thing clearly otherwise: `<key>.found` with the clearest, `.none`, `.few` without two groups.

    rows: group_name, name (of the thing), category and whole (of all together) named by `kinds`, real, q.
    """
    if rows.loc[rows["category"].notna(), "group_name"].nunique() < 2:
        return Sentence(f"{key}.few")
    clear = rows[rows["real"]].sort_values("q", kind="stable")
    if clear.empty:
        return Sentence(f"{key}.none")
    first = clear.iloc[0]
    values = {"count": len(clear), "group": first["group_name"], "name": first["name"]}
    return Sentence(f"{key}.found", values | {"kind": kinds[first["category"]], "whole": kinds[first["whole"]]})


def agreement(key: str, rows, one: str, other: str, label: str = "name") -> Sentence:
    """How often two readings agree: `<key>.all`, `<key>.some` with count, same and the names of the others, `.few`."""
    shown = rows[rows[one].notna() & rows[other].notna()]
    if shown.empty:
        return Sentence(f"{key}.few")
    unlike = shown[shown[one] != shown[other]]
    values = {"count": len(shown), "same": len(shown) - len(unlike), "names": text.listed(unlike[label])}
    return Sentence(f"{key}.{'some' if len(unlike) else 'all'}", values)


def goal(key: str, row, **values) -> Sentence:
    """`<key>.reached`, or `.barely` where that may be chance; missed: `.inside` where the interval holds the goal,
    `.outside` where it does not, `.unknown` without an interval.

    row: a row of `satisfaction.target`, whose columns fill the sentence.
    """
    row = row.iloc[0]
    if not row["missing"]:
        which = "reached" if row["low"] >= row["goal"] else "barely"
    else:
        which = "unknown" if row["low"] != row["low"] else "inside" if row["inside"] else "outside"
    return Sentence(f"{key}.{which}", row.to_dict() | values)


def what_if(key: str, rows, **values) -> Sentence:
    """`<key>.moved` with what the moves bring in all, or `.still` with whose single point would bring most; `.even`
    where it does not matter whose.

    rows: those of `satisfaction.what_if`, with name.
    """
    gain = rows["gain"].sum()
    if (rows["after"] == rows["estimate"]).all():
        most = rows["weight"].max()
        first = rows[rows["weight"] > most - 0.5]  # weights are shown whole
        which = "even" if len(first) == len(rows) > 1 else "still"
        return Sentence(f"{key}.{which}", {"name": text.listed(first["name"]), "gain": most / 100} | values)
    before = (rows["weight"] * rows["estimate"]).sum() / 100
    return Sentence(f"{key}.moved", {"before": before, "after": before + gain, "gain": gain} | values)


def changed(key: str, rows) -> Sentence:
    """How many of many looks are real changes: `<key>.both`, `.only_better`, `.only_worse` or `.none`.

    rows: of `changes.of_branches`.
    """
    real = rows[rows["real"]]
    better = int(real["good"].sum())
    worse = len(real) - better
    which = {(1, 1): "both", (1, 0): "only_better", (0, 1): "only_worse", (0, 0): "none"}[better > 0, worse > 0]
    values = {"looks": int(rows["p"].notna().sum()), "branches": rows["branch"].nunique()}
    return Sentence(f"{key}.{which}", values | {"better": better, "worse": worse})


def bought(key: str, rows) -> Sentence:
    """What would buy most: `<key>.found` with the first, `<key>.unsure` where its range holds nothing.

    rows: of `priorities.top` with name.
    """
    row = rows.iloc[0]
    values = {c: row[c] for c in ("name", "estimate", "low", "high", "lift", "branches", "n")}
    return Sentence(f"{key}.{'found' if row['low'] > 0 else 'unsure'}", values)


def worse(change, better: int) -> bool:
    """Whether a change (frame of one row, or None) is clearly for the worse."""
    if change is None or change.empty:
        return False
    return direction(change["low"].iloc[0], change["high"].iloc[0]) == ("down" if better > 0 else "up")


def pointer(key: str, worst, fallen: dict[str, str]) -> Sentence:
    """Where to look next: `<key>.branch` with what got worse most surely, `.fallen` with the names of outcomes that
    fell as a whole, `.quiet` where nothing did; `.alone` where nothing could be compared.

    worst: a row of `changes.of_branches` with name and what, or none; None where there was nothing to compare.
    """
    if worst is not None and len(worst):
        row = worst.iloc[0]
        return Sentence(f"{key}.branch", {"name": row["name"], "what": row["what"]})
    if fallen:
        return Sentence(f"{key}.fallen", {"names": text.listed(fallen.values())})
    return Sentence(f"{key}.{'alone' if worst is None else 'quiet'}")
