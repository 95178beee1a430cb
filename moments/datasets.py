"""Which datasets exist, which snapshot of each is current, and how a new one comes to be.

A dataset is a folder of immutable snapshots; its file CURRENT names the one to read:

    data/<dataset>/CURRENT                one line, the name of a snapshot
    data/<dataset>/<snapshot>/*.parquet   one file per table, and snapshot.json, codebook.json, rejected.parquet
    data/<dataset>/<snapshot>/accelerator*  the same rows for faster reading, made anew when missing

A reader that holds a Snapshot may go on reading it whatever a writer does. A writer builds a snapshot beside the
others and makes it visible with two renames, so that a kill at any moment leaves the old one or the new one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from moments import contracts

FORMAT = 1
ROW_GROUP = 122_880  # what DuckDB scans in one piece
WRITERS = 2  # tables written at once: one writer keeps one core busy, and holds a sorted copy of its table
STALE = 24 * 3600  # seconds after which the leftovers of a killed writer are swept away

_DATASET = re.compile(r"[a-z0-9_]+")
_SNAPSHOT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")  # no dot: it can neither be hidden nor lead out of the folder


class DatasetError(Exception):
    """What is wrong with a dataset, as a code and values; the words are in the text files.

    Codes: bad_name(name), unknown(dataset), no_current(dataset), no_snapshot(dataset, snapshot),
    unreadable(dataset, snapshot, file), newer_format(dataset, snapshot, format), exists(dataset, snapshot),
    no_tables(dataset), no_columns(table) (an empty stream does not say which columns it would have had).
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return f"{self.code} " + " ".join(f"{key}={value!r}" for key, value in self.values.items())


