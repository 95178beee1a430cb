"""Periods, comparisons, and what becomes of them in SQL."""

import itertools
import re
import shutil
from datetime import date

import conftest
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moments import datasets, filters, warehouse
from moments.filters import Filters
from moments.states import MissingColumns, State


def test_presets_count_whole_months_back_from_the_data(few):
    assert filters.period(few, "m1") == (date(2025, 12, 1), date(2025, 12, 31))
    assert filters.period(few, "m12") == (date(2025, 1, 1), date(2025, 12, 31))
    assert filters.period(few, "all") == (None, None)


@pytest.mark.parametrize(
    ("start", "end", "compare", "wanted"),
    [
        (date(2025, 12, 1), date(2025, 12, 31), "previous", (date(2025, 11, 1), date(2025, 11, 30))),
        (date(2025, 7, 1), date(2025, 12, 31), "previous", (date(2025, 1, 1), date(2025, 6, 30))),
        (date(2025, 12, 8), date(2025, 12, 14), "previous", (date(2025, 12, 1), date(2025, 12, 7))),
        (date(2025, 12, 1), date(2025, 12, 31), "year", (date(2024, 12, 1), date(2024, 12, 31))),
    ],
)
def test_what_a_period_is_compared_with(few, start, end, compare, wanted):
    earlier = Filters(few, start, end, compare).compared()
    assert (earlier.start, earlier.end, earlier.compare) == (*wanted, "none")


def test_nothing_to_compare_with(few):
    assert Filters(few, compare="previous").compared() is None
    assert Filters(few, date(2024, 12, 1), date(2024, 12, 31), "previous").compared() is None
    assert Filters(few, date(2025, 12, 1), date(2025, 12, 31), "none").compared() is None


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2025, 2, 28), 12, date(2024, 2, 29)),
        (date(2025, 3, 30), 1, date(2025, 2, 28)),
        (date(2025, 1, 15), 1, date(2024, 12, 15)),
    ],
)
def test_months_back(day, months, wanted):
    assert filters.back(day, months) == wanted


def test_the_last_second_of_a_day_belongs_to_it(few):
    november = Filters(few, date(2025, 11, 1), date(2025, 11, 30))
    december = Filters(few, date(2025, 12, 1), date(2025, 12, 31))
    assert warehouse.rows_left("responses", november)["n"] == 4
    assert warehouse.rows_left("responses", december)["n"] == 6


def test_a_filter_that_is_not_set_adds_no_predicate(few):
    sql, bound = warehouse.statement("nps_by_score", Filters(few))
    assert bound == {} and "answered_at" not in sql
    sql, bound = warehouse.statement("nps_by_score", Filters(few, region=("north",)))
    assert bound == {"only_region": ("north",)} and "region in $only_region" in sql


def test_a_filter_on_a_column_that_is_not_there_says_so(data_root):
    import conftest

    rows = conftest.table("responses", conftest.TESTS / "rows" / "responses.csv").drop(["segment"])
    snapshot = conftest.write("bare", tables={"responses": rows})
    with pytest.raises(MissingColumns) as missing:
        warehouse.query("nps_by_score", Filters(snapshot, segment=("vip",)))
    assert missing.value.values["columns"] == ["segment"]


def test_a_family_of_questions_that_is_not_there_is_named(data_root):
    import conftest

    rows = conftest.table("responses", conftest.TESTS / "rows" / "responses.csv")
    rows = rows.drop([column for column in rows.column_names if column.startswith("expected_")])
    snapshot = conftest.write("unexpected", tables={"responses": rows})
    with pytest.raises(MissingColumns) as missing:
        warehouse.query("servqual_by_item", Filters(snapshot))
    assert missing.value.values["columns"] == ["expected_…"]


def test_a_set_filter_lets_the_engine_skip_row_groups(few):
    """The predicate reaches the Parquet scan; it is not a filter on top of everything read."""
    sql, bound = warehouse.statement("nps_by_score", Filters(few, date(2025, 12, 1), date(2025, 12, 31)))
    plan = warehouse._engine(datasets.root()).cursor().sql(f"explain {sql}", params=bound).fetchall()[0][1]
    scan = plan[plan.index("READ_PARQUET") :]
    assert "answered_at" in scan and "2025-12-01" in scan


@pytest.mark.parametrize("words", ["<img src=x>", "**bold**", "[a](http://b)", ":material/x: $x$", "a_b`c`", "a -> b"])
def test_peoples_words_are_not_markdown(words):
    """What Streamlit replaces in text that has been read (an icon, an arrow) is parted by a joiner of no width."""
    shown = filters.plain(words)
    assert shown.replace("\\", "").replace("\u2060", "") == words
    assert all(shown[i - 1] == "\\" for i, c in enumerate(shown) if c in "*_[]<>`$:")
    assert not re.search(r":\\?material/|-\\?>", shown.replace("\\", ""))


