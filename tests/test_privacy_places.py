"""Small branches and regions stay hidden from a reader who adds and subtracts what different pages show.

The reader here asks the real queries behind the pages, under filters as they can be set, writes down every number that
is shown as a sum over cells (branch, channel), and solves all pages together, also knowing which cells are empty: no
sum over few answers may follow.
"""

import itertools
import os

import conftest
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from test_metrics_pooling import derivable

from moments import warehouse
from moments.filters import Filters
from moments.metrics import leagues
from moments.states import PartedPool, State

T = 3
REGIONS = {"a": "n", "b": "n", "c": "s", "d": "s", "e": "w"}
CHANNELS = ("app", "hall")
NUMBER = itertools.count()
small = st.integers(0, 7)
cells = st.fixed_dictionaries({(b, c): small for b in REGIONS for c in CHANNELS})
more_cells = st.fixed_dictionaries({(b, c): small for b in REGIONS for c in (*CHANNELS, "web")})


def written(sizes: dict, silent: dict | None = None):
    """A dataset with so many answers in each (branch, channel); `silent` of them do not answer the question."""
    silent = silent or {}
    rows = [(b, c, 9 if i >= silent.get((b, c), 0) else None) for (b, c), n in sizes.items() for i in range(n)]
    branch, channel, recommend = zip(*rows, strict=True) if rows else ((), (), ())
    table = pa.table({
        "response": pa.array(range(len(rows)), pa.int64()),
        "answered_at": pa.array(["2025-06-02T09:00:00"] * len(rows), pa.string()).cast(pa.timestamp("us")),
        "replicate": pa.array([i % 20 for i in range(len(rows))], pa.int8()),
        "branch": pa.array(branch, pa.string()), "channel": pa.array(channel, pa.string()),
        "region": pa.array([REGIONS[b] for b in branch], pa.string()), "recommend": pa.array(recommend, pa.int8()),
    })  # fmt: skip
    return conftest.write(f"league{next(NUMBER)}", threshold=T, tables={"responses": table})


def seen(snapshot, sizes: dict, **chosen) -> list[tuple[set, int]]:
    """(the cells that a number sums over, the number) of everything that pages show under one choice of filters."""
    filters = Filters(snapshot, **chosen)
    every = {
        cell for cell in sizes
        if REGIONS[cell[0]] in (chosen.get("region") or REGIONS.values())
        and cell[0] in (chosen.get("branch") or REGIONS) and cell[1] in (chosen.get("channel") or cell[1:])
    }  # fmt: skip
    part = {"branch": lambda cell: cell[0], "region": lambda cell: REGIONS[cell[0]], "channel": lambda cell: cell[1]}
    found = []

    def ask(name, **given):
        try:
            return warehouse.query(name, filters, **given)
        except State:
            return None

    if (rows := ask("nps_by_score")) is not None:
        found.append((every, int(rows["n"].sum())))
    for by, of in part.items():
        rows = ask("nps_by_group", by=by)
        for row in () if rows is None else rows[~rows["hidden"]].itertuples():
            found.append(({c for c in every if of(c) == row.grp}, int(row.n)))
    if (rows := ask("branches_by_recommend", mix="branch")) is not None:
        pools, known = leagues.pooled(rows, T), set(rows.loc[rows["promoters"] > 0, "branch"])
        alone = set(pools["code"])
        for row in pools.itertuples():
            inside = {c for c in every if c[0] in known and REGIONS[c[0]] in row.region}
            mine = {c for c in inside if c[0] == row.code} if row.code else {c for c in inside if c[0] not in alone}
            found.append((mine, int(row.promoters)))
    return found


def told(snapshot, sizes: dict, choices) -> tuple[np.ndarray, np.ndarray]:
    """What the reader learns, a row per number: which cells it sums over; and the answers in each of these cells.

    The sums are checked to be what they say. That a cell is empty is known.
    """
    order = [cell for cell, n in sizes.items() if n]
    count = np.array([sizes[cell] for cell in order])
    vectors = []
    for chosen in choices:
        for inside, number in seen(snapshot, sizes, **chosen):
            vector = np.array([cell in inside for cell in order], float)
            assert vector @ count == number, (chosen, inside, number)
            vectors.append(vector)
    return np.array(vectors).reshape(len(vectors), len(order)), count


