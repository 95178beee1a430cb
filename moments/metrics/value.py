"""Customer value: what they get (brand, service, people, image) less what it costs them (money, time, energy, mind).

Kotler's delivered value with both sides asked on one scale: net = mean of the gains - mean of the costs, in points of
that scale, positive when customers get more than they give. The items of a side come from the same customers, so sides
and net have the jackknife's interval; a single item has Student's.
"""

from collections.abc import Sequence

import pandas as pd

from moments.metrics import jackknife
from moments.metrics.intervals import t_mean
from moments.metrics.weights import of_means

GAIN, COST, NET = "gain", "cost", "net"
SUMS = ("n", "total", "total_sq")


def items(answers: pd.DataFrame) -> pd.DataFrame:
    """The mean of each gain and cost: keys, side, item, estimate, low, high, n.

    answers: keys, side ("gain", "cost"), item, n, total, total_sq, and replicate or not.
    """
    by = [*_keys(answers), "side", "item"]
    summed = answers.groupby(by, sort=False, dropna=False)[list(SUMS)].sum().reset_index()
    found = t_mean(summed["n"], summed["total"], summed["total_sq"])
    return summed[by].assign(**found._asdict(), n=summed["n"])


def net(answers: pd.DataFrame) -> pd.DataFrame:
    """Gain, cost and net value of each key: keys, side ("gain", "cost", "net"), estimate, low, high, se, groups, n.

    answers: keys, side, item, replicate, n, total. A key without any gain, or any cost, has no net (NaN). An item that
    nobody answered is left out of its side. n is that of the item with fewest answers.
    """
    keys = _keys(answers)
    sides = of_means(answers, [*keys, "side"], ["side", "item"], "total")
    # Not a weighted mean but the same sum: all of the gains less all of the costs.
    difference = of_means(answers, keys, ["side", "item"], "total", "side", {GAIN: 100, COST: -100})
    both = pd.concat([sides, difference.assign(side=NET)[sides.columns]], ignore_index=True)
    order = both["side"].map({GAIN: 0, COST: 1, NET: 2})
    _, place = jackknife.places(both, keys)
    return both.assign(_place=place, _order=order).sort_values(["_place", "_order"], kind="stable", ignore_index=True)[
        list(sides.columns)
    ]


def difference(one: pd.DataFrame, other: pd.DataFrame, keys: Sequence[str] = ("side",)) -> pd.DataFrame:
    """Change of gain, cost and net between two results of `net`: first minus second; see `jackknife.difference`."""
    return jackknife.difference(one, other, keys)


def _keys(answers: pd.DataFrame) -> list[str]:
    return [c for c in answers.columns if c not in ("side", "item", "replicate", *SUMS)]
