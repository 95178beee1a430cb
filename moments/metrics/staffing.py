"""Queues: how long people would wait with so many counters (Erlang C, Erlang A).

Units: arrivals per hour, all other times in minutes, shares 0..1. These are model answers, not estimates from a
sample: they carry no interval, and each hour is taken as steady by itself.

Assumed: Poisson arrivals, exponential service, first come first served, one queue; Erlang A adds exponential patience.
Sources: A. K. Erlang (1917); C. Palm (1957); Gans, Koole and Mandelbaum (2003), Telephone call centers, 4.2-4.3.
"""

import numpy as np
import pandas as pd

HOUR = 60.0  # minutes
MODEL = ("load", "occupancy", "stable", "p_wait", "wait", "service_level", "abandon")


def erlang_b(load, counters):
    """Share of arrivals that find all counters busy when nobody queues. `load` in erlangs, `counters` >= 0; arrays."""
    load, counters = np.broadcast_arrays(np.asarray(load, float), np.asarray(counters, int))
    blocked = np.ones(load.shape)
    for server in range(1, int(counters.max(initial=0)) + 1):  # stable for any size: no factorials, no overflow
        blocked = np.where(server <= counters, load * blocked / (server + load * blocked), blocked)
    return blocked


def erlang_c(arrivals, service, counters, target=0.0) -> dict[str, np.ndarray]:
    """Waiting with endless patience.

    arrivals: per hour; service: mean minutes; counters: integer; target: minutes. Numbers or arrays.
    Gives load (erlangs), occupancy, stable, p_wait, wait (mean minutes of all, waiting or not), service_level (share
    that waits <= target) and abandon (0). With load >= counters the queue grows without end: stable is False,
    everyone waits, the mean wait is infinite. NaN in, NaN out.
    """
    arrivals, service, counters, target = np.broadcast_arrays(
        np.asarray(arrivals, float), np.asarray(service, float), np.asarray(counters, int), np.asarray(target, float)
    )
    load = arrivals / HOUR * service
    stable = load < counters
    blocked = erlang_b(load, counters)
    with np.errstate(divide="ignore", invalid="ignore"):
        busy = load / counters
        p_wait = np.where(stable, blocked / (1 - busy * (1 - blocked)), 1.0)
        spare = np.where(stable, (counters - load) / service, 0.0)  # spare capacity, customers a minute
        wait = np.where(stable & (p_wait == 0), 0.0, p_wait / spare)
        level = 1 - p_wait * np.exp(-spare * target)
    known = np.isfinite(load) & (service > 0)
    shares = {"load": load, "occupancy": np.minimum(busy, 1.0), "p_wait": p_wait, "wait": wait, "service_level": level}
    model = {name: np.where(known, values, np.nan) for name, values in shares.items()}
    return model | {"stable": stable & known, "abandon": np.where(known, 0.0, np.nan)}


def _log_series(x: float, y: float) -> float:
    """log of 1 + y/(x+1) + y^2/((x+1)(x+2)) + ..., kept in logs: its value may exceed any float."""
    terms = int(max(0.0, y - x) + 12 * np.sqrt(max(x, y)) + 100)
    logs = np.cumsum(np.log(y) - np.log(x + np.arange(1, terms + 1)))
    return float(np.logaddexp.reduce(np.append(logs, 0.0)))


def _erlang_a(arrivals: float, service: float, counters: int, target: float, patience: float) -> tuple[float, ...]:
    load = arrivals / HOUR * service
    if not (np.isfinite(load) and service > 0 and patience > 0):
        return (np.nan,) * 4
    if load == 0:
        return 0.0, 0.0, 1.0, 0.0
    x, y = counters * patience / service, load * patience / service
    busy = y / x if x else np.inf
    series = _log_series(x, y)
    blocked = float(erlang_b(load, counters))
    p_wait = blocked / (np.exp(-series) * (1 - blocked) + blocked)

    def leaves(y_now: float, log_series: float) -> float:  # P(gives up | has to wait) from here on
        return 1 + x / y_now * np.expm1(-log_series)

    left = np.exp(-target / patience)
    later = _log_series(x, y * left)
    # P(offered wait > target | waits), then those still in line at the target: neither served nor gone
    beyond = np.exp(-x * target / patience + y * (1 - left) + later - series)
    in_line = left * beyond
    gone_in_time = leaves(y, series) - in_line * leaves(y * left, later)
    abandon = float(np.clip(p_wait * leaves(y, series), max(0.0, 1 - 1 / busy), 1.0))
    level = float(np.clip(1 - p_wait * (in_line + gone_in_time), 0.0, 1.0))
    return p_wait, abandon * patience, level, abandon


