"""Rows of a foreign file as text, read by a process of its own that can do no harm.

A crafted or broken file may crash a parser or eat all memory. So `rows` starts this file as a script with limited
memory, processor time and no right to write files, and takes what it sends: an Arrow stream of batches with the
columns `_row` (1 is the first row under the header), `_cells` (how many cells the row has, where that is not what the
header promised) and one column of text for each column asked for, in that order, named c0, c1, ...

Every cell is text, whatever the file holds: numbers and moments get their meaning from the recipe, not from a guess.
The script imports nothing of this project. Limits are those of the system: on Windows there are none.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

MEMORY = 4 << 30  # bytes of address space
SECONDS = 1800  # of processor time for one file
ROWS = 50_000  # in one batch
LONGEST = 1_000_000  # characters in one cell; longer means a quote that was never closed


class ReadError(Exception):
    """Why a file cannot be read: a code and values.

    Codes: encoding(file, encoding, line), open_quote(file, line), bad_quote(file, line), unreadable(file, format),
    no_sheet(file, sheet, found), missing_columns(file, columns, found), repeated_columns(file, columns), empty(file),
    nested(file, column), too_large(file), stopped(file).
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Source:
    """How a file is written."""

    format: str  # csv, parquet or excel
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    sheet: str = ""  # the first one
    skip: int = 0  # lines above the header


