"""Sentences about complaints: what goes wrong, how fast it is mended, and whether mending pays."""

from moments import text
from moments.insights import Sentence, direction


def signals(key: str, rows, **more) -> Sentence:
    """What a control chart has to say: `<key>.both`, `.above` or `.below` the limits with the farthest period named,
    `.pattern` with the number of milder signals, `.quiet`; `.few` with less than two periods to look at.

    rows: as `control.chart` gives them, with name and event ("" without one); hidden periods say nothing.
    """
    shown = rows[rows["estimate"].notna() & rows["centre"].notna()]
    if len(shown) < 2:
        return Sentence(f"{key}.few")
    beyond = shown["beyond"].astype(bool)
    above, below = shown[beyond & (shown["direction"] > 0)], shown[beyond & (shown["direction"] < 0)]
    milder = int((shown["direction"] != 0).sum() - beyond.sum())
    values = {"periods": len(shown), "above": len(above), "below": len(below), "milder": milder} | more
    for side, found, limit in (("high", above, "upper"), ("low", below, "lower")):
        if len(found):
            row = found.loc[(found["estimate"] - found["centre"]).abs().idxmax()]
            named = {"period": row["name"], "event": row["event"]}
            named = text.say(f"{key}.meanwhile", **named) if row["event"] else row["name"]
            values |= {side: named, f"{side}_value": row["estimate"], f"{side}_limit": row[limit]}
    which = {(1, 1): "both", (1, 0): "above", (0, 1): "below"}.get((bool(len(above)), bool(len(below))))
    return Sentence(f"{key}.{which or ('pattern' if milder else 'quiet')}", values)


def wolf(key: str, rows, plain) -> Sentence:
    """How often ordinary limits would have cried where Laney's do not: `<key>.more`, `.same`.

    rows, plain: the chart with Laney's and with ordinary limits.
    """
    told = {"sigma_z": rows["sigma_z"].mean(), "laney": int(rows["beyond"].sum()), "plain": int(plain["beyond"].sum())}
    return Sentence(f"{key}.{'more' if told['plain'] > told['laney'] else 'same'}", told)


def vital(key: str, rows) -> Sentence:
    """`<key>.vital`: how few kinds make how much of the whole, the first three named; `.none` where all are hidden.

    rows: as `complaints.pareto` gives them, with name.
    """
    few = rows[rows["vital"]]
    if few.empty:
        return Sentence(f"{key}.none")
    told = {"few": len(few), "kinds": len(rows), "share": few["cumulative"].iloc[-1], "names": text.listed(few["name"])}
    return Sentence(f"{key}.vital", told | {"first": few["name"].iloc[0], "n": few["n"].iloc[0]})


def warned(key: str, rows, cells: int, **more) -> Sentence:
    """`<key>.some` with how many of the cells are out of line, and the farthest of them; `.none`.

    rows: as `warning.early` gives them, with name and ratio, the clearest first.
    """
    found = rows[rows["flag"].astype(bool)]
    if found.empty:
        return Sentence(f"{key}.none", {"cells": cells} | more)
    first = {c: found.iloc[0][c] for c in ("name", "now", "expected", "ratio")}
    return Sentence(f"{key}.some", {"cells": cells, "count": len(found)} | first | more)


def promise(key: str, row, **more) -> Sentence:
    """`<key>.told`, or `.none` where no clock has run yet. row: frame of one row of `clocks.kept`, which fills it."""
    row = row.iloc[0]
    told = ("estimate", "low", "high", "n", "late", "overdue", "running")
    return Sentence(f"{key}.{'told' if row['n'] > 0 else 'none'}", {c: row[c] for c in told} | more)


def fastest(key: str, rows, test, **more) -> Sentence:
    """Who closes first and who last by their medians: `<key>.clear`, `.unclear`, `.one` with a single group, `.none`.

    rows: of `survival.median` with name; test: of `survival.log_rank`.
    """
    known = rows[rows["estimate"].notna()].sort_values("estimate", kind="stable")
    if known.empty:
        return Sentence(f"{key}.none", more)
    one, other = known.iloc[0], known.iloc[-1]
    told = {"first": one["name"], "fast": one["estimate"], "last": other["name"], "slow": other["estimate"]} | more
    told |= {"low": one["low"], "high": one["high"], "groups": len(known), "p": test["p"].iloc[0]}
    if len(known) < 2:
        return Sentence(f"{key}.one", told)
    return Sentence(f"{key}.{'clear' if told['p'] < 0.05 else 'unclear'}", told)


