"""The accelerator gives the rows that the Parquet files give, and where it cannot, they answer."""

import itertools
import random
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import conftest
import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import write
from test_queries import QUERIES, given

from moments import accelerator, contracts, datasets, queries, warehouse
from moments.filters import Filters


def rows(sql: str, bound: dict) -> pd.DataFrame:
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in bound.items()}
    return warehouse._engine(datasets.root()).cursor().sql(sql, params=values).df()


@pytest.fixture(scope="module")
def sample(shipped):
    snapshot = datasets.current(shipped)
    accelerator.ensure(snapshot.path)
    return snapshot


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_gives_the_same_rows_from_either(name, few, sample):
    region = sorted(warehouse.values("region", sample))[:1]
    first, *others = given(name)
    some = [(Filters(few), first), (Filters(sample), first), (Filters(sample, region=tuple(region)), first)]
    for filters, arguments in some + [(Filters(few), other) for other in others]:
        facts = [t for t in warehouse.load(name).reads if t in accelerator.find(filters.snapshot.path)["tables"]]
        if filters.region and not facts:
            continue
        sql, bound = warehouse.statement(name, filters, **arguments)
        fast, values = warehouse._accelerated(datasets.root(), sql, bound)
        assert all(f"{t}.parquet" not in fast for t in facts) and (fast != sql or not facts)
        if facts and (reached := warehouse._reach_sql(name, filters, arguments, "channel")):
            assert ".parquet" not in warehouse._accelerated(datasets.root(), reached[1], dict(reached[2]))[0]
        pd.testing.assert_frame_equal(rows(fast, values), rows(sql, bound), rtol=1e-9, check_exact=False)


def test_small_tables_are_read_in_one_thread(few, tmp_path, monkeypatch):
    """Handing work over costs more than it saves there."""
    asked, source = "select current_setting('threads')::int as n", datasets.root() / "few"
    for place, fewest, threads in (
        ("small", accelerator.FEWEST, 1), ("large", 2, duckdb.connect().execute(asked).fetchone()[0]),
    ):  # fmt: skip
        monkeypatch.setattr(accelerator, "FEWEST", fewest)
        monkeypatch.setenv("MOMENTS_DATA", str(shutil.copytree(source, tmp_path / place / "few").parent))
        assert rows(asked, {})["n"][0] == threads


def test_readers_who_come_first_and_together_share_one_engine(few, tmp_path, monkeypatch):
    """Else what one has attached is missing in the other's."""
    accelerator.ensure(few.path)
    for place in range(4):
        monkeypatch.setenv("MOMENTS_DATA", str(shutil.copytree(datasets.root(), tmp_path / str(place))))
        filters, ready = Filters(datasets.current("few")), threading.Barrier(8)

        def read(period, filters=filters, ready=ready):
            ready.wait()
            return len(warehouse.query("nps_by_period", filters, grain=period))

        with ThreadPoolExecutor(8) as readers:
            assert all(readers.map(read, ["week", "month"] * 4))


@pytest.fixture(scope="module")
def folded(data_root, sample):
    """Every eighth row of the sample with every fold, whether it is worth it or not."""
    tables = {t: pq.read_table(sample.file(t)) for t in sample.tables}
    tables = {t: rows.take(list(range(0, len(rows), 8))) if len(rows) > 999 else rows for t, rows in tables.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accelerator, "FEWEST", 0)
        patch.setattr(accelerator, "WORTH", 0)
        yield write("folded", tables=tables, codebook=sample.codebook)
    shutil.rmtree(data_root / "folded")


PERIODS = {
    "all": (None, None),
    "whole months": (date(2025, 1, 1), date(2025, 12, 31)),
    "days at both ends": (date(2024, 12, 18), date(2025, 3, 9)),
    "days before": (date(2025, 1, 2), date(2025, 6, 30)),
    "days after": (date(2025, 1, 1), date(2025, 6, 29)),
    "within a month": (date(2025, 5, 3), date(2025, 5, 20)),
    "from": (date(2025, 6, 3), None),
    "until": (None, date(2024, 2, 28)),
}
LIMITS = ((), ("region", "branch"), ("channel",), ("segment",), ("service",), ("channel", "segment"))


def choices(snapshot):
    """Filters that force every choice between a table and its folds, and every part that one of them can have."""
    first = {d: tuple(warehouse.values(d, snapshot)[:2]) for d in accelerator.PLACES + accelerator.OTHERS}
    whole = [("whole months", limits) for limits in LIMITS]
    for period, limits in [*zip(PERIODS, itertools.cycle(LIMITS)), *whole]:
        yield Filters(snapshot, *PERIODS[period], **{d: first[d] for d in limits})


