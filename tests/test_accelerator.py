"""The accelerator gives the rows that the Parquet files give, and where it cannot, they answer."""

import shutil

import duckdb
import pandas as pd
import pytest
from conftest import write
from test_queries import QUERIES, given

from moments import accelerator, datasets, warehouse
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
    for filters in (Filters(few), Filters(sample), Filters(sample, region=tuple(region))):
        facts = [t for t in warehouse.load(name).reads if t in accelerator.find(filters.snapshot.path)["tables"]]
        if filters.region and not facts:
            continue
        sql, bound = warehouse.statement(name, filters, **given(name)[0])
        fast, values = warehouse._accelerated(datasets.root(), sql, bound)
        assert all(f"{t}.parquet" not in fast for t in facts) and (fast != sql or not facts)
        pd.testing.assert_frame_equal(rows(fast, values), rows(sql, bound), rtol=1e-9, check_exact=False)


@pytest.fixture
def own(data_root):
    """A snapshot that a test may harm."""
    shutil.rmtree(data_root / "harmed", ignore_errors=True)
    yield write("harmed")
    shutil.rmtree(data_root / "harmed", ignore_errors=True)


def promoters(snapshot) -> int:
    warehouse._told.cache_clear()
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
    warehouse._described.cache_clear()  # as after a restart
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
