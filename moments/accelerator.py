"""A snapshot's fact tables once more, in the engine's own format beside the Parquet files: the same rows, read faster.

They have the columns that some query may name; one that names another is answered from the Parquet files. What a query
asks of each row and is dear to work out (`queries/rows.toml`) is a column besides.
What is asked only of customers who answered more than once (`queries/nps_flow.sql`) has tables of its own: those with
two answers, with three ... in one row each, their answers side by side in their order; the rows of those with many.
Beside each table are folds of it, where they are much smaller: rows added up by day or month, or by month, weekday and
hour, and a few keys, with the sums of everything that queries only ever add up (`queries/sums.toml`, and the answers
that a reader can reach). Beside a small one are its rows not added up, with what each adds to the sums over items: to
read and plan these takes longer.

    data/<dataset>/<snapshot>/accelerator.json          what it is and was made from; the last thing written
    data/<dataset>/<snapshot>/accelerator_<n>.duckdb    the tables

The Parquet files stay the truth: without an accelerator, or with one that no longer fits, everything is answered from
them. `moments/warehouse.py` alone chooses. Scanning a column of 10 million rows costs a tenth of what Parquet asks.
"""

import contextlib
import hashlib
import json
import logging
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from moments import contracts, queries

FORMAT = 9
FEWEST = 200_000  # rows of a table that is read as fast as a fold of it
WORTH = 8  # a fold is made if it has at most an eighth of the rows
MOST = 50_000_000  # and at most so many sums: they are in memory while they are added up, 16 bytes each
PLACES = ("region", "branch")
OTHERS = ("channel", "segment", "service")
# what times are cut to ("clock": the first day of the month with that weekday, at that hour, so that month, weekday and
# hour can be told from it), keys, and whether it has only the sums over whole answers, not those of single items;
# one with all keys first, because the others are added up from it
KEYS = (OTHERS, *((other,) for other in OTHERS), ())
DAYS = tuple(("day", (*PLACES, *keys), True) for keys in KEYS)
ALL_DAYS = (*DAYS[:-1], ("day", PLACES, False))  # of answers these would be as dear to make as all the others
FOLDS = {
    "responses": (
        *(("month", (*PLACES, "replicate", *keys), False) for keys in KEYS),
        *(("month", (*PLACES, "recommend", *keys), True) for keys in KEYS),
        *DAYS,
    ),
    "visits": (
        *(("clock", (*PLACES, "replicate", *keys), False) for keys in KEYS),
        *(("month", (*PLACES, "replicate", *keys), False) for keys in KEYS),
        *ALL_DAYS,
    ),
    "complaints": (*(("month", (*PLACES, *keys), False) for keys in KEYS), *ALL_DAYS),
}
AGAIN = {"responses": ("customer", "recommend")}  # who answers what more than once
FLOW = "nps_flow"  # the query that asks what came first and last
SIDE_BY_SIDE = range(2, 7)  # answers of a customer in one row; few customers give more
MEMORY = "3GB"  # for the one who builds; with less, the engine writes a wide table in one thread
DESCRIPTION = "accelerator.json"

log = logging.getLogger("moments")