def worked_out(published: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The sums over few answers that follow from what is published."""
    subsets = np.array(list(itertools.product([0.0, 1.0], repeat=len(count))))[1:]
    few = subsets[(subsets @ count > 0) & (subsets @ count < T)]
    return few[derivable(published, few)] if len(few) and len(published) else few[:0]


def views(*channels) -> list[dict]:
    """Under each choice of channels: everything, each region, each branch, some pairs of branches."""
    places = [{}, *({"region": (r,)} for r in sorted(set(REGIONS.values()))), *({"branch": (b,)} for b in REGIONS)]
    places += [{"branch": pair} for pair in (("a", "b"), ("a", "c"), ("c", "d"), ("d", "e"))]
    return [place | channel for channel in channels for place in places]


def tries(few: int):
    """So many leagues, or $LEAGUES; one that fails is small as it is, and shrinking it would take minutes."""
    return settings(
        max_examples=int(os.environ.get("LEAGUES", few)),
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )


@tries(4)
@given(cells, cells)
@example(
    dict(zip(itertools.product("abcde", CHANNELS), (5, 0, 0, 5, 2, 0, 7, 5, 0, 1), strict=True)),
    dict.fromkeys(itertools.product("abcde", CHANNELS), 0),
)
@example(
    dict(zip(itertools.product("abcde", CHANNELS), (5, 0, 0, 4, 2, 6, 3, 0, 0, 1), strict=True)),
    dict.fromkeys(itertools.product("abcde", CHANNELS), 0),
)
def test_regions_and_branches_on_and_off(data_root, sizes, silent):
    """Every place that can be chosen, on all pages at once; some give no answer to the question."""
    answered = {cell: max(n - silent[cell] // 3, 0) for cell, n in sizes.items()}
    snapshot = written(sizes, {cell: sizes[cell] - n for cell, n in answered.items()})
    published, count = told(snapshot, answered, views({}))
    assert not len(worked_out(published, count)), answered


def choices(channels) -> list[dict]:
    """No channel, and every choice of some."""
    some = [codes for n in range(1, len(channels) + 1) for codes in itertools.combinations(channels, n)]
    return [{}, *({"channel": codes} for codes in some)]


@pytest.mark.slow
@tries(2)
@given(cells)
@example({("a", "app"): 7, ("a", "hall"): 1} | {(b, c): 7 for b in "bcde" for c in CHANNELS})
@example(dict(zip(itertools.product("abcde", CHANNELS), (0, 3, 3, 4, 2, 1, 3, 2, 4, 1), strict=True)))
@example(dict(zip(itertools.product("abcde", CHANNELS), (6, 5, 0, 1, 5, 0, 0, 2, 7, 2), strict=True)))
@example(dict(zip(itertools.product("abcde", CHANNELS), (6, 0, 0, 6, 2, 1, 7, 5, 0, 1), strict=True)))
def test_with_and_without_channels(data_root, sizes):
    published, count = told(written(sizes), sizes, views(*choices(CHANNELS)))
    assert not len(worked_out(published, count)), sizes


def test_a_third_channel_is_not_all_less_the_one_listed_and_the_one_chosen(data_root):
    """c has 15 answers, of which 8 in the hall are listed, and under the filter 6 by app: that leaves 1 on the web."""
    sizes = dict.fromkeys(itertools.product("ab", (*CHANNELS, "web")), 9)
    sizes |= {("c", "app"): 6, ("c", "hall"): 8, ("c", "web"): 1}
    pages = [{"region": ("s",)}, {"region": ("s",), "channel": ("app",)}]
    published, count = told(written(sizes), sizes, pages)
    assert not len(worked_out(published, count))


@pytest.mark.slow
@tries(12)
@given(more_cells)
@example(dict(zip(itertools.product("abcde", (*CHANNELS, "web")),
                  (5, 3, 0, 4, 5, 1, 1, 3, 0, 4, 3, 0, 4, 0, 3), strict=True)))  # fmt: skip
def test_with_and_without_three_channels(data_root, sizes):
    published, count = told(written(sizes), sizes, views(*choices((*CHANNELS, "web"))))
    assert not len(worked_out(published, count)), sizes


def test_a_tiny_channel_does_not_spoil_the_others(data_root):
    """One answer by web: hall is listed and chosen freely, app and web only with each other."""
    sizes = {(b, c): 9 for b in REGIONS for c in CHANNELS} | {("a", "web"): 1}
    snapshot = written(sizes)
    rows = warehouse.query("nps_by_group", Filters(snapshot), by="channel").set_index("grp")
    assert rows["hidden"].to_dict() == {"app": True, "hall": False, "web": True}
    rows = warehouse.query("nps_by_group", Filters(snapshot, channel=("hall",)), by="branch")
    assert not rows["hidden"].any() and len(rows) == 5
    rows = warehouse.query("nps_by_group", Filters(snapshot, channel=("app", "web")), by="branch")
    assert not rows["hidden"].any() and rows["n"].sum() == 46
    with pytest.raises(PartedPool) as refused:
        warehouse.query("nps_by_group", Filters(snapshot, channel=("app",)), by="branch")
    assert refused.value.values["filter"] == "channel"
