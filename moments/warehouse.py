"""The only module that talks to an engine: `query(name, filters)` -> a tidy frame of counts and sums.

A query in `queries/` says `from responses`; here that name becomes a common table expression over the pinned
snapshot with the reader's filters in it, so neither queries nor pages see a WHERE of a filter.
"""

import functools
import logging
import math
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import cachetools
import duckdb
import numpy as np
import pandas as pd

from moments import accelerator, ahead, contracts, datasets, privacy, queries
from moments.datasets import Snapshot
from moments.queries import load
from moments.states import MissingColumns, NothingLeft, TooFew, TooFewLeftOut, TooLong

# Frames here are small, and columns of Python strings are several times cheaper to make and to cut than Arrow ones.
pd.set_option("mode.string_storage", "python")

log = logging.getLogger("moments")

TIMEOUT_MS = 60_000
# Statements at once in this process, of which there may be four: more end no sooner, and each needs memory.
_turns = threading.Semaphore(max(1, (os.cpu_count() or 1) // 4))
PLACES = ("branch", "region")
KEPT = 64_000_000  # bytes, about, of rows that are kept for whoever asks the same, as readers of one page often do
GROUPS = 20_000  # branches by channels, segments and services up to which answers are counted by all of them
NO_ACCELERATOR = {"tables": {}, "names": frozenset()}
if TYPE_CHECKING:
    from moments.filters import Filters

_PARAMETER = re.compile(r"\$([a-z_]+)")
# what the times of a fold of each grain still tell: "hour" is what times can be cut to, "hour()" what they say
_OF_MONTHS = {"month", "quarter", "year"}
_TOLD = {
    "month": _OF_MONTHS,
    "clock": _OF_MONTHS | {"isodow()", "hour()"},
    "day": _OF_MONTHS | {"week", "day", "isodow()"},
}
_SEVERAL = "    having count(*) > 1\n"  # the last line of the customers of accelerator.FLOW
_INSIDE = {"whole_from": ">=", "whole_until": "<"}
_OUTSIDE = {"whole_from": "<", "whole_until": ">="}
_PARQUET = re.compile(r"read_parquet\('(?P<folder>(?:[^']|'')+)/(?P<table>[a-z0-9_]+)\.parquet'\)")
_SOURCE = re.compile(  # as `source` writes it
    r"(?P<table>\w+) as not materialized \(\n(?P<rows>    select(?P<parts>\n.+?)\n"
    r"    from (?P<source>read_parquet\('(?P<folder>(?:[^']|'')+)/(?P=table)\.parquet'\))\n"
    r"(?:    where (?P<tests>[^\n]+)\n)?)\)",
    re.S,
)


def query(name: str, filters: "Filters", items: Iterable[str] | None = None, **given) -> pd.DataFrame:
    """Run `queries/<name>.sql` under the filters. `given` holds its Choices and Values.

    `items` narrows what its families repeat to these, e.g. the items of one dimension.

    Returns its tidy rows; groups under the dataset's threshold come back empty with `hidden` set.
    Raises MissingColumns, NothingLeft, TooFew, TooLong (see moments/states.py), ValueError for a choice not allowed.
    """
    only = None if items is None else tuple(items)
    question = ahead.Question(datasets.root(), name, filters, only, tuple(given.items()))
    ahead.note(question)
    for table in load(name).reads:
        if contracts.load(table).kind == "fact":
            _guard(table, filters)
    return told(*question).copy(deep=False)


def _kept(most: int) -> Callable:
    """A cache of frames that take about so many bytes together; those that nobody asked for longest go first."""
    weighed = cachetools.LRUCache(most, getsizeof=lambda rows: 5_000 + 32 * rows.size)
    return cachetools.cached(weighed, lock=threading.Lock(), info=True)


@_kept(KEPT)
def told(root: Path, name: str, filters: "Filters", items: tuple | None, given: tuple) -> pd.DataFrame:
    """What `query` gives where `_guard` refuses nothing. Snapshots never change, so what was asked decides the rows."""
    found = ahead.answer(ahead.Question(root, name, filters, items, given), told)
    if found is not None:
        return found
    asked, given = load(name), dict(given)
    sql, bound = statement(name, filters, items, **given)
    place, threshold = _place(asked, given), filters.snapshot.threshold
    about = reach(name, filters, **given) if place or filters.active_dimensions else None
    if about is not None:
        about.refuse(filters.region, filters.branch)
    frame = _run(root, sql, tuple(bound.items())).copy(deep=False)
    if not asked.hides:
        if about is not None and set(PLACES) <= set(frame):
            return about.told(frame)
        return _at_home(frame, next(iter(asked.reads)), filters.snapshot)
    n, keys = asked.hides
    if not keys:
        if 0 < frame[n].sum() < threshold:
            raise TooFew(threshold=threshold)
        return frame
    if about is not None and place:
        return about.hide(frame, n, keys, place, "region" in (place, given.get("by")))
    return privacy.hide(frame, n, keys, threshold, _apart(name, filters, given))


def _at_home(frame: pd.DataFrame, table: str, snapshot: Snapshot) -> pd.DataFrame:
    """Rows by branch with the region of each, whatever these rows say: where it is in two, pages know the first."""
    if contracts.load(table).kind != "fact" or not set(PLACES) <= set(frame):
        return frame
    known = homes(table, snapshot)
    return frame.assign(region=frame["branch"].map(dict(zip(known["branch"], known["region"], strict=True))))


def _apart(name: str, filters: "Filters", given: dict) -> tuple[str, set]:
    """The key of a query's groups that holds channels, segments or services, and those shown only together."""
    keys = load(name).hides[1]
    by = next((d for d in contracts.DIMENSIONS if d in keys or "grp" in keys and given.get("by") == d), None)
    if by is None:
        return "", set()
    about = reach(name, filters, split=by, **given)
    found = set() if about is None else about.apart(by, filters.region, filters.branch)
    return by if by in keys else "grp", found


def _place(asked: queries.Query, given: dict) -> str | None:
    """The key of a query's groups that holds branches or regions."""
    keys = asked.hides[1] if asked.hides else ()
    return next((k for k in keys if k in PLACES or k == "grp" and given.get("by") in PLACES), None)


def reach(name: str, filters: "Filters", split: str = "", **given) -> privacy.Reach | None:
    """What a reader could work out of the answers behind a query; None for a table without branches.

    With `split`, a dimension that the reader looks at code by code.
    """
    asked = _reach_sql(name, filters, given, split)
    return asked and _reach(datasets.root(), filters.snapshot, _choices(filters), *asked)


def _choices(filters: "Filters") -> tuple[tuple[str, tuple], ...]:
    return tuple((d, getattr(filters, d)) for d in filters.active_dimensions if d not in PLACES)


@functools.lru_cache(maxsize=256)
def _reach(root: Path, snapshot: Snapshot, chosen: tuple, table: str, sql: str, bound: tuple) -> privacy.Reach:
    """Many queries reach the same answers: their plan is made once, and what no choice changes not for each choice."""
    if chosen:
        return _reach(root, snapshot, (), table, sql, bound).choosing(dict(chosen))
    rows = homes(table, snapshot).merge(_run(root, sql, bound), on="branch")
    return privacy.Reach(rows, {}, snapshot.threshold)


def homes(table: str, snapshot: Snapshot) -> pd.DataFrame:
    """branch, region: all branches in a fact table of the snapshot, with "" for a region that nobody knows."""
    rows = source(table, snapshot, {"branch", "region"}, {"answers": "1"})
    sql = f"""with {rows}
select branch, coalesce(min(region), '') as region
from {table}
where branch is not null and answers > 0
group by branch
order by branch"""
    return _run(datasets.root(), sql, ())


def _reach_sql(name: str, filters: "Filters", given: dict, split: str = "") -> tuple[str, str, tuple] | None:
    """The table, and the statement with its values that counts the answers in the period by branch.

    Also by the codes of every dimension that is chosen or looked at, and of the others where they are few.
    """
    tables = [t for t in load(name).reads if contracts.load(t).kind == "fact"]
    if not tables or "branch" not in filters.snapshot.columns(tables[0]):
        return None
    table, snapshot = tables[0], filters.snapshot
    period, bound = _period(table, filters)
    needed = {d for d, _ in _choices(filters)} | ({split} - {""})
    dimensions = [d for d in _told_apart(datasets.root(), table, snapshot, frozenset(needed)) if d not in PLACES]
    keys = ", ".join(("branch", *dimensions))
    adds = {"answers": queries.answered(load(name), table, given, snapshot.columns(table))}
    rows = source(table, snapshot, _columns(table, "branch", *dimensions), adds, period)
    codes = "".join(f", coalesce({dimension}, '') as {dimension}" for dimension in dimensions)
    people = f"count(distinct {contracts.load(table).key[0]})" if _fills_several(table) else "sum(answers)::bigint"
    sql = f"""with {rows}
select branch{codes}, {people} as n
from {table}
where branch is not null and answers > 0
group by {keys}
order by {keys}"""
    return table, sql, tuple(bound.items())


def _period(table: str, filters: "Filters") -> tuple[list[str], dict]:
    """The test of the period alone, if there is one, and its values."""
    bound: dict = {}
    tests = predicates(table, filters.only(**dict.fromkeys(contracts.DIMENSIONS, ())), bound)
    return [*tests.values()], bound


@functools.lru_cache(maxsize=256)
def _told_apart(root: Path, table: str, snapshot: Snapshot, needed: frozenset) -> list[str]:
    """By which dimensions answers are counted: all, so that one statement tells of every choice; of many branches and
    codes, and of people who fill several rows, only those needed."""
    have = [d for d in contracts.DIMENSIONS if d in snapshot.columns(table)]
    groups = math.prod(len(values(d, snapshot)) for d in have if d != "region")
    return have if groups <= GROUPS and not _fills_several(table) else [d for d in have if d in needed]


def _columns(table: str, *others: str) -> set[str]:
    """Columns to count people by: the first of the key where one person fills several rows."""
    return {*others, *(contracts.load(table).key[:1] if _fills_several(table) else ())}


def _fills_several(table: str) -> bool:
    contract = contracts.load(table)
    return contract.kind == "fact" and len(contract.key) > 1


def _guard(table: str, filters: "Filters") -> None:
    """Refuse what is empty or would tell of single people: so few kept, or so few left out that subtraction tells."""
    left, threshold = rows_left(table, filters), filters.snapshot.threshold
    if not left["n"]:
        raise NothingLeft(without=left["without"])
    if left["n"] < threshold:
        raise TooFew(threshold=threshold)
    if shy := [name for name, rows in left["without"].items() if 0 < rows - left["n"] < threshold]:
        raise TooFewLeftOut(threshold=threshold, filter=shy[0])


def statement(name: str, filters: "Filters", items: Iterable[str] | None = None, **given) -> tuple[str, dict]:
    """The SQL and bound values that `query` runs. Same errors as `query`, without touching the data."""
    asked = load(name)
    if unknown := set(given) - set(asked.choices) - set(asked.values):
        raise ValueError(f"{name}: unknown {sorted(unknown)}")
    chosen = {}
    for key, allowed in asked.choices.items():
        chosen[key] = given[key]
        if given[key] not in allowed:
            raise ValueError(f"{name}: {key} must be one of {allowed}")
    bound = {key: given[key] for key in asked.values}
    families = [f.format(**chosen) for f in asked.each]
    order = {item["item"]: n for n, item in enumerate(filters.snapshot.codebook.get("items", []))}
    known = queries.common(families, filters.snapshot.columns(next(iter(asked.reads))))
    repeated = sorted(
        known if items is None else known & set(items), key=lambda item: (order.get(item, len(order)), item)
    )
    body = queries.expand(asked.body, chosen, repeated)
    sources = []
    for table in asked.reads:
        _require(table, asked, filters, chosen, repeated)
        have = filters.snapshot.columns(table)
        known = queries.sums(table, have, items) if asked.adds else {}
        known = known | (queries.packs(table, have, items) if asked.packs else {})
        adds = [name.format(**chosen) for a in asked.adds for name in queries.each(a, repeated)]
        over_a_row = {name: known[name] for name in (*adds, *asked.packs) if name in known}
        tests = predicates(table, filters, bound).values()
        sources.append(source(table, filters.snapshot, queries.words(body), over_a_row, tests))
    body = ", " + body[5:] if re.match(r"with\s", body) else "\n" + body
    sql = "with " + ",\n".join(sources) + body
    used = set(_PARAMETER.findall(sql))
    return sql, {key: value for key, value in bound.items() if key in used}


def _require(table: str, asked: queries.Query, filters: "Filters", chosen: dict, items: list[str]) -> None:
    """Raise MissingColumns where a table lacks what the query or the filters need."""
    have = filters.snapshot.columns(table)
    needed = [c.format(**chosen, item=item) for c in asked.reads[table] for item in (items if "{item}" in c else [""])]
    missing = [c for c in needed if c not in have] + _lacking(table, filters)
    if missing or not have or (asked.each and not items):
        families = [f"{family.format(**chosen)}_" for family in asked.each] if have else []
        absent = [f for f in families if not any(c.startswith(f) for c in have)] or families
        columns = missing or [f"{family}…" for family in absent] or list(asked.reads[table])
        raise MissingColumns(table=table, columns=columns)


def source(
    table: str, snapshot: Snapshot, named: Iterable[str], adds: Mapping[str, str], tests: Iterable[str] = ()
) -> str:
    """`<table> as not materialized (select ... where <tests>)`, with a line for each column.

    It has the columns that are `named`, null where the contract promises one that the table lacks, and what is added
    up or packed, `adds`: {name: SQL over one row}.
    """
    have, null = snapshot.columns(table), queries.absent(table, snapshot.columns(table))
    parts = [c for c in have if c in named] + [f"{nothing} as {c}" for c, nothing in null.items() if c in named]
    parts += [f"{sql} as {name}" for name, sql in adds.items()]
    listed, where = ",\n        ".join(parts or ["1 as nothing"]), " and ".join(tests)
    return (
        f"{table} as not materialized (\n    select\n        {listed}\n    from {_parquet(snapshot, table)}\n"
        + (f"    where {where}\n" if where else "")
        + ")"
    )


def predicates(table: str, filters: "Filters", bound: dict) -> dict[str, str]:
    """The one place where a filter becomes SQL: {"period": ..., "branch": ...}, only for filters that are set."""
    contract = contracts.load(table)
    if contract.kind != "fact":
        return {}
    found = {}
    dated = contract.time in filters.snapshot.columns(table)
    if filters.start and dated:
        bound["period_start"] = filters.start
        found["period"] = f"{contract.time} >= $period_start"
    if filters.end and dated:
        bound["period_end"] = filters.end
        until = f"{contract.time} < $period_end::date + 1"
        found["period"] = f"{found['period']} and {until}" if "period" in found else until
    for dimension in filters.active_dimensions:
        bound[f"only_{dimension}"] = getattr(filters, dimension)
        found[dimension] = f"{dimension} in $only_{dimension}"
    return found


def _lacking(table: str, filters: "Filters") -> list[str]:
    """What the filters ask of a table and it does not have.

    Rows without a date all lie in the period that the dataset states: only a period that cuts into it asks for one.
    """
    contract, have, meta = contracts.load(table), filters.snapshot.columns(table), filters.snapshot.meta
    if contract.kind != "fact":
        return []
    lacking = [d for d in filters.active_dimensions if d not in have]
    cut = (filters.start and str(filters.start) > (meta.get("data_from") or "")) or (
        filters.end and str(filters.end) < (meta.get("data_to") or "")
    )
    return lacking + [contract.time] if cut and contract.time not in have else lacking


def rows_left(table: str, filters: "Filters") -> dict:
    """How many rows of `table` the filters leave, and how many each filter alone takes away.

    Where one person fills several rows (KANO: one per feature) people are counted: they are whom a threshold protects.
    Returns {"n", "without": {filter: rows if it were off}}. Raises MissingColumns.
    """
    if missing := _lacking(table, filters) if filters.snapshot.columns(table) else [table]:
        raise MissingColumns(table=table, columns=missing)
    return _left(datasets.root(), table, filters)


@functools.lru_cache(maxsize=256)
def _left(root: Path, table: str, filters: "Filters") -> dict:
    if _fills_several(table):
        return _people_left(root, table, filters)
    active, everywhere = filters.active_dimensions, filters.only(**dict.fromkeys(contracts.DIMENSIONS, ()))
    dimensions = tuple(_told_apart(root, table, filters.snapshot, frozenset(active)))
    counted = {"": _counted(root, table, everywhere, dimensions)}
    if _period(table, filters)[0]:
        counted["period"] = _counted(root, table, everywhere.only(start=None, end=None), dimensions)

    def left(without: str) -> int:
        rows = counted.get(without, counted[""])
        kept = [rows[d].isin(getattr(filters, d)).to_numpy() for d in active if d != without]
        return int(rows["n"].to_numpy()[np.logical_and.reduce([np.full(len(rows), True), *kept])].sum())

    return {"n": left(""), "without": {name: left(name) for name in (*counted, *active) if name}}


@functools.lru_cache(maxsize=64)
def _counted(root: Path, table: str, filters: "Filters", dimensions: tuple) -> pd.DataFrame:
    """How many rows of `table` the filters' period has of each branch, channel ..., one row per group: those, n."""
    period, bound = _period(table, filters)
    rows, keys = source(table, filters.snapshot, dimensions, {"answers": "1"}, period), ", ".join(dimensions)
    listed = ", ".join([*dimensions, "coalesce(sum(answers), 0)::bigint as n"])
    grouped = f"\ngroup by {keys}\norder by {keys}" if keys else ""
    found = _run(root, f"with {rows}\nselect {listed}\nfrom {table}{grouped}", tuple(bound.items()))
    return found.astype(dict.fromkeys(dimensions, "category"))  # in which codes are found ten times as fast


def _people_left(root: Path, table: str, filters: "Filters") -> dict:
    """`_left` where people count, each looked up once, not once for each test."""
    bound: dict = {}
    tests = predicates(table, filters, bound)
    kept = {"n": [*tests.values()]}
    kept |= {f"without_{name}": [test for other, test in tests.items() if other != name] for name in tests}
    kept = {name: " and ".join(all_of) or "true" for name, all_of in kept.items()}
    rows = source(table, filters.snapshot, _columns(table, contracts.load(table).time, *filters.active_dimensions), {})
    found = ", ".join(f"bool_or({test}) as {name}" for name, test in kept.items())
    listed = ", ".join(f"count(*) filter (where {name}) as {name}" for name in kept)
    people = f"people as (select {found} from {table} group by {contracts.load(table).key[0]})"
    row = _run(root, f"with {rows},\n{people}\nselect {listed} from people", tuple(bound.items())).iloc[0]
    return {"n": int(row["n"]), "without": {name: int(row[f"without_{name}"]) for name in tests}}


def values(dimension: str, snapshot: Snapshot) -> list[str]:
    """The codes of one filter dimension that occur in any fact table of the snapshot, in order."""
    if not queries.IDENTIFIER.fullmatch(dimension):
        raise ValueError(dimension)
    found: set[str] = set()
    known = _described(snapshot.path, _changed(snapshot.path))["tables"]
    for table in snapshot.tables:
        if contracts.load(table).kind != "fact" or dimension not in snapshot.columns(table):
            continue
        if table in known and dimension in known[table]["codes"]:
            found.update(known[table]["codes"][dimension])
            continue
        source = _parquet(snapshot, table)
        sql = f"select distinct {dimension} as code from {source} where {dimension} is not null"
        found.update(_run(datasets.root(), sql, ())["code"])
    return sorted(found)


def readable(sql: str) -> str:
    """A statement as a reader may see and rerun it: paths relative to the project."""
    return sql.replace(str(datasets.root()).replace("'", "''"), "data")


def _parquet(snapshot, table: str) -> str:
    path = str(snapshot.file(table)).replace("'", "''")
    return f"read_parquet('{path}')"


@_kept(KEPT // 4)
def _run(root: Path, sql: str, bound: tuple) -> pd.DataFrame:
    """Rows of one statement. Snapshots never change, so the statement and its values decide the rows."""
    sql, values = _accelerated(root, sql, dict(bound))
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    try:
        with _turns:
            return _engine(root).cursor().execute(_parsed(root, sql), values).df()
    except duckdb.InterruptException as error:
        raise TooLong() from error


@functools.lru_cache(maxsize=2048)
def _parsed(root: Path, sql: str) -> duckdb.Statement:
    """A statement as the engine has read it: most are asked again and again, with other values. About 20 kB each."""
    (statement,) = _engine(root).extract_statements(sql)
    return statement


def _accelerated(root: Path, sql: str, bound: Mapping) -> tuple[str, dict]:
    """The statement as it is run and its values: instead of the Parquet files what gives the same sooner, if there.

    That is the same rows in the engine's own format or, of rows that are only added up, the smallest fold that has
    what the statement names; or the rows of those who come again, where that is what it asks. Which codes are chosen
    decides nothing of that.
    """
    found = _PARQUET.search(sql)  # a statement reads of one snapshot
    if not found:
        return sql, dict(bound)
    folder = Path(found["folder"].replace("''", "'"))
    deciding = tuple((key, value) for key, value in bound.items() if not isinstance(value, tuple))
    sql, more = _rewritten(root, sql, deciding, folder, _changed(folder))
    return sql, {**bound, **more}


@functools.lru_cache(maxsize=1024)
def _rewritten(root: Path, sql: str, bound: tuple, folder: Path, changed: int) -> tuple[str, dict]:
    """The statement as it is run beside the accelerator of that time, and the values that it needs besides."""
    made, bound = _described(folder, changed), dict(bound)
    more: dict = {}
    lacking, beside = set(), []

    def table(found: re.Match) -> str:
        known = found["table"] in made["names"] - lacking
        name = _attached(root, made["file"]) if known else None
        return f"{name}.{found['table']}" if name else found[0]

    def folded(found: re.Match) -> str:
        of = made["tables"].get(found["table"])
        if of and _flows(found, of, sql) and _attached(root, made["file"]):
            beside.extend(_side_by_side(found, many) for many in of["beside"])
            return found[0].replace(f"{found['table']}.parquet", f"{found['table']}_again.parquet")
        if of and queries.words(f"{found['parts']} {found['tests']}") & set(of["without"]):
            lacking.add(found["table"])
            return found[0]
        if not of or not _attached(root, made["file"]):
            return found[0]
        fold = of["folds"] and _fold(found, of, sql.replace(found[0], ""), bound)
        if not fold:
            return functools.reduce(lambda text, pack: text.replace(*pack), of["packs"].items(), found[0])
        more.update(fold.ends)
        return found[0].replace(found["rows"], fold.rows(found))

    sql = _SOURCE.sub(folded, sql)
    sql = sql.replace(_SEVERAL, _SEVERAL + "".join(beside))
    return _PARQUET.sub(table, sql), more


def _flows(found: re.Match, made: dict, sql: str) -> bool:
    """Whether a statement is the query that asks of those who come again, and their rows have what it names."""
    named = queries.words(f"{found['parts']} {found['tests']}") & {*contracts.load(found["table"]).columns}
    asked = load(accelerator.FLOW).body.removeprefix("with")
    return named <= {*made["again"]} and sql.endswith(asked) and asked.count(_SEVERAL) == 1


def _side_by_side(found: re.Match, many: int) -> str:
    """First and last score, more than one left, of customers whose answers lie side by side: for the query's list."""
    _, what = accelerator.AGAIN[found["table"]]
    columns, nths = contracts.load(found["table"]).columns, range(1, many + 1)

    def test(nth: int) -> str:
        of = re.sub(r"[a-z_]+", lambda word: f"{word[0]}_{nth}" if word[0] in columns else word[0], found["tests"])
        return f"({of})"

    first, last, where = f"{what}_1", f"{what}_{many}", ""
    if found["tests"]:
        first = "case " + " ".join(f"when {test(nth)} then {what}_{nth}" for nth in nths) + " end"
        last = "case " + " ".join(f"when {test(nth)} then {what}_{nth}" for nth in reversed(nths)) + " end"
        where = "    where " + " + ".join(f"case when {test(nth)} then 1 else 0 end" for nth in nths) + " > 1\n"
        if many == 2:  # which the engine tests while it reads
            first, last, where = f"{what}_1", f"{what}_2", f"    where {test(1)} and {test(2)}\n"
    table = found["source"].replace(f"{found['table']}.parquet", f"{found['table']}_again_{many}.parquet")
    return f"    union all\n    select {first}, {last}\n    from {table}\n{where}"


@dataclass(frozen=True)
class _Fold:
    """A fold that can answer: its file, its columns in SQL, and the ends of the months that it has in full."""

    name: str
    parts: list[str]
    time: str
    ends: dict[str, date]

    def rows(self, found: re.Match) -> str:
        """The months from the fold, the days before and after them from the table."""
        table = found["source"].replace(f"{found['table']}.parquet", f"{self.name}.parquet")
        tests = [found["tests"]] if found["tests"] else []
        inside = tests + [f"{self.time} {sign} ${end}" for end, sign in _INSIDE.items() if end in self.ends]
        rows = f"    select {', '.join(self.parts)} from {table}\n"
        rows += f"    where {' and '.join(inside)}\n" if inside else ""
        for end, sign in _OUTSIDE.items():
            if end in self.ends:
                outside = " and ".join([*tests, f"{self.time} {sign} ${end}"])
                rows += f"    union all\n    select{found['parts']} from {found['source']}\n    where {outside}\n"
        return rows


def _fold(found: re.Match, made: dict, rest: str, bound: Mapping) -> _Fold | None:
    """The smallest fold of a table that gives its part of a statement, of which `rest` is the rest."""
    time = contracts.load(found["table"]).time
    keys, parts = set(), []
    for part in found["parts"].strip().split(",\n        "):
        sql, _, name = part.rpartition(" as ")
        if not sql:
            keys.add(name)
        elif sql not in made["sums"] and not sql.startswith("null::"):
            return None
        parts.append(f"{made['sums'].get(sql, sql)} as {name}" if sql else name)
    sums = {part.partition(" as ")[0] for part in parts} & set(made["sums"].values())
    if not sums:
        return None
    cuts = re.compile(rf"date_trunc\(('\w+'|\$\w+), {time}\)|\b(isodow|hour)\({time}\)")
    grains = {f"{part}()" if part else bound.get(cut[1:], cut[1:-1]) for cut, part in cuts.findall(rest)}
    rest, period = cuts.sub("", rest), (f"{time} >= $period_start", f"{time} < $period_end::date + 1")
    dated = any(test in rest for test in period)
    for test in period:
        rest = rest.replace(test, "")
    if time in queries.words(rest):
        return None
    keys |= queries.words(found["tests"] or "") & set(contracts.load(found["table"]).columns)
    start, end = (bound.get(f"period_{at}") for at in ("start", "end"))
    first = start and (start if start.day == 1 else (start.replace(day=1) + timedelta(32)).replace(day=1))
    until = end and (end + timedelta(1)).replace(day=1)
    ends = {"whole_from": first} if start != first else {}
    ends |= {"whole_until": until} if end and end + timedelta(1) != until else {}
    for fold in made["folds"]:
        if not keys - {time} <= set(fold["keys"]) or not sums <= set(fold["columns"]):
            continue
        if fold["grain"] != "row" and not grains <= _TOLD[fold["grain"]]:
            continue
        if fold["grain"] in ("day", "row"):
            return _Fold(fold["name"], parts, time, {})
        if not (ends and (dated or first and until and first >= until)):
            return _Fold(fold["name"], parts, time, ends)
    return None


def _changed(folder: Path) -> int:
    """When a snapshot's accelerator was made, in nanoseconds; 0 if there is none. One may come at any time."""
    try:
        return (folder / accelerator.DESCRIPTION).stat().st_mtime_ns
    except OSError:
        return 0


@functools.lru_cache(maxsize=64)
def _described(folder: Path, changed: int) -> dict:
    """What is known of a snapshot's accelerator; no tables if there is none that fits."""
    made = accelerator.find(folder) if changed else None
    return made | {"names": accelerator.tables(made)} if made else NO_ACCELERATOR


_making = threading.RLock()  # what is made may ask for something else that is


def _once(make: Callable) -> Callable:
    """A cache of what there must be one of: with `functools.cache`, readers who come at the same time make two."""
    kept = functools.cache(make)

    @functools.wraps(make)
    def made(*asked):
        with _making:
            return kept(*asked)

    return made


@_once
def _attached(root: Path, file: Path) -> str | None:
    """The name under which the engine knows an accelerator; None if it cannot be read."""
    path = str(file).replace("'", "''")
    try:
        _engine(root).cursor().execute(f"attach if not exists '{path}' as {file.stem} (read_only)")
    except duckdb.Error as error:
        log.warning("cannot read %s: %s", file.name, error)
        return None
    return file.stem


@_once
def _engine(root: Path) -> duckdb.DuckDBPyConnection:
    """One engine per process, locked down: it reads below `root` and nothing else, and cannot be reconfigured."""
    config = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "max_execution_time": TIMEOUT_MS,
    }
    engine = duckdb.connect(config=config | ({"threads": 1} if _small() else {}))
    engine.execute("set global parquet_metadata_cache = true")
    engine.execute("set allowed_directories = $folders", {"folders": [str(root)]})
    engine.execute("set enable_external_access = false")
    engine.execute("set lock_configuration = true")
    return engine


def _small() -> bool:
    """Whether all tables are so small that a second thread costs more than it saves. A large one may come later."""
    try:
        found = [datasets.current(name).tables for name in datasets.names()]
    except datasets.DatasetError:
        return False
    return all(facts["rows"] < accelerator.FEWEST for tables in found for facts in tables.values())
