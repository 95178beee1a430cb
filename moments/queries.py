"""What the files of `queries/` say: headers, bodies, `sums.toml` with what queries only ever add up, and `rows.toml`.

SQL is put together here and in `moments/warehouse.py`; only the warehouse runs it.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from moments import contracts

FOLDER = Path(__file__).parents[1] / "queries"
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_WORD = re.compile(r"\b[a-z][a-z0-9_]*\b")
_HEADS = ("One row per", "Reads", "Adds", "Packs", "Choices", "Values", "Each", "Hides", "Shown whole", "Columns")
_GIVEN = re.compile(r"\bas [a-z][a-z0-9_]*\b")
_FAMILY = re.compile(r"\b([a-z]+)_\{item\}")

@dataclass(frozen=True)
class Query:
    """A file of `queries/`, its header read: what it answers, reads, lets choose, hides and returns."""

    name: str
    question: str
    grain: str
    reads: dict[str, tuple[str, ...]]  # table -> columns that must be there
    adds: tuple[str, ...]  # names of sums.toml: of its rows it asks nothing but their sums
    packs: tuple[str, ...]  # names of rows.toml: what it asks of each row that an accelerator has as a column
    choices: dict[str, tuple[str, ...]]  # placeholder -> allowed identifiers
    values: dict[str, str]  # bound parameter -> an example, which the tests use
    each: tuple[str, ...]  # families whose items repeat a line, e.g. ("perceived", "expected")
    hides: tuple[str, tuple[str, ...]] | None  # the column that counts answers, the keys of a group
    columns: dict[str, str]
    body: str


@functools.cache
def load(name: str) -> Query:
    """Read `queries/<name>.sql`. Raises KeyError for a name that is not a file there, ValueError for a bad header."""
    file = FOLDER / f"{name}.sql"
    if not IDENTIFIER.fullmatch(name) or not file.is_file():
        raise KeyError(name)
    lines = file.read_text("utf-8").splitlines()
    count = next(i for i, line in enumerate(lines) if not line.startswith("--"))
    return _read_header(name, [line[2:].strip() for line in lines[:count]], "\n".join(lines[count:]).strip())


def _read_header(name: str, header: list[str], body: str) -> Query:
    fields: dict[str, list[str]] = {"Question": []}
    current = "Question"
    for line in header:
        head, colon, rest = line.partition(":")
        if colon and head in _HEADS:
            current, line = head, rest.strip()
            fields[current] = []
        if line:
            fields[current].append(line)
    reads = {}
    for part in re.findall(r"(\w+)\s*(?:\(([^)]*)\))?", " ".join(fields.get("Reads", []))):
        reads[part[0]] = tuple(c.strip() for c in part[1].split(",") if c.strip())
    choices = {
        key.strip(): tuple(v.strip() for v in allowed.split(","))
        for key, _, allowed in (line.partition("=") for line in fields.get("Choices", []))
    }
    hides = None
    if fields.get("Hides"):
        column, _, keys = " ".join(fields["Hides"]).partition(" per ")
        hides = column.removesuffix(" in all").strip(), tuple(k.strip() for k in keys.split(",") if k.strip())
    if not (fields["Question"] and fields.get("One row per") and reads and fields.get("Columns")):
        raise ValueError(f"{name}: header needs a question, One row per, Reads and Columns")
    if not hides and "Shown whole" not in fields:
        raise ValueError(f"{name}: header needs Hides or Shown whole with a reason")
    return Query(
        name=name,
        question=" ".join(fields["Question"]),
        grain=" ".join(fields["One row per"]),
        reads=reads,
        adds=tuple(w.strip() for w in " ".join(fields.get("Adds", [])).split(",") if w.strip()),
        packs=tuple(w.strip() for w in " ".join(fields.get("Packs", [])).split(",") if w.strip()),
        choices=choices,
        values={line.split()[0]: " ".join(line.split()[2:]) for line in fields.get("Values", [])},
        each=tuple(w.strip() for w in " ".join(fields.get("Each", [])).split(",") if w.strip()),
        hides=hides,
        columns={line.split()[0]: line.split()[1] for line in fields["Columns"]},
        body=body,
    )


def answered(asked: Query, table: str, given: Mapping, have: Iterable[str]) -> str:
    """The test that a row answers what a query reads: every column that it needs, and any of its families."""
    contract = contracts.load(table)
    asides = {"region", "branch", "channel", "segment", "service", "replicate", contract.time, *contract.key}
    needed = {column.format(**given | {"item": ""}) for column in asked.reads[table]} - asides
    tests = [f"{column} is not null" for column in sorted(needed) if column in have]
    families = tuple(f"{family.format(**given)}_" for family in asked.each)
    if items := [f"{column} is not null" for column in sorted(have) if families and column.startswith(families)]:
        tests.append(f"({' or '.join(items)})")
    return f"({' and '.join(tests)})::int" if tests else "1"


def all_answered(table: str, have: Iterable[str]) -> set[str]:
    """`answered` of every query of a table and all its choices."""
    found = set()
    for file in FOLDER.glob("*.sql"):
        asked = load(file.stem)
        if next(iter(asked.reads)) == table:
            choices = itertools.product(*asked.choices.values())
            found |= {answered(asked, table, dict(zip(asked.choices, c, strict=True)), have) for c in choices}
    return found


def sums(
    table: str, have: Iterable[str], only: Iterable[str] | None = None, items: bool = True
) -> dict[str, str]:
    """What queries of a table may add up: {name: SQL over one row}, by `sums.toml`, on one line each.

    have: the table's columns; only: narrows the items of families to these; items: whether with those over families.
    """
    return _expanded("sums", table, tuple(have), None if only is None else tuple(only), items)


def packs(table: str, have: Iterable[str], only: Iterable[str] | None = None) -> dict[str, str]:
    """What queries of a table ask of each row and is dear to work out: as `sums`, by `rows.toml`.

    Without what would name none of the table's columns.
    """
    found = _expanded("rows", table, tuple(have), None if only is None else tuple(only), True)
    return {name: sql for name, sql in found.items() if words(sql) & {*have}}


@functools.lru_cache(maxsize=64)
def _expanded(
    file: str, table: str, have: tuple[str, ...], only: tuple[str, ...] | None, items: bool
) -> dict[str, str]:
    found, null = {}, absent(table, have)
    for name, body in _over_a_row(file).get(table, {}).items():
        if not items and "{item}" in body:
            continue
        known = common(_FAMILY.findall(body), have)
        known = sorted(known if only is None else known & set(only))
        whole = " ".join(expand(body, {}, known).replace("-- each item", "").split())
        whole = _WORD.sub(lambda word: null.get(word[0], word[0]), whole)
        for said, (item, other) in each(name, known).items():  # of a pair the same in either order
            found[said] = whole.replace("{item}", min(item, other)).replace("{other}", max(item, other))
    return found


def each(name: str, items: Iterable[str]) -> dict[str, tuple[str, str]]:
    """{name: (item, other)}: with {item} one of each item, with {other} too one of each two items, else itself."""
    if "{item}" not in name:
        return {name: ("", "")}
    pairs = itertools.product(items, repeat=2) if "{other}" in name else ((item, item) for item in items)
    return {name.replace("{item}", a).replace("{other}", b): (a, b) for a, b in pairs}


def absent(table: str, have: Iterable[str]) -> dict[str, str]:
    """{column: SQL for nothing of its type} of the columns that the contract promises and the table lacks."""
    promised = contracts.load(table).columns.values()
    return {column.name: f"null::{column.type}" for column in promised if column.name not in have}


@functools.cache
def _over_a_row(file: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / f"{file}.toml").read_text("utf-8"))


def common(families: Iterable[str], have: Iterable[str]) -> set[str]:
    """Item codes that have a column in every one of the families."""
    found = [{c[len(f) + 1 :] for c in have if c.startswith(f"{f}_")} for f in families]
    return {i for i in set.intersection(*found) if IDENTIFIER.fullmatch(i)} if found else set()


def expand(body: str, chosen: Mapping[str, str], items: Iterable[str]) -> str:
    """Fill {choice}; write a line marked `-- each item` (or `-- each pair`) once per item (per pair)."""
    lines = []
    for line in body.splitlines():
        for key, value in chosen.items():
            line = line.replace("{" + key + "}", value)
        if line.rstrip().endswith("-- each item"):
            lines += [line.replace("{item}", i) for i in items]
        elif line.rstrip().endswith("-- each pair"):
            pairs = itertools.combinations_with_replacement(items, 2)
            lines += [line.replace("{item}", a).replace("{other}", b) for a, b in pairs]
        else:
            lines.append(line)
    return "\n".join(lines)


def named(table: str, have: Iterable[str]) -> list[str]:
    """Which of a table's columns queries, sums or filters may name; a superset: any word of a query counts."""
    found = _named(table)
    families = tuple(word for word in found if word.endswith("_"))
    return [column for column in have if column in found or column.startswith(families)]


@functools.cache
def _named(table: str) -> frozenset[str]:
    """Words of a table's queries with all their choices; of a family its beginning, "sat_"."""
    contract = contracts.load(table)
    found = {*contracts.DIMENSIONS, contract.time, *(contract.key[:1] if len(contract.key) > 1 else ())}
    found |= words(" ".join(sql for file in ("sums", "rows") for sql in _over_a_row(file).get(table, {}).values()))
    for asked in (load(file.stem) for file in FOLDER.glob("*.sql")):
        if table not in asked.reads:
            continue
        said = "\n".join([asked.body, *asked.reads[table], *(f"{family}_{{item}}" for family in asked.each)])
        for picks in itertools.product(*asked.choices.values()):
            found |= words(expand(said, dict(zip(asked.choices, picks, strict=True)), ["{item}"]))
    return frozenset(found)


@functools.lru_cache(maxsize=512)
def words(sql: str) -> frozenset[str]:
    """The identifiers that occur in SQL, not only as names of what it gives: a superset of the columns it reads."""
    return frozenset(_WORD.findall(_GIVEN.sub("", sql)))
