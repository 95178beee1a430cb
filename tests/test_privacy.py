"""Small groups are hidden, and nobody gets them back by subtraction."""

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments import privacy


def hide(sizes: dict, keys: tuple, threshold: int = 5) -> pd.DataFrame:
    rows = [
        dict(zip(keys, k if isinstance(k, tuple) else (k,), strict=True)) | {"n": n, "x": 1.0} for k, n in sizes.items()
    ]
    return privacy.hide(pd.DataFrame(rows, columns=[*keys, "n", "x"]), "n", keys, threshold)


def test_a_lone_small_group_takes_the_next_smallest_with_it():
    found = hide({"a": 3, "b": 40, "c": 9}, ("g",)).set_index("g")
    assert found["hidden"].to_dict() == {"a": True, "b": False, "c": True}
    assert found.loc[["a", "c"], ["n", "x"]].isna().all().all()


def test_two_small_groups_must_hold_the_threshold_together():
    found = hide({"a": 1, "b": 2, "c": 9, "d": 50}, ("g",)).set_index("g")
    assert found["hidden"].sum() == 3 and not found.loc["d", "hidden"]


def test_empty_groups_tell_nothing_and_stay():
    assert not hide({"a": 0, "b": 9}, ("g",))["hidden"].any()


def test_no_rows():
    assert hide({}, ("g",)).empty


def test_a_hidden_group_keeps_one_row_and_no_number():
    frame = pd.DataFrame({"g": ["a", "a", "b", "c"], "score": [1, 2, 3, 4], "n": [1, 1, 9, 9]})
    found = privacy.hide(frame, "n", ("g",), 5)
    assert found[found["hidden"] & (found["g"] == "a")].shape[0] == 1
    assert found.loc[found["hidden"], ["score", "n"]].isna().all().all()


@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=12),
    st.integers(2, 6),
)
def test_one_margin_never_tells(sizes, threshold):
    """The adversary knows the total and every shown group: what is left over is nobody, or a crowd of two groups."""
    groups = {f"g{i}": n for i, n in enumerate(sizes)}
    found = hide(groups, ("g",), threshold).set_index("g")
    hidden = [g for g in groups if found.loc[g, "hidden"]]
    left = sum(groups.values()) - sum(n for g, n in groups.items() if g not in hidden)
    if hidden and sum(groups.values()) >= threshold:
        assert len(hidden) >= 2 and left >= threshold


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=5))
def test_two_margins_never_tell(table):
    """Rows and columns add up to visible totals: in every line the hidden cells are two at least, or the line is."""
    threshold = 5
    cells = {(f"r{i}", f"c{j}"): n for i, row in enumerate(table) for j, n in enumerate(row)}
    found = hide(cells, ("r", "c"), threshold).set_index(["r", "c"])["hidden"].to_dict()
    for axis, line in itertools.product((0, 1), range(5)):
        name = ("r", "c")[axis] + str(line)
        inside = [c for c in cells if c[axis] == name and cells[c] > 0]
        hidden = [c for c in inside if found[c]]
        if hidden and len(hidden) < len(inside):
            assert len(hidden) >= 2 and sum(cells[c] for c in hidden) >= threshold


def test_rows_by_branch_are_told_what_each_is_shown_as_whatever_they_said():
    rows = pd.DataFrame({"branch": list("abcd"), "region": list("NNSS"), "n": [9, 3, 8, 0]})
    counts = pd.DataFrame({"branch": list("cbbda"), "region": [None, "N", "S", "S", "S"], "hits": range(5)})
    found = privacy.Reach(rows, {}, 5).told(counts)
    assert found["hits"].tolist() == [0, 1, 2, 4] and found["region"].tolist() == list("SNNN")
    assert found["within"].tolist() == [("S",), ("N",), ("N",), ("N",)] and found["group"].tolist() == ["c", "", "", ""]
    assert privacy.Reach(rows, {}, 5).told(counts.iloc[:0]).empty


@settings(max_examples=25)
@given(st.lists(st.integers(0, 9), min_size=24, max_size=24))
def test_what_is_kept_for_other_choices_changes_none(sizes):
    cells = itertools.product(zip("abcd", "NNSS", strict=True), ("app", "hall", "web"), ("vip", "mass"))
    rows = [(*home, channel, segment, n) for (home, channel, segment), n in zip(cells, sizes, strict=True) if n]
    rows = pd.DataFrame(rows, columns=["branch", "region", "channel", "segment", "n"])
    bare = privacy.Reach(rows, {}, 5)
    for channels, segments in (("app",), ()), (("hall", "web"), ("vip",)), (("app",), ("mass",)), ((), ("vip",)):
        chosen = {d: c for d, c in (("channel", channels), ("segment", segments)) if c}
        kept, alone = bare.choosing(chosen), privacy.Reach(rows, chosen, 5)
        assert kept.plan == alone.plan
        assert all(kept.apart(d, (), ()) == alone.apart(d, (), ()) for d in ("channel", "segment"))


def test_answers_are_counted_under_the_choices_that_are_kept():
    cells = itertools.product(zip("abcd", "NNSS", strict=True), ("app", "hall", "web"), ("vip", "mass"))
    rows = [(*home, channel, segment, n) for n, (home, channel, segment) in enumerate(cells) if n % 5]
    rows = pd.DataFrame(rows, columns=["branch", "region", "channel", "segment", "n"])
    chosen = {"channel": ("app", "web"), "segment": ("vip",)}
    reach = privacy.Reach(rows, {}, 5).choosing(chosen)
    for kept, split in itertools.product([(), ("segment",), ("channel", "segment")], [(), ("channel",)]):
        left = rows[[all(row[d] in chosen[d] for d in kept) for _, row in rows.iterrows()]]
        sums = left.groupby(["branch", *split] if split else "branch")["n"].sum()
        assert reach._counts(kept, *split) == sums.to_dict()


def test_the_warehouse_refuses_what_a_filter_leaves_out(few):
    from moments import warehouse
    from moments.filters import Filters
    from moments.states import NothingLeft, TooFew, TooFewLeftOut

    with pytest.raises(TooFew):  # two answers of b3 at a threshold of three
        warehouse.query("nps_by_score", Filters(few, branch=("b3",), channel=("app",)))
    with pytest.raises(TooFewLeftOut) as left_out:  # all but one vip: the vip of the hall by subtraction
        warehouse.query("nps_by_score", Filters(few, channel=("hall",), segment=("mass",)))
    assert left_out.value.values["filter"] == "segment"
    with pytest.raises(NothingLeft) as nothing:
        warehouse.query("nps_by_score", Filters(few, branch=("nobody",)))
    assert nothing.value.values["without"] == {"branch": 14}