def test_people_who_fill_several_rows_are_counted_once_and_wherever_one_of_them_is_kept(data_root):
    """26 people, 10 of them VIPs; one of the other 16 becomes a VIP between two features."""
    rows = conftest.table("kano", conftest.TESTS / "rows" / "kano.csv")
    later = next(row for row in rows.to_pylist() if row["segment"] == "mass") | {"segment": "vip", "feature": "later"}
    both = pa.concat_tables([rows, pa.Table.from_pylist([later], rows.schema)])
    snapshot = conftest.write("twice", tables={"kano": both})
    for segment, people in (("vip", 11), ("mass", 16)):
        left = warehouse.rows_left("kano", Filters(snapshot, segment=(segment,)))
        assert left == {"n": people, "without": {"segment": 26}}
    assert warehouse.rows_left("kano", Filters(snapshot)) == {"n": 26, "without": {}}
    shutil.rmtree(data_root / "twice")


@pytest.mark.parametrize("groups", [0, 20_000])
def test_rows_left_are_those_that_a_second_library_counts(few, monkeypatch, groups):
    """Whether answers are counted by all dimensions at once or only by those that are chosen."""
    monkeypatch.setattr(warehouse, "GROUPS", groups)
    rows = pq.read_table(few.file("responses")).to_pandas()
    chosen = [{}, {"channel": ("app",)}, {"branch": ("b1", "b2"), "segment": ("mass",)}, {"region": ("nowhere",)}]
    for limits, span in itertools.product(chosen, [(None, None), (date(2024, 12, 11), date(2025, 12, 3))]):
        for known in (warehouse._told_apart, warehouse._counted):
            known.cache_clear()
        kept = {name: rows[name].isin(codes) for name, codes in limits.items()}
        if span[0]:
            days = rows["answered_at"].dt.date
            kept = {"period": (days >= span[0]) & (days <= span[1]), **kept}

        def count(without="", kept=kept):
            return int(pd.DataFrame({k: f for k, f in kept.items() if k != without}, rows.index).all(axis=1).sum())

        left = warehouse._left.__wrapped__(datasets.root(), "responses", Filters(few, *span, **limits))
        assert left == {"n": count(), "without": {name: count(name) for name in kept}}
    warehouse._told_apart.cache_clear()


def test_what_is_shown_does_not_depend_on_how_much_is_counted_at_once(shipped, monkeypatch):
    """Of few branches and codes one statement tells of every choice, of many each choice has its own."""
    snapshot = datasets.current(shipped)
    picked = {d: tuple(warehouse.values(d, snapshot)[:2]) for d in ("region", "channel", "segment", "service")}
    choices = [Filters(snapshot, **{d: picked[d][:n] for d in ds}) for n in (1, 2) for ds in ((), ("channel",), picked)]
    asked = [
        ("branches_by_recommend", {"mix": "channel"}), ("nps_by_group", {"by": "branch"}),
        ("nps_by_group", {"by": "service"}), ("complaints_in_all", {}), ("servqual_by_item", {}),
    ]  # fmt: skip

    def told() -> list:
        for kept in (warehouse.told, warehouse._reach, warehouse._left, warehouse._counted, warehouse._told_apart):
            kept.cache_clear()
        found = []
        for (name, given), chosen in itertools.product(asked, choices):
            try:
                found.append(warehouse.query(name, chosen, **given).to_csv())
            except State as state:
                found.append((type(state), state.values))
        return found

    at_once = told()
    monkeypatch.setattr(warehouse, "GROUPS", 0)
    assert told() == at_once and len(set(map(str, at_once))) > 15
    warehouse._told_apart.cache_clear()


def test_a_branch_is_in_one_region_whatever_its_rows_say(data_root):
    rows = conftest.table("responses", conftest.TESTS / "rows" / "responses.csv")
    moved = [row | ({"region": "south"} if row["channel"] == "app" else {}) for row in rows.to_pylist()]
    snapshot = conftest.write("moved", tables={"responses": pa.Table.from_pylist(moved, rows.schema)})
    both = pq.read_table(snapshot.file("responses")).to_pandas().dropna(subset="branch")
    assert both.groupby("branch")["region"].nunique().max() == 2
    home = both.groupby("branch")["region"].min()
    for chosen in Filters(snapshot), Filters(snapshot, channel=("app", "hall")):
        found = warehouse.query("branches_by_recommend", chosen, mix="channel")
        assert found["region"].tolist() == home[found["branch"]].tolist() and found["stratum"].nunique() > 1
    shutil.rmtree(data_root / "moved")
