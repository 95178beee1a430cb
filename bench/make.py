"""Datasets of any size, resampled from the shipped one: new ids, customers and times, and scores partly redrawn.

Whole months are drawn at a time: their times are kept in memory, their rows made as they are written.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from moments import accelerator, contracts, datasets

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
SNAPSHOT = "made_1"  # another name when this file makes other rows
ANSWERS = 60_000  # in the shipped sample
SHIFTS = np.arange(-2, 3) * 7 * 86_400_000_000  # whole weeks, so that Mondays stay Mondays
JITTER = 1_800_000_000  # half an hour in microseconds, so that hours stay busy or quiet
REDRAWN = ("recommend", "sat_", "expected_", "perceived_", "adequate_", "touch_", "gain_", "cost_")
NOISE = np.array([-1, 0, 0, 0, 1], np.int8)


def name_of(answers: int) -> str:
    """What the dataset of so many answers is called: bench_60k, bench_10m."""
    return f"bench_{short(answers)}"


def short(answers: int) -> str:
    """60000 -> "60k", 10000000 -> "10m"."""
    return f"{answers // 1_000_000}m" if answers >= 1_000_000 else f"{answers // 1000}k"


def number(words: str) -> int:
    """The other way round: "60k" -> 60000, "10M" -> 10000000."""
    return int(float(words[:-1]) * {"k": 1000, "m": 1_000_000}[words[-1].lower()])


def dataset(answers: int) -> tuple[datasets.Snapshot, float | None]:
    """The snapshot of so many answers below $MOMENTS_DATA, and the seconds it took; None for one that was there."""
    name = name_of(answers)
    try:
        found = datasets.current(name)
        if found.name == SNAPSHOT:
            accelerator.ensure(found.path)  # now, or the first server would make it while it is measured
            return found, None
    except datasets.DatasetError:
        pass
    begun = time.monotonic()
    sample = SAMPLE / (SAMPLE / "CURRENT").read_text("utf-8").strip()
    meta, codebook = (json.loads((sample / f"{file}.json").read_text("utf-8")) for file in ("snapshot", "codebook"))
    tables = {t: _grown(t, pq.read_table(sample / f"{t}.parquet"), answers / ANSWERS) for t in meta["tables"]}
    kept = {key: meta[key] for key in ("synthetic", "timezone", "threshold", "sources")}
    kept["title"] = dict.fromkeys(("zh", "en"), short(answers))
    return datasets.write(name, SNAPSHOT, tables, kept, codebook), time.monotonic() - begun


def _grown(name: str, sample: pa.Table, factor: float) -> pa.Table | Iterator[pa.RecordBatch]:
    """The rows of a table, `factor` times as many where it holds facts; a branch has as many times more customers."""
    contract = contracts.load(name)
    if contract.kind == "fact":
        return _resampled(sample.combine_chunks(), contract, factor)
    if name == "branches":
        more = pc.round(pc.multiply(sample["customers"], factor)).cast(pa.int64())
        sample = sample.set_column(sample.column_names.index("customers"), "customers", more)
    return sample


def _resampled(sample: pa.Table, contract, factor: float) -> Iterator[pa.RecordBatch]:
    """Batches in order of time. What shares the first column of the key (a KANO respondent's rows) stays together."""
    random = np.random.default_rng(1)
    noise = pa.array(random.choice(NOISE, 4 * datasets.ROW_GROUP))
    key, times = sample[contract.key[0]].to_numpy(), sample[contract.time].cast(pa.int64()).to_numpy()
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    sizes = np.diff(np.r_[first, len(key)])
    months = sample[contract.time].to_numpy()[first].astype("datetime64[M]")
    made = 0
    for month in np.unique(months):
        own = np.flatnonzero(months == month)
        drawn = random.choice(own, round(len(own) * factor))
        low, high = (np.datetime64(m, "us").astype(np.int64) for m in (month, month + 1))
        shift = random.choice(SHIFTS, len(drawn)) + random.integers(-JITTER, JITTER, len(drawn))
        then = times[first[drawn]] + shift
        then = np.where((then < low) | (then >= high), times[first[drawn]], then) // 1_000_000 * 1_000_000
        order = np.argsort(then, kind="stable")
        for at in range(0, len(order), datasets.ROW_GROUP):
            some = order[at : at + datasets.ROW_GROUP]
            units, size = drawn[some], sizes[drawn[some]]
            rows = np.repeat(first[units], size) + np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
            later = np.repeat(then[some] - times[first[units]], size)
            ids = np.repeat(np.arange(made, made + len(some)), size)
            made += len(some)
            copies = random.integers(0, max(round(factor), 1), len(rows))
            yield _batch(sample.take(pa.array(rows)), contract, ids, later, copies, noise, random)


def _batch(rows: pa.Table, contract, ids, later, copies, noise, random) -> pa.RecordBatch:
    later, columns = pa.array(later, pa.duration("us")), {}
    for name in rows.column_names:
        column = rows[name].combine_chunks()
        if name == contract.key[0]:
            column = pa.array(ids, column.type)
        elif name == "customer":  # a copy of a customer answers as often as the one it was made from
            column = pc.binary_join_element_wise(column, pa.array(copies).cast(pa.string()), "-")
        elif pa.types.is_timestamp(column.type):
            column = pc.add(column, later).cast(column.type)
        elif name.startswith(REDRAWN) and pa.types.is_int8(column.type):
            ends = pc.min_max(column).as_py()
            if ends["min"] is not None:
                at = random.integers(0, len(noise) - len(column))
                moved = pc.add(column, noise.slice(at, len(column)))
                moved = pc.max_element_wise(moved, pa.scalar(ends["min"], pa.int8()), skip_nulls=False)
                column = pc.min_element_wise(moved, pa.scalar(ends["max"], pa.int8()), skip_nulls=False)
        columns[name] = column
    return pa.RecordBatch.from_pydict(columns, rows.schema)