def erlang_a(arrivals, service, counters, patience, target=0.0) -> dict[str, np.ndarray]:
    """Waiting when people give up after an exponential patience (mean minutes). The same keys as `erlang_c`.

    abandon: share of all arrivals that gives up; service_level: share of all arrivals that is *served* within the
    target (who gives up is not served); wait: mean minutes spent in line by all, those who give up included. Always
    stable: impatience empties the queue.
    """
    arrivals, service, counters, patience, target = np.broadcast_arrays(
        np.asarray(arrivals, float), np.asarray(service, float), np.asarray(counters, int),
        np.asarray(patience, float), np.asarray(target, float),
    )  # fmt: skip
    rows = [
        _erlang_a(*row)
        for row in zip(arrivals.flat, service.flat, counters.flat, target.flat, patience.flat, strict=True)
    ]
    p_wait, wait, level, abandon = np.array(rows, float).reshape(-1, 4).T.reshape(4, *arrivals.shape)
    load = arrivals / HOUR * service
    with np.errstate(divide="ignore", invalid="ignore"):
        occupancy = np.where(counters > 0, np.minimum(load * (1 - abandon) / counters, 1.0), 0.0)
    return {
        "load": load, "occupancy": occupancy, "stable": np.isfinite(p_wait), "p_wait": p_wait, "wait": wait,
        "service_level": level, "abandon": abandon,
    }  # fmt: skip


def what_if(hours: pd.DataFrame, service, counters, target=0.0, patience=None) -> pd.DataFrame:
    """The wait in every hour with so many counters, and what one more would save.

    hours: one row per hour (any key columns) with `arrivals` per hour; may also have `service` (mean minutes) and
    `counters` of its own, used where the argument is None. patience: mean minutes, None for endless (Erlang C).
    Gives the rows with `counters`, the columns of MODEL, `wait_one_more` and `saves` (minutes; NaN where the queue has
    no end, `wait_one_more` then tells what one more brings).
    """
    out = hours.copy()
    service = out["service"] if service is None else service
    counters = out["counters"] if counters is None else counters
    arrivals = out["arrivals"].to_numpy(float)
    service = np.broadcast_to(np.asarray(service, float), arrivals.shape)
    counters = np.broadcast_to(np.asarray(counters, int), arrivals.shape)

    def model(servers):
        if patience is None:
            return erlang_c(arrivals, service, servers, target)
        return erlang_a(arrivals, service, servers, patience, target)

    now, more = model(counters), model(counters + 1)
    out["counters"] = counters
    for name in MODEL:
        out[name] = now[name]
    out["wait_one_more"] = more["wait"]
    with np.errstate(invalid="ignore"):
        out["saves"] = np.where(np.isfinite(now["wait"]), now["wait"] - more["wait"], np.nan)
    return out


def day(hours: pd.DataFrame) -> pd.DataFrame:
    """One row for all hours of `what_if`: arrivals summed, everything else as an arrival meets it.

    That is weighted by arrivals; occupancy by counters; stable only when every hour with arrivals is.
    """
    arrivals = hours["arrivals"].to_numpy(float)
    total = arrivals.sum()
    busy = arrivals > 0

    def met(name: str) -> float:
        return float((hours[name].to_numpy(float)[busy] * arrivals[busy]).sum() / total) if total > 0 else np.nan

    counters = hours["counters"].to_numpy(float)
    occupied = (hours["occupancy"] * counters).sum() / counters.sum() if counters.sum() > 0 else np.nan
    stable = bool(hours["stable"][busy].all())
    row = {"arrivals": total, "load": hours["load"].sum(), "occupancy": occupied, "stable": stable}
    row |= {name: met(name) for name in ("p_wait", "wait", "service_level", "abandon", "wait_one_more", "saves")}
    return pd.DataFrame([row])