def asked(name: str, filters: Filters):
    """The statements behind a query: itself by month and by week, and what a reader could reach."""
    for values in given(name)[:: max(len(given(name)) - 1, 1)]:
        yield warehouse.statement(name, filters, **values)
        if weekly := {key: "week" for key in ("grain", "step") if key in values}:
            yield warehouse.statement(name, filters, **values | weekly)
        if "hour" in values:
            yield warehouse.statement(name, filters, **values | {"weekday": 2, "hour": 10})
        if reach := warehouse._reach_sql(name, filters, values, "channel"):
            _, sql, bound = reach
            yield sql, dict(bound)


def used(sql: str) -> set[str]:
    """The folds that a statement reads."""
    return set(re.findall(r"accelerator_\w+\.(\w+_(?:month|day|clock)_\w+)", sql))


ADDING = [name for name in QUERIES if warehouse.load(name).adds]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if re.search("servqual|gap", n) else n for n in ADDING]
)  # many items: seconds each
def test_folds_give_the_same_rows(name, folded):
    found = set()
    for filters in choices(folded):
        for sql, bound in asked(name, filters):
            fast, values = warehouse._accelerated(datasets.root(), sql, bound)
            if used(fast):
                pd.testing.assert_frame_equal(rows(fast, values), rows(sql, bound), rtol=1e-9, check_exact=False)
            found |= used(fast)
    assert found


@pytest.mark.parametrize("table", ["responses", "visits"])
def test_every_fold_is_of_use(table, folded):
    every = {fold["name"] for fold in accelerator.find(folded.path)["tables"][table]["folds"]}
    statements = [pair for filters in choices(folded) for name in ADDING for pair in asked(name, filters)]
    found = set().union(*(used(warehouse._accelerated(datasets.root(), *pair)[0]) for pair in statements))
    assert {fold for fold in found if fold.startswith(table)} == every


@pytest.fixture(scope="module")
def returning(data_root):
    """Customers of one to nine answers, in no order, some without a time, a channel or a score, some at one moment."""
    chance = random.Random(7)
    answers = [customer for customer in range(900) for _ in range(1 + customer % 9)]
    chance.shuffle(answers)
    days = [date(2025, 1, 1) + timedelta(n) for n in range(400)] + [None, date(1960, 5, 1)]
    codes = ["a", "b", "c", None]
    table = pa.table({
        "response": pa.array(chance.sample(range(-9999, 9999), len(answers)), pa.int64()),
        "customer": [None if customer < 30 else f"k{customer}" for customer in answers],
        "recommend": pa.array([chance.choice([*range(11), None]) for _ in answers], pa.int8()),
        "answered_at": pa.array([chance.choice(days) for _ in answers], pa.date32()).cast(pa.timestamp("us")),
        "replicate": pa.array([chance.randrange(9) for _ in answers], pa.int8()),
        **{dimension: [chance.choice(codes) for _ in answers] for dimension in contracts.DIMENSIONS},
    })  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accelerator, "FEWEST", 0)
        patch.setattr(accelerator, "WORTH", 0)
        yield write("returning", tables={"responses": table})
    shutil.rmtree(data_root / "returning")


def test_the_flow_reads_only_those_who_come_again_side_by_side(returning, folded, sample):
    found = accelerator.find(returning.path)
    name = f"{warehouse._attached(datasets.root(), found['file'])}.responses_again"
    held = {many: rows(f"select count(*) as n from {name}_{many}", {})["n"][0] for many in accelerator.SIDE_BY_SIDE}
    over = rows(f"select count(*) as n from (select 1 from {name} group by customer having count(*) > 6)", {})["n"][0]
    assert min(*held.values(), over) > 50  # of each some
    table = pq.read_table(returning.file("responses")).to_pandas().dropna(subset=["customer", "recommend"])
    several = table["customer"].value_counts()
    assert sum(held.values()) + over == (several > 1).sum() < len(several)
    assert not accelerator.find(sample.path)["tables"]["responses"]["beside"]  # small
    for snapshot in (returning, folded, sample):
        for filters in [*choices(snapshot)]:
            sql, bound = warehouse.statement("nps_flow", filters)
            fast, values = warehouse._accelerated(datasets.root(), sql, bound)
            assert ".responses_again" in fast and ".parquet" not in fast
            assert ("_again_2" in fast) is (snapshot is not sample)
            pd.testing.assert_frame_equal(rows(fast, values), rows(sql, bound))
            for other in (
                sql.replace("> 1", "> 0"),
                sql.replace("where recommend is not null and", "where"),
                sql.replace("count(*) as n", "count(*) + (select count(*) from responses) as n"),
            ):
                assert other != sql
                assert ".responses_again" not in warehouse._accelerated(datasets.root(), other, bound)[0]