def rows(path: Path, source: Source, columns: list[str], memory: int = MEMORY) -> Iterator[pa.RecordBatch]:
    """Batches of a file, read in a process of its own. Raises ReadError; a file without a single row raises empty."""
    order = {"path": str(path), "columns": columns, "memory": memory, **source.__dict__}
    reader = subprocess.Popen(
        [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        reader.stdin.write(json.dumps(order).encode())
        reader.stdin.close()
        with suppress(pa.ArrowInvalid, OSError):  # a stream that ends early; the reason follows on the other channel
            with pa.ipc.open_stream(reader.stdout) as stream:
                yield from stream
        said = reader.stderr.read().decode("utf-8", "replace")
        if reader.wait() != 0:
            raise _reason(said, path.name)
    finally:
        reader.kill()
        reader.wait()
        reader.stdout.close()
        reader.stderr.close()


def _reason(said: str, file: str) -> ReadError:
    with suppress(ValueError, KeyError, IndexError, TypeError):
        told = json.loads(said.strip().splitlines()[-1])
        return ReadError(told["code"], **told["values"])
    return ReadError("stopped", file=file)


# --- what runs in the other process ---------------------------------------------------------------------------


class _WithoutPandas:
    """Pyarrow loads pandas to look for its objects, where it can; that takes longer than reading most files."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _main() -> int:
    sys.meta_path.insert(0, _WithoutPandas)
    order = json.load(sys.stdin)
    path, columns = Path(order["path"]), order["columns"]
    source = Source(**{key: order[key] for key in Source.__dataclass_fields__})
    schema = pa.schema(
        [("_row", pa.int64()), ("_cells", pa.int32()), *((f"c{i}", pa.string()) for i in range(len(columns)))]
    )
    reader = {"csv": _csv, "parquet": _parquet, "excel": _excel}[source.format]
    if source.format == "parquet":
        import pyarrow.parquet  # noqa: F401 - loaded before memory is limited
    _limit(order["memory"])
    count = 0
    try:
        with pa.ipc.new_stream(sys.stdout.buffer, schema) as out:
            for arrays in reader(path, source, columns):
                batch = pa.record_batch(arrays, schema=schema)
                count += batch.num_rows
                out.write_batch(batch)
        if not count:
            raise ReadError("empty", file=path.name)
    except ReadError as problem:
        return _tell(problem.code, problem.values)
    except BrokenPipeError:
        return 1
    except (MemoryError, pa.ArrowMemoryError):
        return _tell("too_large", {"file": path.name})
    except (OSError, EOFError, ValueError, zlib.error, pa.ArrowException):
        return _tell("unreadable", {"file": path.name, "format": source.format})
    return 0


def _tell(code: str, values: dict[str, Any]) -> int:
    print(json.dumps({"code": code, "values": values}), file=sys.stderr)  # noqa: T201 - the channel to the parent
    return 3


def _limit(memory: int) -> None:
    with suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(ValueError, OSError):  # a system that allows less already
                resource.setrlimit(what, (most, most))


def _places(header: list[str], columns: list[str], file: str) -> list[int]:
    """Where the columns asked for stand in the header."""
    missing = [c for c in columns if c not in header]
    if missing:
        raise ReadError("missing_columns", file=file, columns=missing, found=[h for h in header if h])
    repeated = [c for c in columns if header.count(c) > 1]
    if repeated:
        raise ReadError("repeated_columns", file=file, columns=repeated)
    return [header.index(c) for c in columns]


def _csv(path: Path, source: Source, columns: list[str]) -> Iterator[list[pa.Array]]:
    csv.field_size_limit(LONGEST)
    encoding = "utf-8-sig" if source.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else source.encoding
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        plain = gzip.GzipFile(fileobj=raw) if zipped else raw
        lines = io.TextIOWrapper(plain, encoding, newline="")
        quoting = csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE
        table = csv.reader(
            lines, delimiter=source.delimiter, quotechar=source.quote or None, quoting=quoting, strict=True
        )
        try:
            for _ in range(source.skip):
                next(table, None)
            header = [name.strip() for name in next(table, [])]
            if not any(header):
                raise ReadError("empty", file=path.name)
            places, width = _places(header, columns, path.name), len(header)
            for numbers, cells, wrong in _batched(table, width):
                taken = list(zip(*cells, strict=True))
                yield _arrays(numbers, wrong, [taken[p] for p in places])
        except UnicodeDecodeError as error:
            line = table.line_num + error.object[: error.start].count(b"\n") + 1  # lines read, and those of this block
            raise ReadError("encoding", file=path.name, encoding=source.encoding, line=line) from error
        except csv.Error as error:
            # strict: a stray or open quote would let many rows vanish into one cell
            is_open = any(sign in str(error) for sign in ("unexpected end", "field larger"))
            code = "open_quote" if is_open else "bad_quote"
            raise ReadError(code, file=path.name, line=table.line_num) from error


def _batched(table: Iterator[list[str]], width: int) -> Iterator[tuple[list[int], list[list[str]], list[int | None]]]:
    """Row numbers, rows of `width` cells, and the number of cells where a row had another. Empty lines are no rows."""
    nothing = [""] * width
    numbers: list[int] = []
    cells: list[list[str]] = []
    wrong: list[int | None] = []
    for number, row in enumerate(table, 1):
        if not row:
            continue
        fits = len(row) == width
        numbers.append(number)
        cells.append(row if fits else nothing)
        wrong.append(None if fits else len(row))
        if len(numbers) == ROWS:
            yield numbers, cells, wrong
            numbers, cells, wrong = [], [], []
    if numbers:
        yield numbers, cells, wrong


def _arrays(numbers: list[int], wrong: list[int | None], columns: list[Any]) -> list[pa.Array]:
    return [pa.array(numbers, pa.int64()), pa.array(wrong, pa.int32()), *(pa.array(c, pa.string()) for c in columns)]


def _parquet(path: Path, source: Source, columns: list[str]) -> Iterator[list[pa.Array]]:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    _places(names, columns, path.name)
    for column in columns:
        kind = file.schema_arrow.field(column).type
        if pa.types.is_nested(kind):
            raise ReadError("nested", file=path.name, column=column)
    row = 1
    for batch in file.iter_batches(ROWS, columns=columns):
        taken = []
        for column in columns:
            cells = batch.column(batch.schema.get_field_index(column))
            if pa.types.is_dictionary(cells.type):
                cells = cells.dictionary_decode()
            text = pc.cast(cells, pa.string())
            if pa.types.is_timestamp(cells.type):
                text = pc.replace_substring_regex(text, r" 00:00:00(\.0+)?$", "")  # a day is told as a day
            taken.append(text)
        count = batch.num_rows
        yield [pa.array(range(row, row + count), pa.int64()), pa.nulls(count, pa.int32()), *taken]
        row += count


def _excel(path: Path, source: Source, columns: list[str]) -> Iterator[list[pa.Array]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        if source.sheet and source.sheet not in book.sheet_names:
            raise ReadError("no_sheet", file=path.name, sheet=source.sheet, found=book.sheet_names)
        sheet = book.get_sheet_by_name(source.sheet or book.sheet_names[0])
        table = sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise ReadError("unreadable", file=path.name, format="excel") from error
    table = table[source.skip :]
    header = [_excel_text(cell).strip() for cell in table[0]] if table else []
    if not any(header):
        raise ReadError("empty", file=path.name)
    places = _places(header, columns, path.name)
    for start in range(1, len(table), ROWS):
        numbered = [(n, row) for n, row in enumerate(table[start : start + ROWS], start) if any(c != "" for c in row)]
        if numbered:
            taken = [[_excel_text(row[p]) for _, row in numbered] for p in places]
            yield _arrays([n for n, _ in numbered], [None] * len(numbered), taken)


def _excel_text(cell: Any) -> str:
    """A cell as a person reads it: 7 and not 7.0, days and moments in ISO form."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, bool):
        return str(cell).lower()
    return re.sub(r"_x000D_", "", str(cell))


if __name__ == "__main__":
    sys.exit(_main())