def counters_needed(arrivals, service, target, level=0.8, patience=None, most=1000) -> np.ndarray:
    """The fewest counters that serve the share `level` within `target` minutes, per element; NaN when `most` do not."""
    arrivals, service = np.broadcast_arrays(np.asarray(arrivals, float), np.asarray(service, float))

    def enough(a: float, s: float, servers: int) -> bool:
        model = erlang_c(a, s, servers, target) if patience is None else erlang_a(a, s, servers, patience, target)
        return bool(model["service_level"] >= level)

    def fewest(a: float, s: float) -> float:
        low, high = 0, most
        if not enough(a, s, high):  # NaN arrivals end here too
            return np.nan
        while high - low > 1:  # the level rises with every counter
            middle = (low + high) // 2
            low, high = (low, middle) if enough(a, s, middle) else (middle, high)
        return float(high)

    return np.array([fewest(a, s) for a, s in zip(arrivals.flat, service.flat, strict=True)]).reshape(arrivals.shape)


def counters_behind(arrivals, service, wait, patience=None, most=1000) -> np.ndarray:
    """How many counters a wait looks like: those with which the model's mean wait comes closest, per element.

    wait: mean minutes seen. For tickets that do not tell how many counters were open; NaN where anything is unknown.
    """
    arrivals, service, wait = np.broadcast_arrays(*(np.asarray(v, float) for v in (arrivals, service, wait)))

    def closest(a: float, s: float, seen: float) -> float:
        if not (np.isfinite([a, s, seen]).all() and s > 0):
            return np.nan

        def wait(servers: int) -> float:  # falls with every counter
            model = erlang_c(a, s, servers) if patience is None else erlang_a(a, s, servers, patience)
            return float(model["wait"])

        low, high = 0, 1
        while wait(high) > seen:
            if high == most:
                return float(most)
            low, high = high, min(2 * high, most)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if wait(middle) > seen else (low, middle)
        return float(low if low and wait(low) - seen <= seen - wait(high) else high)

    found = [closest(*row) for row in zip(arrivals.flat, service.flat, wait.flat, strict=True)]
    return np.array(found, float).reshape(arrivals.shape)


def plan(hours: pd.DataFrame, target: float, patience: float | None = None) -> pd.DataFrame:
    """`what_if` with each hour's own arrivals, service time and counters, rounded to whole ones.

    hours: as `queues.hours` gives them. Where no ticket tells the counters, `counters_behind` the wait seen, and
    `guessed` says so.
    """
    told = hours["counters"].to_numpy(float, copy=True)
    guessed = np.isnan(told)
    of = hours[guessed]
    told[guessed] = counters_behind(of["arrivals"], of["service"], of["estimate"], patience)
    counters = np.maximum(np.rint(np.nan_to_num(told, nan=1)), 1).astype(int)
    return what_if(hours, None, counters, target, patience).assign(guessed=guessed)


def ladder(arrivals, service, counters: int, target, patience=None, fewer=2, more=4) -> pd.DataFrame:
    """One hour with a few counters less and more: one row per number of counters, with the columns of `what_if`,
    and low, high, n empty: a model's answer has no interval."""
    steps = np.arange(max(counters - fewer, 1), counters + more + 1)
    hour = pd.DataFrame({"arrivals": np.full(len(steps), float(arrivals))})
    return what_if(hour, service, steps, target, patience).assign(low=np.nan, high=np.nan, n=np.nan)


def levers(saves: float, explained: pd.DataFrame) -> pd.DataFrame:
    """Minutes per customer that one more counter saves, and felt minutes that explaining the wait would save.

    explained: the row of the factor "unexplained" as `waiting.in_minutes` gives it, or none; its minutes are
    spread over all who answered, those whose wait was explained included. Gives lever, estimate, low, high, n; the
    counter's is a model's answer and has no interval.
    """
    unknown = dict.fromkeys(("estimate", "low", "high", "n"), np.nan)
    felt = unknown
    if len(explained):
        row = explained.iloc[0]
        felt = {c: row[c] * row["share"] for c in ("estimate", "low", "high")} | {"n": row["n"]}
    return pd.DataFrame([{"lever": "counter"} | unknown | {"estimate": saves}, {"lever": "explain"} | felt])
