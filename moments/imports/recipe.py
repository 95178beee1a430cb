"""A recipe: the TOML file that says which column of a foreign file is which column of ours.

`load` reads one and names every fault at once. The format is described in data/recipes/README.md; what it may
produce is described in data/contracts.
"""

from __future__ import annotations

import codecs
import datetime
import difflib
import re
import tomllib
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from moments import contracts
from moments.contracts import Contract
from moments.imports import ImportProblem
from moments.imports.read import Source

FORMAT = 1
FREE_TEXT = {"comment", "text"}  # what people wrote themselves: masked, and cut into `words`
MADE = {"replicate", "words"}  # columns that an import makes, asked for or not
RESERVED = {"contracts", "recipes", "sample"}  # folders of the data folder that belong to the program
STANDARD_SCALES = {"recommend": (0, 10)}

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_NAME = re.compile(r"[a-z0-9_]+")
_ENDINGS = {
    "csv": (".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz"),
    "parquet": (".parquet",),
    "excel": (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
}


@dataclass(frozen=True)
class Keep:
    """A condition on a source column that a row must meet to be taken."""

    column: str
    within: tuple[str, ...] | None = None
    without: tuple[str, ...] | None = None
    least: float | None = None
    most: float | None = None
    blank: bool | None = None


@dataclass(frozen=True)
class Column:
    """How one target column is filled. Exactly one of sources, value, row, minutes is set."""

    target: str
    sources: tuple[str, ...] = ()
    value: str | None = None
    row: bool = False
    minutes: tuple[str, str] | None = None
    join: str = " "
    first: bool = False
    missing: tuple[str, ...] = ()
    blank: str | None = None
    required: bool = False
    map: Mapping[str, str] | None = None
    other: str | None = None
    date: tuple[str, ...] = ("iso",)
    zone: str | None = None
    next_day: str | None = None
    may_be_early: bool = False
    true: tuple[str, ...] = ("true", "1", "yes")
    false: tuple[str, ...] = ("false", "0", "no")
    option: str | None = None
    split: str = ","
    times: float = 1.0
    divide: float = 1.0
    plus: float = 0.0
    hash: bool = False
    per_item: bool = False  # of a long table: another source for each item


@dataclass(frozen=True)
class Table:
    """One target table and where its rows come from. A long table has one set of columns for each item of a row."""

    contract: Contract
    files: tuple[str, ...]
    source: Source
    keep: tuple[Keep, ...]
    variants: tuple[tuple[Column, ...], ...]
    long: bool  # several rows out of one: an item left blank is not answered, no fault

    @property
    def source_columns(self) -> list[str]:
        """The columns that the files must have, each once, in the order in which they are first used."""
        used = [k.column for k in self.keep] + [s for v in self.variants for c in v for s in c.sources]
        return list(dict.fromkeys(used))


@dataclass(frozen=True)
class Recipe:
    """A recipe without faults."""

    dataset: str
    title: Mapping[str, str]
    timezone: str
    about: Mapping[str, str] | None
    threshold: int
    synthetic: bool
    period: tuple[str, str] | None
    codebook: Mapping[str, Any]
    tables: Mapping[str, Table]


def allowed(dataset: str) -> bool:
    """Whether an import may write to a dataset of this name."""
    return bool(_NAME.fullmatch(dataset)) and dataset not in RESERVED


def load(path: Path) -> Recipe:
    """Read a recipe. Raises ImportProblem with every fault in it."""
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ImportProblem(("no_file", {"file": str(path)})) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportProblem(("not_toml", {"file": path.name, "reason": str(error)})) from error
    checker = _Checker()
    recipe = checker.recipe(content)
    if checker.problems:
        raise ImportProblem(*((code, {"file": path.name, **values}) for code, values in checker.problems))
    return recipe


# --- kinds of value -------------------------------------------------------------------------------------------
# A kind is a function: the value as it is kept, or TypeError. Its name, kind_<name> in the texts, is in the message.


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError


def _number(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise TypeError


def _whole(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise TypeError


def _cell(value: Any) -> str:
    """A value as it would be written in a cell."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float | datetime.date):
        return str(value)
    raise TypeError


def _one_or_more(value: Any) -> tuple[str, ...]:
    found = (value,) if isinstance(value, str) else tuple(map(_words, _list(value)))
    if not found:
        raise TypeError
    return found


def _cells(value: Any) -> tuple[str, ...]:
    return tuple(map(_cell, value if isinstance(value, list) else [value]))


def _list(value: Any) -> list:
    if isinstance(value, list):
        return value
    raise TypeError


def _table(value: Any) -> dict:
    if isinstance(value, dict):
        return value
    raise TypeError


def _map(value: Any) -> dict[str, str]:
    return {key: _cell(to) for key, to in _table(value).items()}


def _both(value: Any) -> dict[str, str]:
    if set(_table(value)) == {"zh", "en"} and all(isinstance(v, str) for v in value.values()):
        return value
    raise TypeError


def _days(value: Any) -> tuple[str, str]:
    days = _list(value)
    if len(days) == 2 and all(type(d) is datetime.date for d in days) and days[0] <= days[1]:
        return str(days[0]), str(days[1])
    raise TypeError


def _pair(value: Any) -> tuple[str, str]:
    pair = tuple(map(_words, _list(value)))
    if len(pair) != 2:
        raise TypeError
    return pair


def _span(value: Any) -> tuple[float, float]:
    span = [v for v in _list(value) if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(span) == 2 == len(value) and span[0] < span[1]:
        return tuple(span)
    raise TypeError


_RECIPE = {
    "format": _whole, "dataset": _words, "title": _both, "timezone": _words, "about": _both, "threshold": _whole,
    "synthetic": _flag, "period": _days, "scales": _table, "dimensions": _list, "items": _list, "codes": _table,
    "tables": _table,
}  # fmt: skip
_TABLE = {
    "file": _one_or_more, "format": _words, "encoding": _words, "delimiter": _words, "quote": _words, "sheet": _words,
    "skip": _whole, "missing": _cells, "keep": _list, "columns": _table, "each": _list, "long": _table,
}  # fmt: skip
_KEEP = {"column": _words, "in": _cells, "not_in": _cells, "least": _number, "most": _number, "blank": _flag}
_COLUMN = {
    "from": _one_or_more, "join": _words, "first": _flag, "value": _cell, "row": _flag, "minutes": _pair,
    "missing": _cells, "blank": _cell, "required": _flag, "map": _map, "other": _cell, "date": _one_or_more,
    "zone": _words, "next_day": _words, "may_be_early": _flag, "true": _cells, "false": _cells, "option": _words,
    "split": _words, "times": _number, "divide": _number, "plus": _number, "hash": _flag,
}  # fmt: skip
_ITEM = {
    "framework": _words, "item": _words, "dimension": _words, "zh": _words, "en": _words, "moment_of_truth": _flag,
    "concern": _both, "standard": _both, "weight": _number,
}  # fmt: skip
_DIMENSION = {"framework": _words, "dimension": _words, "zh": _words, "en": _words, "weight": _number}

_NUMBERS = {"TINYINT", "INTEGER", "BIGINT", "DOUBLE"}
_ONLY_FOR = {  # which keys make sense for which types of target column
    "date": {"TIMESTAMP", "DATE"}, "zone": {"TIMESTAMP"}, "next_day": {"TIMESTAMP"}, "may_be_early": {"TIMESTAMP"},
    "true": {"BOOLEAN"}, "false": {"BOOLEAN"}, "option": {"BOOLEAN"}, "split": {"BOOLEAN"},
    "times": _NUMBERS, "divide": _NUMBERS, "plus": _NUMBERS,
    "hash": {"BIGINT", "VARCHAR"}, "row": {"BIGINT"}, "minutes": {"DOUBLE"},
}  # fmt: skip


class _Checker:
    """Walks through a recipe and gathers what is wrong with it, so that a reader mends all of it in one go."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, dict[str, Any]]] = []

    def fault(self, code: str, **values: Any) -> None:
        if (code, values) not in self.problems:
            self.problems.append((code, values))

    def take(self, where: str, given: Any, kinds: Mapping[str, Any], needed: tuple[str, ...] = ()) -> dict[str, Any]:
        """The sound values among `given`; unknown keys, wrong kinds and missing keys are faults."""
        if not isinstance(given, dict):
            self.fault("wrong_kind", entry=where, kind="table")
            return {}
        taken = {}
        for key, value in given.items():
            here = f"{where}.{key}" if where else key
            if key not in kinds:
                self.fault("unknown_key", entry=here, near=_near(key, kinds))
                continue
            try:
                taken[key] = kinds[key](value)
            except TypeError:
                self.fault("wrong_kind", entry=here, kind=kinds[key].__name__.strip("_"))
        for key in needed:
            if key not in given:
                self.fault("missing_key", entry=f"{where}.{key}" if where else key)
        return taken

    def recipe(self, content: dict) -> Recipe:
        top = self.take("", content, _RECIPE, ("format", "dataset", "title", "timezone", "tables"))
        if top.get("format", FORMAT) != FORMAT:
            self.fault("wrong_format", found=top["format"], known=FORMAT)
        if not allowed(top.get("dataset", "x")):
            self.fault("bad_dataset", name=top["dataset"])
        self._zone("timezone", top.get("timezone"))
        codebook = self._codebook(top)
        tables = {}
        for name, given in top.get("tables", {}).items():
            if name not in contracts.names():
                self.fault("unknown_table", table=name, known=list(contracts.names()))
            else:
                tables[name] = self._table(name, given, codebook)
        if "tables" in top and not top["tables"]:
            self.fault("missing_key", entry="tables")
        return Recipe(
            dataset=top.get("dataset", ""), title=top.get("title", {}), timezone=top.get("timezone", ""),
            about=top.get("about"), threshold=top.get("threshold", 5), synthetic=top.get("synthetic", False),
            period=top.get("period"), codebook=codebook, tables=tables,
        )  # fmt: skip

    def _zone(self, where: str, name: str | None) -> None:
        if name is not None and (not name or name not in zoneinfo.available_timezones()):
            self.fault("unknown_zone", entry=where, zone=name)

    def _codebook(self, top: dict) -> dict[str, Any]:
        promises = [c for t in contracts.names() for c in _columns_of(contracts.load(t))]
        known = {c.scale for c in promises if isinstance(c.scale, str)}
        frameworks = {f for c in promises for f in (c.framework, c.items) if f}
        scales = self.take("scales", top.get("scales", {}), dict.fromkeys(known, _span))
        dimensions = [
            self.take(f"dimensions[{n}]", entry, _DIMENSION, ("framework", "dimension", "zh", "en"))
            for n, entry in enumerate(top.get("dimensions", []), 1)
        ]
        items = [
            self.take(f"items[{n}]", entry, _ITEM, ("framework", "item", "zh", "en"))
            for n, entry in enumerate(top.get("items", []), 1)
        ]
        listed = {(d.get("framework"), d.get("dimension")) for d in dimensions}
        seen = set()
        for n, entry in enumerate(items, 1):
            key = entry.get("framework"), entry.get("item")
            if key[0] is not None and key[0] not in frameworks:
                self.fault("unknown_choice", entry=f"items[{n}].framework", found=key[0], known=sorted(frameworks))
            if not _CODE.fullmatch(entry.get("item", "x")):
                self.fault("bad_code", entry=f"items[{n}].item", code=entry["item"])
            if "dimension" in entry and (entry.get("framework"), entry["dimension"]) not in listed:
                self.fault("unlisted_dimension", entry=f"items[{n}].dimension", code=entry["dimension"])
            if key in seen:
                self.fault("twice", entry=f"items[{n}].item", code=entry.get("item"))
            seen.add(key)
        codes = {}
        fields = {c.codes for c in promises if c.codes} | {"branch"}
        for kind, entries in self.take("codes", top.get("codes", {}), dict.fromkeys(fields, _table)).items():
            codes[kind] = self.take(f"codes.{kind}", entries, dict.fromkeys(entries, _both))
        return {"scales": {**STANDARD_SCALES, **scales}, "dimensions": dimensions, "items": items, "codes": codes}

    def _table(self, name: str, given: Any, codebook: Mapping[str, Any]) -> Table:
        where, contract = f"tables.{name}", contracts.load(name)
        top = self.take(where, given, _TABLE, ("file",))
        source = self._source(where, top)
        long = self.take(f"{where}.long", top.get("long", {}), {"items": _map}, ("items",) if "long" in top else ())
        written = dict(top.get("columns", {}))
        if not written and "columns" not in top and "each" not in top:
            self.fault("missing_key", entry=f"{where}.columns")
        for n, group in enumerate(top.get("each", []), 1):
            here = f"{where}.each[{n}]"
            group = self.take(here, group, {"items": _map, "columns": _table}, ("items", "columns"))
            for item, part in group.get("items", {}).items():
                for target, spec in group.get("columns", {}).items():
                    written[_fill(target, item, part)] = _fill(spec, item, part)
        variants = [
            {_fill(t, item, part): _fill(spec, item, part) for t, spec in written.items()}
            for item, part in long.get("items", {}).items()
        ] or [written]
        columns = tuple(
            tuple(
                c
                for target, spec in variant.items()
                if (c := self._column(where, contract, target, spec, top.get("missing", ()), codebook))
            )
            for variant in variants
        )
        differs = {target for target, spec in written.items() if "{source}" in str(spec)}
        columns = tuple(tuple(replace(c, per_item=c.target in differs) for c in variant) for variant in columns)
        if long and not any(c.per_item and c.sources for c in columns[0]):
            self.fault("nothing_per_item", entry=f"{where}.long")
        self._whole_table(where, contract, variants[0], columns[0])
        keep = tuple(self._keep(f"{where}.keep[{n}]", condition) for n, condition in enumerate(top.get("keep", []), 1))
        return Table(contract, top.get("file", ()), source, keep, columns, bool(long))

    def _source(self, where: str, top: dict) -> Source:
        files = top.get("file", ())
        guess = next((f for f, ends in _ENDINGS.items() if all(p.lower().endswith(ends) for p in files)), None)
        format = top.get("format", guess if files else "csv")
        if format not in _ENDINGS:
            self.fault("unknown_choice", entry=f"{where}.format", found=format or "?", known=list(_ENDINGS))
        encoding = top.get("encoding", "utf-8")
        try:
            codecs.lookup(encoding)
        except (LookupError, ValueError):
            self.fault("unknown_encoding", entry=f"{where}.encoding", encoding=encoding)
        for key, longest in (("delimiter", 1), ("quote", 1)):
            if len(top.get(key, "x")) > longest or (key == "delimiter" and top.get(key) == ""):
                self.fault("one_character", entry=f"{where}.{key}")
        tabs = files and all(".tsv" in p.lower() for p in files)
        return Source(
            format=format or "csv", encoding=encoding, delimiter=top.get("delimiter", "\t" if tabs else ","),
            quote=top.get("quote", '"'), sheet=top.get("sheet", ""), skip=top.get("skip", 0),
        )  # fmt: skip

    def _keep(self, where: str, given: Any) -> Keep:
        taken = self.take(where, given, _KEEP, ("column",))
        if taken and not set(taken) - {"column"}:
            self.fault("empty_condition", entry=where)
        return Keep(
            taken.get("column", ""), taken.get("in"), taken.get("not_in"),
            taken.get("least"), taken.get("most"), taken.get("blank"),
        )  # fmt: skip

    def _column(
        self, where: str, contract: Contract, target: str, spec: Any, missing: tuple, codebook: Mapping[str, Any]
    ) -> Column | None:
        here, promise = f"{where}.columns.{target}", contract.column(target)
        if promise is None or target == "words":
            near = _near(target, [*contract.columns, *(f"{f}_" for f in contract.families)])
            self.fault("unknown_target", entry=here, table=contract.table, near=near)
            return None
        if isinstance(spec, str):
            spec = {"from": spec}
        taken = self.take(here, spec, _COLUMN)
        ways = [key for key in ("from", "value", "row", "minutes") if taken.get(key)]
        if len(ways) != 1 and isinstance(spec, dict):
            self.fault("one_way", entry=here, ways=["from", "value", "row", "minutes"])
            return None
        kind = "VARCHAR" if target == "replicate" else promise.type
        for key in taken:
            if kind not in _ONLY_FOR.get(key, {kind}):
                self.fault("wrong_place", entry=f"{here}.{key}", type=kind)
        for form in taken.get("date", ()):
            if form not in ("iso", "excel", "unix") and not re.search(r"%[a-zA-Z]", form):
                self.fault("bad_date_format", entry=f"{here}.date", form=form)
        if taken.get("divide") == 0:
            self.fault("wrong_kind", entry=f"{here}.divide", kind="nonzero")
        if "other" in taken and "map" not in taken:
            self.fault("other_without_map", entry=f"{here}.other")
        self._zone(f"{here}.zone", taken.get("zone"))
        self._against_codebook(here, promise, taken, codebook)
        names = {"from": "sources"}
        column = Column(target, **{names.get(k, k): v for k, v in taken.items()})
        return replace(column, missing=(*missing, *column.missing), required=column.required or not promise.nullable)

    def _against_codebook(self, where: str, promise: contracts.Column, taken: dict, codebook: Mapping) -> None:
        """Items must be in the codebook, scales stated, and the codes that a recipe makes known."""
        items = {(i.get("framework"), i.get("item")) for i in codebook["items"]}
        if promise.item and (promise.framework, promise.item) not in items:
            self.fault("unlisted_item", entry=where, framework=promise.framework, item=promise.item)
        if isinstance(promise.scale, str) and promise.scale not in codebook["scales"]:
            self.fault("unstated_scale", entry=where, scale=promise.scale)
        made = [*taken.get("map", {}).values(), *(taken[k] for k in ("other", "blank", "value") if k in taken)]
        made = [m for m in made if "{value}" not in m]
        if promise.items:
            known = [i for f, i in items if f == promise.items]
        else:
            known = list(promise.values) or list(codebook["codes"].get(promise.codes or promise.name, {}))
        unknown = sorted(set(made) - set(known)) if known else []
        if unknown and promise.type == "VARCHAR":
            self.fault("unlisted_codes", entry=where, codes=unknown, known=known)

    def _whole_table(self, where: str, contract: Contract, written: dict, columns: tuple[Column, ...]) -> None:
        """What only shows when all columns are known: required ones, and columns that lean on earlier ones."""
        needed = [c.name for c in contract.columns.values() if c.required and c.name not in MADE]
        absent = [name for name in needed if name not in written]
        if absent:
            self.fault("missing_targets", entry=f"{where}.columns", columns=absent)
        earlier: list[str] = []
        for column in columns:
            for other in (column.next_day, *(column.minutes or ())):
                if other and (other not in earlier or contract.columns[other].type != "TIMESTAMP"):
                    self.fault("not_earlier", entry=f"{where}.columns.{column.target}", other=other)
            if column.target in contract.columns:
                earlier.append(column.target)


def _columns_of(contract: Contract) -> list[contracts.Column]:
    return [*contract.columns.values(), *contract.families.values()]


def _fill(node: Any, item: str, part: str) -> Any:
    """Put an item's code and its part of the source names wherever a group of columns leaves room for them."""
    if isinstance(node, str):
        return node.replace("{item}", item).replace("{source}", part)
    if isinstance(node, list):
        return [_fill(n, item, part) for n in node]
    if isinstance(node, dict):
        return {key: _fill(value, item, part) for key, value in node.items()}
    return node


def _near(word: str, known: Any) -> list[str]:
    return difflib.get_close_matches(word, list(known), 3) or sorted(known)[:8]