@pytest.mark.parametrize("table", ["responses", "visits", "complaints", "kano"])
def test_folds_count_the_rows_that_filters_leave(table, folded, monkeypatch):
    some = list(choices(folded))
    homes = warehouse.homes(table, folded)
    fast = [warehouse._left.__wrapped__(datasets.root(), table, filters) for filters in some]
    monkeypatch.setattr(warehouse, "_accelerated", lambda root, sql, bound: (sql, bound))
    for kept in (warehouse._run, warehouse._counted):
        kept.cache_clear()
    pd.testing.assert_frame_equal(homes, warehouse.homes(table, folded))
    assert fast == [warehouse._left.__wrapped__(datasets.root(), table, filters) for filters in some]
    warehouse._run.cache_clear()


def test_no_fold_where_it_does_not_have_what_is_asked(folded):
    two, whole = Filters(folded, channel=("counter",), segment=("retail",)), Filters(folded)
    for name, filters, grain, kind in (
        ("nps_by_period", two, {"grain": "month"}, "_channel_segment_service"),
        ("nps_by_period", whole, {"grain": "week"}, "_day_"),
        ("nps_by_period", whole, {"grain": "month"}, ""),
        ("satisfaction_by_period", whole, {"step": "month"}, "_month_"),
        ("satisfaction_by_period", whole, {"step": "week"}, None),
    ):
        sql, bound = warehouse.statement(name, filters, **grain)
        found = used(warehouse._accelerated(datasets.root(), sql, bound)[0])
        assert not found if kind is None else found and all(kind in fold for fold in found)


def test_no_fold_tells_what_was_cut_off_its_times(folded):
    """Whatever a query may come to ask of them."""
    people = queries.sums("visits", folded.columns("visits"))["people"]
    for cut, grain, by_replicate in (
        ("hour(arrived_at)", "clock", "clock"), ("isodow(arrived_at)", "day", "clock"),
        ("date_trunc('month', arrived_at)", "month", "month"), ("date_trunc('week', arrived_at)", "day", None),
        ("date_trunc('hour', arrived_at)", None, None), ("dayofmonth(arrived_at)", None, None),
    ):  # fmt: skip
        for keys, expected in (([], grain), (["replicate"], by_replicate)):
            table = warehouse.source("visits", folded, {"arrived_at", *keys}, {"people": people})
            by = ", ".join([f"{cut} as cut", *keys])
            sql = f"with {table}\nselect {by}, sum(people)::bigint as n from visits group by all order by all"
            fast, bound = warehouse._accelerated(datasets.root(), sql, {})
            assert {fold.split("_")[1] for fold in used(fast)} == {expected} - {None}
            pd.testing.assert_frame_equal(rows(fast, bound), rows(sql, {}))


def test_what_is_dear_to_work_out_for_a_row_is_read_from_a_column(folded, sample):
    """Also where only some of the items are there; of items that are narrowed it is worked out."""
    for snapshot in (folded, sample):
        sql, bound = warehouse.statement("waiting_by_factors", Filters(snapshot))
        assert "packed_factors as factors" in warehouse._accelerated(datasets.root(), sql, bound)[0]
        narrow, bound = warehouse.statement("waiting_by_factors", Filters(snapshot), items=["idle", "alone"])
        fast, _ = warehouse._accelerated(datasets.root(), narrow, bound)
        assert "packed_" not in fast and ".parquet" not in fast and len(rows(fast, bound)) > 1


def test_what_no_query_names_is_left_out_and_read_from_parquet(sample, monkeypatch):
    without = accelerator.find(sample.path)["tables"]["responses"]["without"]
    assert "touch_wait" in without and not {"recommend", "branch", "answered_at", "pain_time"} & {*without}
    for column, left_out in (("touch_wait", True), ("recommend", False)):
        sql = f"with {warehouse.source('responses', sample, {column}, {})}\nselect count({column}) as n from responses"
        fast, bound = warehouse._accelerated(datasets.root(), sql, {})
        assert ("responses.parquet" in fast) is left_out
        assert rows(fast, bound)["n"][0] == rows(sql, {})["n"][0] > 0
    monkeypatch.setattr(queries, "_named", lambda table: {"touch_wait"})  # as after a new query
    assert not accelerator.find(sample.path)


def test_no_fold_that_would_not_fit_into_memory(folded, tmp_path, monkeypatch):
    shutil.copyfile(folded.file("responses"), tmp_path / "responses.parquet")
    monkeypatch.setattr(accelerator, "FEWEST", 0)
    monkeypatch.setattr(accelerator, "WORTH", 0)
    every = {fold["name"]: fold for fold in accelerator.find(folded.path)["tables"]["responses"]["folds"]}
    month, fine = (every[f"responses_month_region_branch_replicate{keys}"] for keys in ("", "_channel_segment_service"))
    monkeypatch.setattr(accelerator, "MOST", month["rows"] * len(month["columns"]))
    accelerator.build(tmp_path)
    made = {fold["name"]: fold for fold in accelerator.find(tmp_path)["tables"]["responses"]["folds"]}
    assert fine["name"] not in made and made[month["name"]] == month