def climbing(key: str, rows) -> Sentence:
    """Satisfaction after by the number of steps kept: `<key>.up` or `.down` from fewest to most, `.unclear`, `.few`.

    rows: steps (number), estimate, low, high.
    """
    known = rows[rows["low"].notna()].sort_values("steps")
    if len(known) < 2:
        return Sentence(f"{key}.few")
    least, most = known.iloc[0], known.iloc[-1]
    way = direction(most["low"] - least["high"], most["high"] - least["low"])
    told = {"fewest": least["steps"], "most": most["steps"], "worst": least["estimate"], "best": most["estimate"]}
    return Sentence(f"{key}.{way}", told | {"diff": abs(most["estimate"] - least["estimate"])})


def paid(key: str, rows) -> Sentence:
    """Do mended customers reach those who never met a failure? `<key>.found` with a phrase per severity; `.none`.

    rows: of `recovery.against_never` for the mended, with name (of the severity).
    """
    known = rows[rows["estimate"].notna()]
    if known.empty:
        return Sentence(f"{key}.none")
    phrases = [
        text.say(
            f"{key}.{direction(row['low'], row['high'])}_phrase", name=row["name"], estimate=abs(row["estimate"])
        )
        for row in known.to_dict("records")
    ]
    return Sentence(f"{key}.found", {"phrases": text.say(f"{key}.between").join(phrases)})


def spoken(key: str, rows, **more) -> Sentence:
    """The commonest words: `<key>.found` with the first three, and the share of the first. rows: name, estimate, n."""
    first = rows.iloc[0]
    return Sentence(f"{key}.found", {"names": text.listed(rows["name"].head(3)), "share": first["estimate"]} | more)


def moving(key: str, rows, **more) -> Sentence:
    """Which words rise and which fall: `<key>.both`, `.rising`, `.falling`, `.none`. rows: of `keywords.change`."""
    up = rows[rows["direction"] == "rising"].sort_values("estimate", ascending=False)
    down = rows[rows["direction"] == "falling"].sort_values("estimate")
    which = {(1, 1): "both", (1, 0): "rising", (0, 1): "falling", (0, 0): "none"}[bool(len(up)), bool(len(down))]
    told = {"words": len(rows), "up": text.listed(up["word"]), "down": text.listed(down["word"])}
    return Sentence(f"{key}.{which}", told | more)


def journey(key: str, rows) -> Sentence:
    """`<key>.found`: how many of all came to each stage, as phrases. rows: of `clocks.funnel` with name."""
    after = rows[rows["stage"] != "received"]
    phrases = [text.say(f"{key}.phrase", name=r["name"], share=r["estimate"]) for r in after.to_dict("records")]
    return Sentence(f"{key}.found", {"n": rows["n"].iloc[0], "phrases": text.say(f"{key}.between").join(phrases)})


def bands(key: str, rows, clocks: dict[float, str]) -> list[str]:
    """What the bands of an age are called. rows: age_from, age_to; clocks: the ends of the bands, with their names."""
    named = []
    for start, end in zip(rows["age_from"], rows["age_to"], strict=True):
        which = "over" if end == float("inf") else "band" if start else "under"
        named.append(text.say(f"{key}.{which}", low=clocks.get(start, ""), high=clocks.get(end, "")))
    return named


def old(key: str, rows) -> Sentence:
    """How many are open, and how many of them beyond the last clock: `<key>.some`, `.none`, `.all_done`.

    rows: of `clocks.ageing` with name.
    """
    whole, last = rows["open"].sum(), rows.iloc[-1]
    told = {"open": whole, "late": last["open"], "share": last["share"], "band": last["name"]}
    return Sentence(f"{key}.{'all_done' if not whole else 'some' if last['open'] else 'none'}", told)


def best(key: str, rows) -> Sentence:
    """Which strategies stand out against the others: `<key>.both`, `.above`, `.below`, `.none`; `.few` with under two.

    rows: of `recovery.strategies` with name; hidden rows say nothing.
    """
    known = rows[rows["estimate"].notna() & rows["more"].notna()]
    if len(known) < 2:
        return Sentence(f"{key}.few")
    sure = known[known["q"] < 0.05]
    up, down = sure[sure["more"] > 0].sort_values("more"), sure[sure["more"] < 0].sort_values("more")
    told = {"groups": len(known)}
    for side, row in (("best", up.tail(1)), ("worst", down.head(1))):
        if len(row):
            told |= {side: row["name"].iloc[0], f"{side}_more": abs(row["more"].iloc[0])}
    which = {(1, 1): "both", (1, 0): "above", (0, 1): "below", (0, 0): "none"}[bool(len(up)), bool(len(down))]
    return Sentence(f"{key}.{which}", told)
