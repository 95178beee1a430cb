"""Sentences that hold branches against each other. `amount` and `gap` write a value and a difference in words,
`least` the lower end of a range, whose unit follows the upper one."""

from collections.abc import Callable

from moments import text
from moments.insights import Sentence, direction

Words = Callable[[float], str]


def versus(key: str, row, names: tuple[str, str], amount: Words, gap: Words, least: Words) -> Sentence:
    """Is one really above or below the other? `<key>.above`, `.below`, `.corrected` (clear alone, not among so many),
    `.unclear` with the answers still needed, `.same`, or `.few` where there is no pair.

    row: of `leagues.duel`; None for no pair.
    """
    if row is None or row["estimate"] != row["estimate"]:
        return Sentence(f"{key}.few")
    size, ends = abs(row["estimate"]), sorted((row["low"], row["high"]))
    values = {"one": names[0], "other": names[1]} | {c: amount(row[c]) for c in ("value", "value_other")}
    values |= {c: row[c] for c in ("n", "n_other", "p", "q", "pairs", "needed", "more", "more_other")}
    if row["real"]:
        way = "above" if row["estimate"] > 0 else "below"
        ends = sorted(abs(e) for e in ends)
        values |= {"diff": gap(size), "low": least(ends[0]), "high": gap(ends[1])}
        return Sentence(f"{key}.{way}", values)
    values |= {"diff": gap(row["estimate"]), "low": least(ends[0]), "high": gap(ends[1])}
    if row["estimate"] == 0 or row["needed"] == float("inf"):
        return Sentence(f"{key}.same", values)
    return Sentence(f"{key}.{'unclear' if direction(*ends) == 'unclear' else 'corrected'}", values)


def mixed(key: str, row, adjusted, names: tuple[str, str], gap: Words, least: Words, mix: str) -> Sentence:
    """What the same mix of customers does to a pair: `<key>.turned`, `.stays`, `.melts`, `.still`, `.thin` where
    the pair cannot be adjusted, or `.few` where there is no pair.

    row: of `leagues.duel`; adjusted: of `leagues.between`, a frame of one row.
    """
    if row is None:
        return Sentence(f"{key}.few")
    if adjusted["estimate"].isna().all():
        return Sentence(f"{key}.thin", {"one": names[0], "other": names[1], "mix": mix})
    after = adjusted.iloc[0]
    values = {"one": names[0], "other": names[1], "mix": mix, "before": gap(row["estimate"])}
    values |= {"low": least(after["low"]), "high": gap(after["high"]), "after": gap(after["estimate"])}
    if direction(after["low"], after["high"]) == "unclear":
        return Sentence(f"{key}.{'melts' if row['real'] else 'still'}", values)
    turned = row["real"] and row["estimate"] * after["estimate"] < 0
    return Sentence(f"{key}.{'turned' if turned else 'stays'}", values)


def stand_out(key: str, rows, amount: Words, real: str = "real") -> Sentence:
    """Who is really above and below the league: `<key>.both`, `.above`, `.below`, `.none`, `.few` with under two.

    rows: name, estimate, theta and the boolean column `real`. Names the farthest of each side.
    """
    shown = rows[rows["estimate"].notna()]
    if len(shown) < 2:
        return Sentence(f"{key}.few")
    sure = shown[shown[real].astype(bool)]
    above = sure[sure["estimate"] > sure["theta"]].sort_values("estimate", ascending=False)
    below = sure[sure["estimate"] < sure["theta"]].sort_values("estimate")
    values = {"groups": len(shown), "above": len(above), "below": len(below), "middle": amount(shown["theta"].iloc[0])}
    for side, found in (("best", above), ("worst", below)):
        if len(found):
            values |= {side: found["name"].iloc[0], f"{side}_value": amount(found["estimate"].iloc[0])}
            values[f"{side}_first"] = text.listed(found["name"])
    which = {(1, 1): "both", (1, 0): "above", (0, 1): "below", (0, 0): "none"}[bool(len(above)), bool(len(below))]
    return Sentence(f"{key}.{which}", values)


