"""Writing a snapshot beside reading and writing its Parquet files alone: `python -m bench.build copy|write DATASET`.

A process of its own, so that the memory it needed is known. Prints {"seconds", "megabytes"}; leaves nothing behind.
"""

import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from moments import datasets


def copy(snapshot: datasets.Snapshot) -> float:
    """Seconds for each table's file read and written as it is."""
    with tempfile.TemporaryDirectory(dir=datasets.root()) as folder:
        begun = time.monotonic()
        for table in snapshot.tables:
            rows = _rows(snapshot, table)
            with pq.ParquetWriter(Path(folder) / table, rows.schema, compression="zstd") as writer:
                for batch in rows:
                    writer.write_batch(batch)
        return time.monotonic() - begun


def write(snapshot: datasets.Snapshot) -> float:
    """Seconds for the same rows written as a new snapshot, with all that belongs to one."""
    again = f"{snapshot.dataset}_again"
    tables = {table: _rows(snapshot, table) for table in snapshot.tables}
    try:
        begun = time.monotonic()
        datasets.write(again, "again", tables, snapshot.meta, snapshot.codebook)
        return time.monotonic() - begun
    finally:
        shutil.rmtree(datasets.root() / again, ignore_errors=True)


def _rows(snapshot: datasets.Snapshot, table: str):
    file = pq.ParquetFile(snapshot.file(table))
    return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(datasets.ROW_GROUP))


if __name__ == "__main__":
    seconds = {"copy": copy, "write": write}[sys.argv[1]](datasets.current(sys.argv[2]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak}))
