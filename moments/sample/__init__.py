"""The synthetic demonstration bank, drawn from one seed: the same seed gives the same bytes.

Nothing here is measured. The size of every effect is a number in this package, chosen so that the planted stories can
be found with the methods of this project and with nothing less; `STORIES` names them for tests, and
data/sample/STORIES.md tells them to a trainer. Every word comes from data/sample/vocabulary.toml.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from moments import contracts, datasets
from moments.sample import answers, bank, complaints, reference, responses, visits
from moments.sample.draw import FIRST, LAST, vocabulary
from moments.sample.stories import STORIES

__all__ = ["SEED", "STORIES", "Sample", "fingerprint", "generate", "main"]

SEED = 20251231


@dataclass(frozen=True)
class Sample:
    """A whole dataset, ready to be written."""

    tables: dict[str, pa.Table]
    meta: dict[str, Any]
    codebook: dict[str, Any]


def generate(seed: int = SEED, size: float = 1.0) -> Sample:
    """Draw the whole dataset. `size` scales the number of rows; effects stay as they are."""
    rng = [np.random.default_rng([seed, table]) for table in range(8)]  # a table can change without moving the others
    branches = bank.make(rng[0])
    tickets = visits.draw(rng[1], branches, size)
    given = answers.draw(rng[2], branches, tickets, size)
    tables = {
        "branches": bank.table(rng[0], branches),
        "responses": responses.table(rng[3], branches, given),
        "kano": responses.kano(rng[4], branches, given, size),
        "visits": visits.table(branches, tickets),
        "complaints": complaints.table(rng[5], branches, size),
        "gap_audit": reference.gap_audit(rng[6], branches, given),
        "actions": reference.actions(rng[7], branches),
        "events": reference.events(),
    }
    meta = {
        "title": vocabulary()["title"], "synthetic": True, "timezone": "Asia/Shanghai", "threshold": 5,
        "written_at": f"{LAST.isoformat()}T23:59:59+08:00",  # fixed, or no two runs would give the same bytes
        "data_from": FIRST.isoformat(), "data_to": LAST.isoformat(), "sources": [],
    }
    return Sample(tables, meta, reference.codebook())


def main(arguments: Sequence[str] = ()) -> int:
    """Write the sample as a snapshot named after its content; print what was written. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m moments sample")
    parser.add_argument("--into", default="sample", metavar="DATASET")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--size", type=float, default=1.0)
    asked = parser.parse_args(arguments)
    sample = generate(asked.seed, asked.size)
    problems = [p for table, rows in sample.tables.items() for p in contracts.check(table, rows, sample.codebook)]
    if problems:
        raise AssertionError(problems)
    name = f"synthetic_{fingerprint(sample)}"
    if name in [known.name for known in datasets.snapshots(asked.into)]:
        snapshot = datasets.use(datasets.Snapshot(asked.into, name))
    else:
        snapshot = datasets.write(asked.into, name, sample.tables, sample.meta, sample.codebook)
    size = sum(file.stat().st_size for file in snapshot.path.iterdir())
    rows = [f"  {table:<12}{described['rows']:>9,}\n" for table, described in snapshot.tables.items()]
    sys.stdout.writelines([f"{snapshot.path}  {size / 1e6:.1f} MB\n", *rows])
    return 0


def fingerprint(sample: Sample) -> str:
    """Eight hexadecimal digits of the content: equal samples have equal names."""
    digest = hashlib.sha256(repr((sample.meta, sample.codebook)).encode())
    for name, table in sample.tables.items():
        digest.update(name.encode())
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table.combine_chunks())
        digest.update(sink.getvalue())
    return digest.hexdigest()[:8]
