"""The whole way of an import: a recipe and files in, a new snapshot and a report out, or a reason and no change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from moments import contracts, datasets, text
from moments.imports import ImportProblem, convert, read, say
from moments.imports.recipe import Recipe, Table, allowed, load

EXAMPLES = 3  # refused cells shown for each file, column and rule
WORTH_A_WARNING = 0.05  # share of refused rows from which a wrong recipe is more likely than wrong data

Progress = Callable[[str, int], None]  # name of the file, rows read of it so far


@dataclass(frozen=True)
class Counts:
    """What became of the rows of one file on their way into one table: read = written + left_out + rejected."""

    file: str
    sha256: str
    table: str
    rows: int
    left_out: int
    rejected: int

    @property
    def written(self) -> int:
        return self.rows - self.left_out - self.rejected


@dataclass(frozen=True)
class Report:
    """A finished import."""

    snapshot: datasets.Snapshot
    counts: tuple[Counts, ...]
    rejected: pa.Table  # one row for each refused cell, see convert.REJECTED

    def lines(self) -> list[str]:
        """What was done and what was refused, in the reader's language."""
        said = [say("done", dataset=self.snapshot.dataset, snapshot=self.snapshot.name)]
        said += [
            say("counts", file=c.file, table=c.table, rows=c.rows, written=c.written, left=c.left_out, bad=c.rejected)
            for c in self.counts
        ]
        if self.rejected.num_rows:
            said.append(say("refused_head", count=self.rejected.num_rows))
            said += [say(code, **values) for code, values in refusals(self.rejected)]
            said.append(say("refused_where", path=self.snapshot.path / "rejected.parquet"))
        said += [
            say("many_refused", file=c.file, share=c.rejected / c.rows)
            for c in self.counts
            if c.rejected > WORTH_A_WARNING * c.rows
        ]
        return said


def refusals(rejected: pa.Table) -> list[tuple[str, dict[str, Any]]]:
    """The first refused cells of each file, column and rule, and how many more there are, as `(code, values)`."""
    told: list[tuple[str, dict[str, Any]]] = []
    frame = rejected.to_pandas().drop_duplicates(["table", "file", "row", "column", "value", "rule"])
    for _, cells in frame.groupby(["file", "column", "rule", "expected"], sort=False):
        for cell in cells.head(EXAMPLES).to_dict("records"):
            values = {key: cell[key] for key in ("file", "row", "expected")}
            values["column"] = cell["column"] or cell["target"]
            values["value"] = "" if pd.isna(cell["value"]) else cell["value"]
            told.append((f"rule_{cell['rule']}", values))
        if len(cells) > EXAMPLES:
            values = {"file": values["file"], "column": values["column"], "count": len(cells) - EXAMPLES}
            told.append(("and_more", values))
    return told


def run(recipe_file: Path, files: list[Path], into: str | None = None, progress: Progress | None = None) -> Report:
    """Import `files` by a recipe as a new snapshot of the dataset it names, or of `into`.

    Raises ImportProblem and changes nothing if the recipe has a fault, a file cannot be read or lacks a column, or
    not one row of a table is sound; DatasetError if the snapshot cannot be written.
    """
    recipe = load(recipe_file)
    if into is not None and not allowed(into):
        raise ImportProblem(("bad_into", {"name": into}))
    chosen = _files(recipe, files)
    tables, counts, refused, problems = {}, [], [], []
    for name, table in recipe.tables.items():
        try:
            tables[name], some, bad = _table(recipe, table, chosen[name], progress or (lambda *_: None))
        except ImportProblem as found:
            problems += found.problems
            continue
        counts += some
        refused += bad
    if problems:
        raise ImportProblem(*problems)
    rejected = pa.concat_tables([convert.REJECTED.empty_table(), *refused])
    empty = [name for name, rows in tables.items() if not rows.num_rows]
    if empty:
        raise ImportProblem(*(("nothing_sound", {"table": name}) for name in empty), *refusals(rejected))
    if "branches" not in tables:
        tables |= _branches(tables, recipe.codebook["codes"].get("branch", {}))
    meta = _meta(recipe, counts)
    snapshot = datasets.write(into or recipe.dataset, _name(), tables, meta, recipe.codebook, rejected)
    return Report(snapshot, tuple(counts), rejected)


def _branches(tables: Mapping[str, pa.Table], names: Mapping[str, Mapping[str, str]]) -> dict[str, pa.Table]:
    """A table of the branches that occur, with their names and regions, where the recipe or the rows tell any."""
    seen = [pd.DataFrame({"branch": list(names)})]
    for rows in tables.values():
        have = [c for c in ("branch", "region") if c in rows.column_names]
        if "branch" in have:
            seen.append(rows.select(have).group_by(have).aggregate([]).to_pandas())
    frame = pd.concat(seen).dropna(subset="branch")
    if not names and "region" not in frame:
        return {}
    codes = sorted(set(frame["branch"]))
    columns = {"branch": codes}
    for language in text.LANGUAGES:
        columns[f"branch_{language}"] = [names.get(code, {}).get(language) for code in codes]
    if "region" in frame:
        columns["region"] = frame.groupby("branch")["region"].first().reindex(codes)
    return {"branches": pa.table({n: pa.array(cells, pa.string(), from_pandas=True) for n, cells in columns.items()})}