def build(folder: Path) -> None:
    """Write the accelerator of the Parquet files in `folder`. Killed or failing, it leaves the folder as it was."""
    described = _origin(folder)
    made = folder / f"accelerator_{secrets.token_hex(4)}.duckdb"
    draft = made.with_suffix(".json")
    try:
        with _builder(folder) as engine:
            engine.execute(f"attach {_quoted(made)} as made")
            for table in described["tables"]:
                source = f"read_parquet({_quoted(folder / f'{table}.parquet')})"
                have = _columns(engine, source)
                named = queries.named(table, have)
                packs = {sql: f"packed_{name}" for name, sql in queries.packs(table, have).items()}
                listed = ", ".join([*named, *(f"{sql} as {column}" for sql, column in packs.items())])
                engine.execute(f"create table made.{table} as select {listed} from {source}")
                described["tables"][table] |= {"without": [column for column in have if column not in named]}
                described["tables"][table] |= {"packs": packs} | _again(engine, table, named)
                described["tables"][table] |= {"codes": _codes(engine, table)} | _fold(engine, table, named)
            engine.execute("detach made")
        draft.write_text(json.dumps(described | {"file": made.name}, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(draft, folder / DESCRIPTION)
    except BaseException:
        for half in (made, draft):
            half.unlink(missing_ok=True)
        raise
    _sweep(folder, made.name)


def ensure(folder: Path) -> None:
    """Build the accelerator of a snapshot's folder if it is missing or stale.

    A folder that cannot be written to, or a full disk, is no fault: the Parquet files answer then.
    """
    if not find(folder):
        try:
            build(folder)
        except (OSError, duckdb.Error) as error:
            log.warning("no accelerator for %s: %s", folder.name, error)


def find(folder: Path) -> dict[str, Any] | None:
    """What accelerator.json says, if it was made by this engine from these Parquet files for these queries; else None.

    {"file": its path, "tables": {table: {"bytes": of the Parquet, "without": columns that are only there,
    "again": columns of <table>_again if there is one, "beside": [n of <table>_again_<n>, ...],
    "codes": {dimension: [code, ...]},
    "packs": {SQL over one row: the column that has it},
    "sums": {SQL over one row: the column of folds that has its sum},
    "folds": [{"name", "grain": what its times are cut to, "keys", "columns": that hold sums, "rows"}, ...]}}}, those
    with the fewest rows first; or one of the grain "row", its times not cut
    """
    try:
        said = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        said["file"] = folder / said["file"]
        fits = said["made_by"] == _made_by() and said["file"].is_file()
        for table, of in said["tables"].items():
            fits = fits and (folder / f"{table}.parquet").stat().st_size == of["bytes"]
            fits = fits and not queries.named(table, of["without"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return said if fits else None


def tables(found: dict[str, Any]) -> frozenset[str]:
    """The names of the tables and folds in what `find` found."""
    made = found["tables"]
    again = [f"{table}_again" for table, of in made.items() if of["again"]]
    beside = [f"{table}_again_{n}" for table, of in made.items() for n in of["beside"]]
    return frozenset([*made, *again, *beside, *(fold["name"] for of in made.values() for fold in of["folds"])])


def _origin(folder: Path) -> dict[str, Any]:
    facts = [t for t in contracts.names() if contracts.load(t).kind == "fact" and (folder / f"{t}.parquet").is_file()]
    sizes = {table: {"bytes": (folder / f"{table}.parquet").stat().st_size} for table in facts}
    return {"made_by": _made_by(), "tables": sizes}


def _made_by() -> dict[str, Any]:
    said = [(queries.FOLDER / f"{file}.toml").read_bytes() for file in ("sums", "rows")]
    defined = hashlib.sha256(b"".join(said) + repr(FOLDS).encode()).hexdigest()[:16]
    return {"format": FORMAT, "engine": duckdb.__version__, "defined": defined}


@contextlib.contextmanager
def _builder(folder: Path):
    spill = folder / f".spill_{os.getpid()}"
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(spill)}) as engine:
        yield engine
    with contextlib.suppress(OSError):
        spill.rmdir()


def _again(engine, table: str, have: Iterable[str]) -> dict[str, Any]:
    """Write the rows of those who come again; {"again", "beside"} of `find`, empty where nobody can be known."""
    contract, (who, what) = contracts.load(table), AGAIN.get(table, ("", ""))
    if not {who, what, contract.time} <= {*have}:
        return {"again": [], "beside": []}
    (key,), beside = contract.key, [what, contract.time, *(d for d in contracts.DIMENSIONS if d in have)]
    engine.execute(f"""create temp table numbered as
        with several as (
            select {who}, row_number() over () as number, count(*) as many
            from made.{table}
            where {who} is not null and {what} is not null
            group by {who}
            having count(*) > 1
        )
        select number as {who}, {key}, {", ".join(beside)}, many,
            row_number() over (partition by number order by coalesce({contract.time}, 'epoch'), {key}) as nth
        from made.{table} join several using ({who})
        where {what} is not null""")
    (rows,) = engine.execute("select count(*) from numbered").fetchone()
    wide = SIDE_BY_SIDE if rows >= FEWEST else range(0)
    for many in wide:
        listed = ", ".join(f"a{nth}.{column} as {column}_{nth}" for column in beside for nth in range(1, many + 1))
        joined = " ".join(
            f"join numbered a{nth} on a{nth}.{who} = a1.{who} and a{nth}.nth = {nth} and a{nth}.many = {many}"
            for nth in range(2, many + 1)
        )
        engine.execute(f"""create table made.{table}_again_{many} as
            select {listed} from numbered a1 {joined}
            where a1.nth = 1 and a1.many = {many}
            order by a1.{contract.time}""")
    columns = [who, key, *beside]
    engine.execute(f"""create table made.{table}_again as
        select {", ".join(columns)} from numbered where many >= {max(wide.stop, 2)} order by {contract.time}""")
    engine.execute("drop table numbered")
    return {"again": columns, "beside": [*wide]}


def _fold(engine, table: str, have: list[str]) -> dict[str, Any]:
    """Write the folds of a table with these columns that are worth it; {"sums", "folds"} of `find`."""
    contract = contracts.load(table)
    sums = sorted({"1", *queries.sums(table, have).values(), *queries.all_answered(table, have)})
    sums = {sql: f"sum_{n}" for n, sql in enumerate(sql for sql in sums if "$" not in sql)}
    (rows,) = engine.execute(f"select count(*) from made.{table}").fetchone()
    if contract.time not in have:
        return {"sums": {}, "folds": []}
    if rows < FEWEST:
        items = {column for column in have if column not in contract.columns}
        long = {sql: column for sql, column in sums.items() if queries.words(sql) & items}
        keys = [key for key in (*PLACES, *OTHERS, "replicate") if key in have]
        return {"sums": sums, "folds": [_row_by_row(engine, table, rows, keys, long)] if long else []}
    light = {sums[sql] for sql in queries.sums(table, have, items=False).values() if sql in sums}
    listed = ", ".join(f"{sql} as {column}" for sql, column in sums.items())
    types = _columns(engine, f"(select {listed} from made.{table})")
    whole = {column: "" if types[column] in ("DOUBLE", "FLOAT") else "::bigint" for column in types}
    folds: list[dict] = []
    for grain, keys, only_light in FOLDS.get(table, ()):
        if not set(keys) <= set(have):
            continue
        added = [column for column in sums.values() if column in light or not only_light]
        # out of a fold that tells more, where there is one
        grains = {grain, "clock"} if grain == "month" else {grain}
        finer = [f for f in folds if f["grain"] in grains and {*keys} <= {*f["keys"]} and {*added} <= {*f["columns"]}]
        source = min(finer, key=lambda fold: fold["rows"])["name"] if finer else table
        by = ", ".join([f"{_cut(grain, contract.time)} as {contract.time}", *keys])
        (groups,) = engine.execute(f"select count(*) from (select distinct {by} from made.{source})").fetchone()
        if groups * WORTH > rows or groups * len(added) > MOST:
            continue
        of = {column: column if finer else sql for sql, column in sums.items() if column in added}
        adds = ", ".join(f"sum({sql}){whole[column]} as {column}" for column, sql in of.items())
        name, order = "_".join([table, grain, *keys]), ", ".join([contract.time, *keys])
        engine.execute(
            f"create table made.{name} as select {by}, {adds} from made.{source} group by all order by {order}"
        )
        folds.append({"name": name, "grain": grain, "keys": keys, "rows": groups, "columns": added})
    return {"sums": sums, "folds": sorted(folds, key=lambda fold: (fold["rows"], len(fold["keys"])))}


def _cut(grain: str, time: str) -> str:
    """The times of a fold of this grain, in SQL."""
    if grain != "clock":
        return f"date_trunc('{grain}', {time})::timestamp"
    first = f"date_trunc('month', {time})::timestamp"
    return f"{first} + to_days(((isodow({time}) - isodow({first}) + 7) % 7)::int) + to_hours(hour({time}))"


def _row_by_row(engine, table: str, rows: int, keys: list[str], sums: dict[str, str]) -> dict[str, Any]:
    """Write what each row adds to `sums`; what `find` says of it."""
    listed = ", ".join([contracts.load(table).time, *keys, *(f"{sql} as {column}" for sql, column in sums.items())])
    engine.execute(f"create table made.{table}_row as select {listed} from made.{table}")
    return {"name": f"{table}_row", "grain": "row", "keys": keys, "rows": rows, "columns": [*sums.values()]}


def _columns(engine, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in engine.execute(f"describe from {table}").fetchall()}


def _codes(engine, table: str) -> dict[str, list[str]]:
    """The codes of every filter dimension that the table has, so that no page looks for them."""
    have = _columns(engine, f"made.{table}")
    return {
        dimension: [
            row[0]
            for row in engine.execute(
                f"select distinct {dimension} from made.{table} where {dimension} is not null order by 1"
            ).fetchall()
        ]
        for dimension in contracts.DIMENSIONS
        if dimension in have
    }


def _sweep(folder: Path, keep: str) -> None:
    """Remove accelerators that nobody will open again; who has one open reads on (not on Windows: then it stays)."""
    for old in folder.glob("accelerator_*"):
        if old.name != keep:
            with contextlib.suppress(OSError):
                old.unlink()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
