"""Every query: its header tells the truth, and on the few rows it gives what was counted by hand."""

import contextlib
import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import conftest
import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from moments import datasets, queries, warehouse
from moments.filters import Filters
from moments.metrics import waiting

QUERIES = sorted(p.stem for p in queries.FOLDER.glob("*.sql") if not p.stem.startswith("_"))
EXPECTED = Path(__file__).parent / "expected"


def given(name: str) -> list[dict]:
    """Every combination of choices, with the header's example values."""
    asked = warehouse.load(name)
    sets = [dict(zip(asked.choices, picks, strict=True)) for picks in itertools.product(*asked.choices.values())]
    return [s | asked.values for s in sets]


@pytest.mark.parametrize("name", QUERIES)
def test_header_states_columns_and_types(name, few):
    for arguments in given(name):
        sql, bound = warehouse.statement(name, Filters(few), **arguments)
        values = {k: list(v) if isinstance(v, tuple) else v for k, v in bound.items()}
        result = warehouse._engine(datasets.root()).cursor().sql(sql, params=values)
        described = dict(zip(result.columns, (str(t) for t in result.types), strict=True))
        assert described == warehouse.load(name).columns


@pytest.mark.parametrize("name", QUERIES)
def test_rows_equal_those_counted_by_hand(name, few):
    found = warehouse.query(name, Filters(few), **given(name)[0])
    wanted = pd.read_csv(EXPECTED / f"{name}.csv", dtype=str, keep_default_na=False)
    shown = pd.read_csv(_csv(found), dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(shown, wanted)


def _csv(frame):
    import io

    return io.StringIO(frame.to_csv(index=False))


def test_every_expected_file_belongs_to_a_query():
    assert {p.stem for p in EXPECTED.glob("*.csv")} == set(QUERIES)


@pytest.mark.parametrize("name", QUERIES)
def test_values_never_become_sql(name, few):
    asked = warehouse.load(name)
    for choice in asked.choices:
        with pytest.raises(ValueError):
            warehouse.statement(name, Filters(few), **{**given(name)[0], choice: "1; drop table x"})
    nasty = Filters(few, branch=("'; drop table responses; --", "b1"))
    sql, _ = warehouse.statement(name, nasty, **given(name)[0])
    assert "drop table" not in sql


def test_the_engine_reads_nothing_else(few, tmp_path):
    (tmp_path / "outside.csv").write_text("a\n1\n")
    cursor = warehouse._engine(datasets.root()).cursor()
    for statement in (
        f"select * from read_csv('{tmp_path}/outside.csv')",
        "set enable_external_access = true",
        "install httpfs",
        f"attach '{tmp_path}/x.duckdb'",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(statement).fetchall()


def test_a_statement_is_parsed_once_whatever_its_values(few):
    before = warehouse._parsed.cache_info().misses
    found = [warehouse._run(datasets.root(), "select $n::int as n", (("n", n),)) for n in (1, 2)]
    assert [rows["n"].tolist() for rows in found] == [[1], [2]]
    assert warehouse._parsed.cache_info().misses == before + 1


def test_rows_are_kept_by_what_they_take(few):
    """Many small answers, not many large ones; what was asked again stays longest."""
    asked = []

    @warehouse._kept(20_000)
    def ask(name: str, rows: int) -> pd.DataFrame:
        asked.append(name)
        return pd.DataFrame({"n": range(rows)})

    for name, rows in (("a", 1), ("b", 1), ("c", 1), ("a", 1), ("too large", 1000), ("d", 1), ("a", 1), ("b", 1)):
        assert len(ask(name, rows)) == rows
    assert asked == ["a", "b", "c", "too large", "d", "b"]
    ask("too large", 1000)
    assert asked[-1] == "too large" and len(asked) == 7


def test_statements_wait_for_their_turn(few):
    """Many at once need memory each, and end no sooner."""
    with ThreadPoolExecutor(1) as reader, contextlib.ExitStack() as others:
        while warehouse._turns.acquire(blocking=False):
            others.callback(warehouse._turns.release)
        warehouse._run.cache_clear()
        asked = reader.submit(warehouse._run, datasets.root(), "select 1 as n", ())
        with pytest.raises(TimeoutError):
            asked.result(timeout=0.2)
        others.close()
        assert list(asked.result(timeout=60)["n"]) == [1]


def test_what_two_items_add_is_the_same_in_either_order(few):
    """Else folds would have each product twice."""
    found = queries.sums("responses", few.columns("responses"))
    both = {tuple(name.removeprefix("both_sat_").split("_")): sql for name, sql in found.items() if "both_sat" in name}
    items = {item for pair in both for item in pair}
    assert len(both) == len(items) ** 2 and len({*both.values()}) == len(items) * (len(items) + 1) / 2 > 1
    assert all(both[a, b] == both[b, a] for a, b in both)


def test_factors_of_a_wait_are_packed_in_the_order_in_which_they_are_read(data_root):
    """One answer for each factor, with a wait of its own; one that leaves a question open tells nothing."""
    flags = {f"factor_{name}": [k == nth for k in range(10)] for nth, name in enumerate(waiting.FACTORS)}
    table = pa.table({name: [*flag, True] for name, flag in flags.items()} | {
        "factor_alone": [*flags["factor_alone"], None], "response": range(11), "wait_perceived": [3.0] * 11,
        "wait_actual": [math.exp(k) for k in range(11)], "replicate": pa.array([0] * 11, pa.int8()),
        "answered_at": pa.array([date(2025, 1, 1)] * 11, pa.date32()).cast(pa.timestamp("us")),
    })  # fmt: skip
    for columns in (table.column_names, [c for c in table.column_names if c != "factor_before"]):
        tables = {"responses": table.select(columns)}
        chosen = Filters(conftest.write("factors", name=f"s{len(columns)}", threshold=1, tables=tables))
        found = warehouse.query("waiting_by_factors", chosen)
        kept = [k for k, name in enumerate(waiting.FACTORS) if f"factor_{name}" in columns]
        assert dict(zip(found["factors"], found["sum_x"].round(9), strict=True)) == (
            {1 << k: k for k in kept} | ({} if len(kept) == 10 else {0: 1})
        )


def test_the_flow_goes_by_time_and_of_one_moment_by_number(data_root):
    """Also where numbers run against time, at both ends of what they and times can be."""
    far = 2**63 - 1
    answers = [
        ("a", 2, "2025-01-01", 9), ("a", 1, "2025-01-02", 3),
        ("b", 3, "2025-01-01", 0), ("b", 4, "2025-01-01", 10),
        ("c", 5, "2025-01-01", 8),
        ("d", far, "2025-01-01", 7), ("d", -far, "2025-01-02", 10),
        ("e", 6, "2025-01-01", 8), ("e", 7, "2025-01-03", 8), ("e", 8, "2025-01-02", 0),
        ("f", far - 1, "9999-12-31", 0), ("f", 1 - far, "1900-01-01", 6),
    ]  # fmt: skip
    customer, response, day, score = zip(*answers, strict=True)
    table = pa.table({
        "response": pa.array(response, pa.int64()), "customer": customer, "recommend": pa.array(score, pa.int8()),
        "answered_at": pa.array(day, pa.string()).cast(pa.timestamp("us")),
        "replicate": pa.array([0] * len(answers), pa.int8()),
    })  # fmt: skip
    flowed = warehouse.query("nps_flow", Filters(conftest.write("flowed", threshold=1, tables={"responses": table})))
    assert flowed.to_numpy().tolist() == [
        ["detractor", "detractor", 1], ["detractor", "promoter", 1], ["passive", "passive", 1],
        ["passive", "promoter", 1], ["promoter", "detractor", 1],
    ]  # fmt: skip