def test_small_tables_have_no_folds_but_what_each_row_adds_to_sums_over_items(sample):
    folds = [fold for table in accelerator.find(sample.path)["tables"].values() for fold in table["folds"]]
    assert [(fold["name"], fold["grain"], fold["rows"]) for fold in folds] == [
        ("responses_row", "row", pq.read_metadata(sample.file("responses")).num_rows)
    ]
    for name, chosen, is_used in (
        ("branches_by_gap", {"mix": "channel"}, True), ("servqual_by_period", {"step": "week"}, True),
        ("branches_by_recommend", {"mix": "branch"}, False), ("nps_by_score", {}, False),
    ):  # fmt: skip
        for filters in choices(sample):
            sql, bound = warehouse.statement(name, filters, **chosen)
            fast, values = warehouse._accelerated(datasets.root(), sql, bound)
            assert (".responses_row" in fast) is is_used
            pd.testing.assert_frame_equal(rows(fast, values), rows(sql, bound), rtol=1e-9, check_exact=False)


def test_without_items_rows_are_not_kept_twice(data_root, monkeypatch):
    monkeypatch.setattr(accelerator, "FEWEST", 99)
    kept = conftest.table("responses", conftest.TESTS / "rows" / "responses.csv").select(
        ["response", "answered_at", "replicate", "recommend", "branch"]
    )
    found = accelerator.find(write("without_items", tables={"responses": kept}).path)
    assert found["tables"]["responses"]["folds"] == []
    shutil.rmtree(data_root / "without_items")


@pytest.fixture
def own(data_root):
    """A snapshot that a test may harm."""
    shutil.rmtree(data_root / "harmed", ignore_errors=True)
    yield write("harmed")
    shutil.rmtree(data_root / "harmed", ignore_errors=True)


def promoters(snapshot) -> int:
    warehouse.told.cache_clear()
    warehouse._run.cache_clear()
    return int(warehouse.query("nps_by_score", Filters(snapshot))["n"].sum())


def is_used(snapshot) -> bool:
    sql, bound = warehouse.statement("nps_by_score", Filters(snapshot))
    return warehouse._accelerated(datasets.root(), sql, bound)[0] != sql


def test_a_snapshot_is_born_with_its_accelerator(own):
    made = accelerator.find(own.path)
    assert set(made["tables"]) == {"responses", "kano", "visits", "complaints"}
    assert is_used(own)
    assert not list(own.path.glob(".*"))


def test_codes_are_those_in_the_rows(own):
    told = accelerator.find(own.path)["tables"]["responses"]["codes"]
    found = rows(f"select distinct branch from {warehouse._parquet(own, 'responses')} where branch is not null", {})
    assert told["branch"] == sorted(found["branch"])
    known = warehouse.values("branch", own)
    (own.path / accelerator.DESCRIPTION).unlink()
    assert warehouse.values("branch", own) == known


@pytest.mark.parametrize("harm", ["missing", "made by another engine", "of other rows", "no description", "cut short"])
def test_one_that_is_missing_or_stale_is_not_used_and_made_anew(own, harm):
    wanted, made = promoters(own), accelerator.find(own.path)
    described = own.path / accelerator.DESCRIPTION
    if harm == "missing":
        made["file"].unlink()
    elif harm == "made by another engine":
        described.write_text(described.read_text().replace(duckdb.__version__, "0.1"))
    elif harm == "of other rows":
        described.write_text(described.read_text().replace('"bytes": ', '"bytes": 1'))
    elif harm == "no description":
        described.unlink()
    else:
        described.write_text(described.read_text()[:40])
    for kept in (warehouse._described, warehouse._rewritten):  # as after a restart
        kept.cache_clear()
    assert not is_used(own)
    assert promoters(own) == wanted
    accelerator.ensure(own.path)
    assert is_used(own)
    assert promoters(own) == wanted
    assert len(list(own.path.glob("accelerator_*.duckdb"))) == 1


def test_one_that_cannot_be_read_is_left_alone(own):
    wanted, made = promoters(own), accelerator.find(own.path)["file"]
    broken = made.with_stem("accelerator_broken")
    broken.write_bytes(b"not a database" * 1000)
    described = own.path / accelerator.DESCRIPTION
    described.write_text(described.read_text().replace(made.name, broken.name))
    assert not is_used(own)
    assert promoters(own) == wanted


def test_no_room_for_one_is_no_fault(own, monkeypatch):
    for file in own.path.glob("accelerator*"):
        file.unlink()

    def full(*_given, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(accelerator.os, "replace", full)
    accelerator.ensure(own.path)
    assert not list(own.path.glob("accelerator*"))
    assert promoters(own)
