"""Cells of few answers stay unknown, against a reader who has every sum that blocks leave to tell."""

import itertools

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_metrics_pooling import derivable

from moments.metrics import blocks as module
from moments.metrics.blocks import blocks

T = 3


def told(sizes: dict, areas: dict, threshold: int) -> list[set]:
    """The cells (unit, code) of every sum that a reader may see: each in no block, and both sides of each block."""
    found, glued = blocks(sizes, areas, threshold)
    codes = {code for cells in sizes.values() for code in cells}
    columns = [*glued, *(frozenset({code}) for code in codes - set().union(*glued))]
    sums = [{(unit, code) for code in codes} for unit in sizes]
    for unit, column in itertools.product(sizes, columns):
        if not any(unit in block.units and column & block.codes for block in found):
            sums.append({(unit, code) for code in column})
    for block in found:
        sums += [{(unit, code) for unit in block.units for code in column} for column in columns]
        sums += [{(unit, code) for code in block.codes} for unit in block.units]
    return sums


def worked_out(sizes: dict, areas: dict) -> np.ndarray:
    """The sums over few answers that follow, for who knows which cells are empty."""
    sums = told(sizes, areas, T)
    cells = [(unit, code) for unit, codes in sizes.items() for code, n in codes.items() if n]
    subsets = np.array(list(itertools.product([0.0, 1.0], repeat=len(cells))))
    few = subsets[(subsets @ [sizes[unit][code] for unit, code in cells] < T) & subsets.any(axis=1)]
    return few[derivable(np.array([[cell in inside for cell in cells] for inside in sums], float), few)]


tables = st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=1, max_size=5)


@settings(max_examples=80)
@given(tables, st.lists(st.sampled_from("NS"), min_size=5, max_size=5))
def test_no_sum_over_few_follows(table, regions):
    sizes = {f"b{i}": dict(zip("xyz", row, strict=True)) for i, row in enumerate(table) if not 0 < sum(row) < T}
    assume(any(any(cells.values()) for cells in sizes.values()))
    assert not len(worked_out(sizes, dict(zip(sizes, regions, strict=False)))), sizes


def test_large_codes_and_large_branches_are_left_alone():
    """The web's few in a and b take the app with them there and nobody else; the hall is free everywhere."""
    sizes = {"a": (1, 9, 30), "b": (2, 8, 20), "c": (9, 9, 9)}
    sizes = {unit: dict(zip(("web", "app", "hall"), row, strict=True)) for unit, row in sizes.items()}
    (block,), glued = blocks(sizes, dict.fromkeys("abc", "N"), T)
    assert (block.codes, block.units, glued) == ({"web", "app"}, {"a", "b"}, [])
    assert block.parted(["web"]) and block.parted(["app", "hall"])
    assert not block.parted(["hall"]) and not block.parted(["web", "app"])


def test_a_branch_alone_takes_one_that_has_enough_of_each():
    sizes = {"a": {"web": 1, "app": 9}, "b": {"web": 0, "app": 30}, "c": {"web": 9, "app": 9}}
    (block,), _ = blocks(sizes, dict.fromkeys("abc", "N"), T)
    assert block.units == {"a", "c"}


def test_an_area_helps_another_only_where_it_must():
    few, many = {"web": 1, "app": 9}, {"web": 9, "app": 9}
    (block,), _ = blocks({"a": few, "b": many, "c": many}, {"a": "N", "b": "N", "c": "S"}, T)
    assert block.areas == {"N"}
    (block,), _ = blocks({"a": few, "c": many}, {"a": "N", "c": "S"}, T)
    assert block.areas == {"N", "S"}


def test_a_code_of_few_in_all_is_never_chosen_alone():
    found, glued = blocks({"a": {"web": 1, "app": 9, "hall": 9}, "b": {"app": 9, "hall": 9}}, {"a": "N", "b": "N"}, T)
    assert glued == [{"web", "app"}] and found == []


def test_nothing_few_makes_no_block():
    assert blocks({"a": {"x": 3, "y": 0}, "b": {"y": 9}}, {"a": "N", "b": "N"}, T) == ([], [])
    assert blocks({}, {}, T) == ([], [])


def test_thousands_of_branches():
    rng = np.random.default_rng(4)
    draws = rng.poisson([1, 4, 9, 30], (5000, 4)) + np.array([0, 0, 5, 10])
    sizes = {f"b{i}": dict(zip("wxyz", map(int, row), strict=True)) for i, row in enumerate(draws)}
    found, glued = blocks(sizes, {unit: unit[-1] for unit in sizes}, 5)
    assert not glued and {code for block in found for code in block.codes} == set("wxy")
    assert all(len(block.areas) == 1 for block in found)


def test_the_reader_sees_a_fault(monkeypatch):
    """A small cell whose row has another column in no other row: without the check it is the row less the column."""
    sizes = {"a": {"x": 5, "y": 1}, "b": {"y": 4}, "c": {"x": 9, "y": 9}}
    areas = dict.fromkeys("abc", "N")
    assert blocks(sizes, areas, T)[0][0].units == {"a", "c"} and not len(worked_out(sizes, areas))
    monkeypatch.setattr(module, "_exposed", lambda counts, threshold: np.zeros(counts.shape[1], dtype=bool))
    assert worked_out(sizes, areas).tolist() == [[0, 1, 0, 0, 0]]