def _name() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S-%f}"


def _meta(recipe: Recipe, counts: list[Counts]) -> dict[str, Any]:
    tables = {
        name: {"rejected": sum(c.rejected for c in of_table)}
        for name, of_table in ((t, list(g)) for t, g in groupby(counts, key=lambda c: c.table))
    }
    period = {"data_from": recipe.period[0], "data_to": recipe.period[1]} if recipe.period else {}
    return {
        "title": dict(recipe.title),
        **({"about": dict(recipe.about)} if recipe.about else {}),
        "synthetic": recipe.synthetic,
        "timezone": recipe.timezone,
        "threshold": recipe.threshold,
        **period,
        "tables": tables,
        "sources": [{**c.__dict__} for c in counts],
    }


def _files(recipe: Recipe, files: list[Path]) -> dict[str, list[Path]]:
    """Which files each table takes, by name. Every file must be there and be taken, every table must take one."""
    problems = [("no_file", {"file": str(f)}) for f in files if not f.is_file()]
    problems += [("empty", {"file": f.name}) for f in files if f.is_file() and not f.stat().st_size]
    seen = [f.name for f in files]
    problems += [("same_name", {"file": name}) for name in sorted({n for n in seen if seen.count(n) > 1})]
    chosen = {
        name: [f for f in files if any(fnmatch(f.name, pattern) for pattern in table.files)]
        for name, table in recipe.tables.items()
    }
    for name, table in recipe.tables.items():
        if not chosen[name]:
            problems.append(("table_without_file", {"table": name, "patterns": table.files}))
    taken = {f for some in chosen.values() for f in some}
    problems += [("file_without_table", {"file": f.name}) for f in files if f not in taken]
    if problems:
        raise ImportProblem(*problems)
    return chosen


def _table(
    recipe: Recipe, table: Table, files: list[Path], progress: Progress
) -> tuple[pa.Table, list[Counts], list[pa.Table]]:
    parts, refused, counts, problems, first_row = [], [], [], [], 0
    for file in files:
        rows = left_out = bad = last = 0
        try:
            for done, last in _batches(recipe, table, file, first_row):
                parts.append(done.rows)
                refused += done.rejected
                rows, left_out, bad = rows + done.read, left_out + done.left_out, bad + done.refused
                progress(file.name, last)
        except read.ReadError as error:
            problems.append((error.code, error.values))
            continue
        first_row += last
        counts.append(Counts(file.name, _sha256(file), table.contract.table, rows, left_out, bad))
    if problems:
        raise ImportProblem(*problems)
    whole, double = _without_doubles(pa.concat_tables(parts), table, recipe)
    if double.num_rows:
        refused.append(double)
        per_file = pd.Series(double.column("file").to_pylist()).value_counts()
        counts = [Counts(**{**c.__dict__, "rejected": c.rejected + int(per_file.get(c.file, 0))}) for c in counts]
    return _checked(whole, table, recipe), counts, refused


def _batches(recipe: Recipe, table: Table, file: Path, first_row: int) -> Iterator[tuple[convert.Converted, int]]:
    """Converted batches of a file, each with the number of its last row."""
    for cells in read.rows(file, table.source, table.source_columns):
        yield convert.batch(cells, table, recipe, file.name, first_row), cells.column(0)[-1].as_py()


def _without_doubles(rows: pa.Table, table: Table, recipe: Recipe) -> tuple[pa.Table, pa.Table]:
    """The first row of every key, and a report of the others."""
    key = list(table.contract.key)
    if not set(key) <= set(rows.column_names):
        return rows.drop_columns(["__file", "__row"]), convert.REJECTED.empty_table()
    again = pa.array(rows.select(key).to_pandas().duplicated(keep="first").to_numpy())
    double = rows.filter(again)
    count = double.num_rows
    columns = {c.target: " + ".join(c.sources) for c in table.variants[0]}
    value = pc.binary_join_element_wise(*(double.column(k).cast(pa.string()) for k in key), " + ")
    named = " + ".join(columns.get(k) or k for k in key)
    report = pa.table(
        [
            pa.repeat(pa.scalar(table.contract.table), count), double.column("__file"), double.column("__row"),
            pa.repeat(pa.scalar(named), count), pa.repeat(pa.scalar(" + ".join(key)), count), value,
            pa.repeat(pa.scalar("double"), count), pa.repeat(pa.scalar(""), count),
        ],
        schema=convert.REJECTED,
    )  # fmt: skip
    return rows.filter(pc.invert(again)).drop_columns(["__file", "__row"]).combine_chunks(), report


def _checked(rows: pa.Table, table: Table, recipe: Recipe) -> pa.Table:
    """Hold the finished table against its contract: what slips past the rules above must not reach a page."""
    allowed = {c.target for v in table.variants for c in v if c.may_be_early}
    found = [
        p
        for p in contracts.check(table.contract.table, rows, recipe.codebook)
        if not (p.code == "too_early" and p.values["column"] in allowed)
    ]
    if found:
        raise ImportProblem(*(("contract", {"code": p.code, "found": str(dict(p.values))}) for p in found))
    return rows


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