@dataclass(frozen=True)
class Snapshot:
    """One immutable state of one dataset. Cheap to make and to hash; reads its files when first asked."""

    dataset: str
    name: str

    def __reduce__(self):
        return Snapshot, (self.dataset, self.name)  # another process reads the files itself

    @property
    def path(self) -> Path:
        """The folder with the Parquet files."""
        return _folder(self.dataset) / _valid(self.name, _SNAPSHOT)

    @cached_property
    def meta(self) -> dict[str, Any]:
        """snapshot.json: title, synthetic, timezone, threshold, data_from, data_to, tables, sources."""
        meta = self._json("snapshot.json")
        if meta.get("format", FORMAT) > FORMAT:
            raise DatasetError("newer_format", dataset=self.dataset, snapshot=self.name, format=meta["format"])
        return meta

    @cached_property
    def codebook(self) -> dict[str, Any]:
        """codebook.json: scales, dimensions, items and codes with their labels in both languages."""
        return self._json("codebook.json")

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """Per table {"rows": int, "rejected": int, "columns": {name: SQL type}}."""
        return self.meta["tables"]

    @property
    def threshold(self) -> int:
        """Groups with fewer answers than this are not shown."""
        return int(self.meta.get("threshold", 5))

    def columns(self, table: str) -> dict[str, str]:
        """{column: SQL type} of a table; empty for a table that this snapshot does not have."""
        return self.tables.get(table, {}).get("columns", {})

    def file(self, table: str) -> Path:
        """The Parquet file of a table. Raises KeyError for a table that this snapshot does not have."""
        self.tables[table]
        return self.path / f"{table}.parquet"

    def _json(self, file: str) -> dict[str, Any]:
        try:
            content = json.loads((self.path / file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DatasetError("unreadable", dataset=self.dataset, snapshot=self.name, file=file) from error
        if not isinstance(content, dict):
            raise DatasetError("unreadable", dataset=self.dataset, snapshot=self.name, file=file)
        return content


def root() -> Path:
    """The folder of all datasets: $MOMENTS_DATA, or `data` beside this package."""
    return _root(os.environ.get("MOMENTS_DATA", ""))


@cache
def _root(said: str) -> Path:
    return Path(said) if said else Path(__file__).parents[1] / "data"


def names() -> list[str]:
    """The datasets that have been written, in alphabetical order. Being listed does not mean being readable."""
    if not root().is_dir():
        return []
    return sorted(p.parent.name for p in root().glob("*/CURRENT") if _DATASET.fullmatch(p.parent.name))


def current(dataset: str) -> Snapshot:
    """The snapshot that CURRENT names.

    Raises DatasetError: bad_name, unknown (no such folder), no_current (nothing was ever finished here),
    no_snapshot (CURRENT names one that is not there).
    """
    folder = _folder(dataset)
    if not folder.is_dir():
        raise DatasetError("unknown", dataset=dataset)
    try:
        name = (folder / "CURRENT").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        name = ""
    if not name:
        raise DatasetError("no_current", dataset=dataset)
    if not _SNAPSHOT.fullmatch(name) or not (folder / name / "snapshot.json").is_file():
        raise DatasetError("no_snapshot", dataset=dataset, snapshot=name)
    return Snapshot(dataset, name)


def pinned(dataset: str) -> Snapshot:
    """The snapshot that this reader's session started with; a newer one is told of, never slipped in. See `renew`."""
    import streamlit as st

    pins = st.session_state.setdefault("pins", {})
    if dataset not in pins:
        pins[dataset] = current(dataset)
    return pins[dataset]


def renew(dataset: str) -> None:
    """Let this reader's session move on to the current snapshot."""
    import streamlit as st

    st.session_state.setdefault("pins", {}).pop(dataset, None)


def snapshots(dataset: str) -> list[Snapshot]:
    """Every finished snapshot of a dataset, by name."""
    return [Snapshot(dataset, p.parent.name) for p in sorted(_folder(dataset).glob("*/snapshot.json"))
            if _SNAPSHOT.fullmatch(p.parent.name)]


def use(snapshot: Snapshot) -> Snapshot:
    """Make a finished snapshot the current one. Readers see the old name or the new one, nothing between."""
    if not (snapshot.path / "snapshot.json").is_file():
        raise DatasetError("no_snapshot", dataset=snapshot.dataset, snapshot=snapshot.name)
    folder = _folder(snapshot.dataset)
    draft = folder / f".CURRENT.{os.getpid()}"
    _write(draft, (snapshot.name + "\n").encode())
    os.replace(draft, folder / "CURRENT")
    _sync(folder)
    return snapshot


def write(
    dataset: str,
    name: str,
    tables: Mapping[str, pa.Table | Iterable[pa.RecordBatch]],
    meta: Mapping[str, Any],
    codebook: Mapping[str, Any],
    rejected: pa.Table | None = None,
) -> Snapshot:
    """Write a new snapshot and make it the current one.

    A pyarrow Table is sorted by its contract's time column, then branch, so that a filter on time skips row groups.
    A stream of record batches is written as it comes: it must be sorted already.

    `meta` needs title, synthetic, timezone, threshold and sources; `meta["tables"][t]["rejected"]` is kept. Added
    here: format, dataset, snapshot, rows and columns of each table, and, unless given, written_at (UTC) and
    data_from, data_to (first and last day in the time columns of the fact tables).

    Raises DatasetError: bad_name, no_tables, exists (a snapshot is never changed: choose another name).
    """
    from concurrent.futures import ThreadPoolExecutor

    from moments import accelerator  # here: the engine takes a while to import, and readers of names need none

    folder = _folder(dataset)
    final = folder / _valid(name, _SNAPSHOT)
    if not tables:
        raise DatasetError("no_tables", dataset=dataset)
    for table in tables:
        _valid(table, _DATASET)
    if final.exists():
        raise DatasetError("exists", dataset=dataset, snapshot=name)
    folder.mkdir(parents=True, exist_ok=True)
    _sync(folder.parent)
    _sweep(folder)
    draft = folder / f".{name}.{os.getpid()}"
    draft.mkdir()
    try:
        described, days = {}, []
        with ThreadPoolExecutor(WRITERS) as pool:
            files = [draft / f"{table}.parquet" for table in tables]
            written = list(pool.map(_write_table, files, tables, tables.values()))
        for table, (count, columns, span) in zip(tables, written, strict=True):
            refused = int(meta.get("tables", {}).get(table, {}).get("rejected", 0))
            described[table] = {"rows": count, "rejected": refused, "columns": columns}
            days += span
        if rejected is not None:
            _write_table(draft / "rejected.parquet", "rejected", rejected)
        full = {
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "data_from": min(days, default=None),
            "data_to": max(days, default=None),
            **meta,
            "format": FORMAT, "dataset": dataset, "snapshot": name, "tables": described,
        }
        _write(draft / "codebook.json", _as_json(codebook))
        _write(draft / "snapshot.json", _as_json(full))
        accelerator.ensure(draft)
        _sync(draft)
        try:
            os.rename(draft, final)
        except OSError as error:
            if not final.exists():
                raise
            raise DatasetError("exists", dataset=dataset, snapshot=name) from error  # finished by somebody meanwhile
        _sync(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return use(Snapshot(dataset, name))


def _folder(dataset: str) -> Path:
    return root() / _valid(dataset, _DATASET)


def _valid(name: str, pattern: re.Pattern[str]) -> str:
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise DatasetError("bad_name", name=name)
    return name


def _write_table(
    path: Path, table: str, rows: pa.Table | Iterable[pa.RecordBatch]
) -> tuple[int, dict[str, str], list[str]]:
    """Write one Parquet file; return its rows, its columns with SQL types, and its first and last day (ISO)."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    contract = _contract(table)
    time_column = contract.time if contract else None
    if isinstance(rows, pa.Table):
        keys = [(key, "ascending") for key in (time_column, "branch") if key in rows.column_names]
        rows = rows.sort_by(keys) if keys else rows
        schema, batches = rows.schema, rows.to_batches(ROW_GROUP)
    elif isinstance(rows, pa.RecordBatchReader):
        schema, batches = rows.schema, rows
    else:
        batches = iter(rows)
        first = next(batches, None)
        if first is None:
            raise DatasetError("no_columns", table=table)
        schema, batches = first.schema, _chain(first, batches)

    dated = contract is not None and contract.kind == "fact" and time_column in schema.names
    count, days = 0, []
    with open(path, "wb") as file:
        with pq.ParquetWriter(file, schema, compression="zstd", **_encodings(schema)) as writer:
            pending = schema.empty_table()
            for batch in batches:
                if dated and batch.num_rows:
                    bounds = pc.min_max(batch.column(schema.get_field_index(time_column))).as_py()
                    days += [day.isoformat()[:10] for day in bounds.values() if day is not None]
                    days = [min(days), max(days)] if days else days
                count += batch.num_rows
                # small batches are gathered, or every one would be a row group of its own
                pending = pa.concat_tables([pending, pa.Table.from_batches([batch])])
                while pending.num_rows >= ROW_GROUP:
                    writer.write_table(pending.slice(0, ROW_GROUP))
                    pending = pending.slice(ROW_GROUP)
            if pending.num_rows or not count:
                writer.write_table(pending)
        file.flush()
        os.fsync(file.fileno())
    return count, {field.name: sql_type(field.type) for field in schema}, days


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """Ids and times as differences from the row before, all else by dictionary: smaller files, written sooner."""
    import pyarrow.types as t

    counted, others = [], []
    for field in schema:
        if t.is_int64(field.type) or t.is_timestamp(field.type):
            counted.append(field.name)
        else:
            inside = ".list.element" if t.is_list(field.type) or t.is_large_list(field.type) else ""
            others.append(field.name + inside)
    return {"use_dictionary": others, "column_encoding": dict.fromkeys(counted, "DELTA_BINARY_PACKED")}


def _chain(first: pa.RecordBatch, rest: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
    yield first
    yield from rest


def _contract(table: str) -> contracts.Contract | None:
    from moments import contracts  # here, because contracts needs sql_type

    return contracts.load(table) if table in contracts.names() else None


def sql_type(arrow: pa.DataType) -> str:
    """The SQL name of an Arrow type as DuckDB would read it from Parquet: TINYINT, VARCHAR, VARCHAR[], TIMESTAMP ..."""
    import pyarrow.types as t

    if t.is_dictionary(arrow):
        return sql_type(arrow.value_type)
    if t.is_list(arrow) or t.is_large_list(arrow):
        return sql_type(arrow.value_type) + "[]"
    if t.is_timestamp(arrow):
        return "TIMESTAMP WITH TIME ZONE" if arrow.tz else "TIMESTAMP"
    if t.is_string(arrow) or t.is_large_string(arrow):
        return "VARCHAR"
    return {"int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "uint8": "UTINYINT",
            "float": "FLOAT", "double": "DOUBLE", "bool": "BOOLEAN", "date32[day]": "DATE"}.get(str(arrow), str(arrow))


def _as_json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make renames inside a folder survive a power cut, where the system lets folders be opened (not Windows)."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what writers that were killed long ago left behind; a living writer's draft is younger."""
    for left in folder.glob(".*"):
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