def pulled(key: str, rows, amount: Words) -> Sentence:
    """Whose estimate moves most when its few answers are weighed: `<key>.found`, or `.few`.

    rows: name, raw, estimate, n.
    """
    known = rows[rows["estimate"].notna() & rows["raw"].notna()]
    if len(known) < 2:
        return Sentence(f"{key}.few")
    row = known.loc[(known["raw"] - known["estimate"]).abs().idxmax()]
    values = {"name": row["name"], "n": row["n"]}
    return Sentence(f"{key}.found", values | {"raw": amount(row["raw"]), "value": amount(row["estimate"])})


def rungs(key: str, rows) -> Sentence:
    """Into how many bands a league falls: `<key>.one`, `.many` with who is in the first and the last, or `.few`.

    rows: of `leagues.ladder` with name.
    """
    if len(rows) < 2:
        return Sentence(f"{key}.few")
    bands = int(rows["band"].max())
    wide = rows.loc[(rows["high"] - rows["low"]).idxmax()]
    values = {"groups": len(rows), "bands": bands, "widest": wide["name"], "low": wide["low"], "high": wide["high"]}
    for place, band in (("first", 1), ("last", bands)):
        inside = rows.loc[rows["band"] == band, "name"]
        values |= {place: text.listed(inside), f"{place}_count": len(inside)}
    return Sentence(f"{key}.{'one' if bands == 1 else 'many'}", values)


def patches(key: str, rows) -> Sentence:
    """Who is really different in most measures: `<key>.found` or `.none`. rows: of `leagues.table` with name."""
    known = rows[rows["estimate"].notna()]
    values = {"cells": len(known), "better": int((known["side"] > 0).sum()), "worse": int((known["side"] < 0).sum())}
    if not values["better"] + values["worse"]:
        return Sentence(f"{key}.none", values)
    sides = known.assign(off=known["side"] != 0).groupby(["branch", "name"], sort=False)[["side", "off"]].sum()
    first = sides.sort_values(["off", "side"], ascending=[False, True], kind="stable")
    return Sentence(f"{key}.found", values | {"name": first.index[0][1], "count": int(first["off"].iloc[0])})


def flagged(key: str, rows, signs: dict[str, str]) -> Sentence:
    """Whose rate of a sign is far beyond that of peers: `<key>.found` with the farthest, `.none`, `.few`.

    rows: of `gaming.signs` with name; `signs` names the signs.
    """
    known = rows[rows["estimate"].notna() & rows["p"].notna()]
    if known["branch"].nunique() < 2:
        return Sentence(f"{key}.few")
    found = known[known["flag"]].sort_values("estimate", ascending=False)
    if found.empty:
        return Sentence(f"{key}.none", {"branches": known["branch"].nunique()})
    first, count = found.iloc[0], found["branch"].nunique()
    told = {"name": first["name"], "sign": signs[first["sign"]], "rate": first["estimate"], "peers": first["peers"]}
    return Sentence(f"{key}.found", told | {"count": count, "signs": int((found["branch"] == first["branch"]).sum())})


def beside_median(key: str, rows) -> Sentence:
    """Who has clearly more per unit than the median of all: `<key>.found`, `.none` with whoever has most, or `.few`.

    rows: name, estimate, low, high, median, times.
    """
    known = rows[rows["estimate"].notna()].sort_values("estimate", ascending=False)
    if len(known) < 2 or not known["median"].iloc[0] > 0:
        return Sentence(f"{key}.few")
    above = known[known["low"] > known["median"]]
    first = (above if len(above) else known).iloc[0]
    told = {c: first[c] for c in ("name", "estimate", "low", "high", "median", "times")}
    return Sentence(f"{key}.{'found' if len(above) else 'none'}", told | {"above": len(above)})
