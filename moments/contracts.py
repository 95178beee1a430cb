"""Holds a table against its contract and names every difference at once.

A contract is `data/contracts/<table>.toml`: the grain of the table, its kind, its time column, its key, and for each
column the SQL type, unit, scale, whether it may be empty, and its label in both languages. A column is described by

    type       as DuckDB names it
    required   the table is of no use without it; any other column may be absent
    nullable   false where an empty cell is a fault
    unit       point, minute, count, yuan
    scale      [lowest, highest], or the name of a scale in the codebook of the dataset
    values     the only codes there are;  codes, items, dimensions: where the codebook lists them
    not_before the column whose moment must have come first

A family describes wide answers, `<family>_<item>`: one column for each item of a framework in the codebook.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moments.datasets import sql_type

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = Path(__file__).parents[1] / "data" / "contracts"
DIMENSIONS = ("region", "branch", "channel", "segment", "service")  # columns of fact tables that readers filter by


@dataclass(frozen=True)
class Column:
    """What one column promises. `item` is set where the column is one of a family."""

    name: str
    type: str
    zh: str
    en: str
    required: bool = False
    nullable: bool = True
    unit: str | None = None
    scale: str | tuple[float, float] | None = None
    values: tuple[str, ...] = ()
    codes: str | None = None
    items: str | None = None
    dimensions: str | None = None
    not_before: str | None = None
    framework: str | None = None
    item: str | None = None


@dataclass(frozen=True)
class Contract:
    """What a table promises. `kind` is "fact" (rows that filters narrow) or "reference" (rows that describe)."""

    table: str
    kind: str
    time: str | None
    key: tuple[str, ...]
    label: Mapping[str, str]
    grain: Mapping[str, str]
    columns: Mapping[str, Column]
    families: Mapping[str, Column] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        """The promise about a column, named or of a family; None for a column that nobody described."""
        if name in self.columns:
            return self.columns[name]
        family, _, item = name.partition("_")
        if item and family in self.families:
            return replace(self.families[family], name=name, item=item)
        return None


@dataclass(frozen=True)
class Problem:
    """One difference between a table and its contract: a code and values; the words are in the text files.

    Codes, with their values beside `table`:
    unknown_table(); missing_column(column, type); unknown_column(column, type); wrong_type(column, expected, found);
    unknown_item(column, framework, item); unknown_scale(column, scale); empty_cells(column, count);
    out_of_scale(column, low, high, count, example); unknown_code(column, count, example);
    too_early(column, other, count); duplicate_key(columns, count).
    """

    code: str
    values: Mapping[str, Any]


@cache
def names() -> tuple[str, ...]:
    """The tables that have a contract."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.toml")))


@cache
def load(table: str) -> Contract:
    """The contract of a table. Raises KeyError for a table that has none."""
    if table not in names():
        raise KeyError(table)
    content = tomllib.loads((FOLDER / f"{table}.toml").read_text(encoding="utf-8"))
    return Contract(
        table=table,
        kind=content["kind"],
        time=content.get("time"),
        key=tuple(content["key"]),
        label=content["label"],
        grain=content["grain"],
        columns={name: _column(name, promise) for name, promise in content["columns"].items()},
        families={name: _column(name, promise) for name, promise in content.get("families", {}).items()},
    )


def _column(name: str, promise: Mapping[str, Any]) -> Column:
    return Column(name=name, **{key: tuple(v) if isinstance(v, list) else v for key, v in promise.items()})


def label(table: str, column: str, language: str, codebook: Mapping[str, Any] | None = None) -> str:
    """What a column is called in "zh" or "en"; the item of a family is named from the codebook, else by its code."""
    promise = load(table).column(column)
    if promise is None:
        return column
    words = getattr(promise, language)
    if promise.item is None:
        return words
    items = (codebook or {}).get("items", [])
    named = next((i for i in items if (i["framework"], i["item"]) == (promise.framework, promise.item)), {})
    return words.format(item=named.get(language, promise.item))


def check(
    table: str, data: pa.Schema | pa.Table | pa.RecordBatch, codebook: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Every difference between `data` and the contract of `table`; an empty list is a table that keeps its promises.

    A schema is checked for columns and types, a table or batch for its values as well. Codes, items and scales are
    checked as far as the codebook lists them.
    """
    import pyarrow as pa

    if table not in names():
        return [Problem("unknown_table", {"table": table})]
    contract, codebook = load(table), codebook or {}
    schema = data if isinstance(data, pa.Schema) else data.schema
    found = [
        ("missing_column", {"column": c.name, "type": c.type})
        for c in contract.columns.values()
        if c.required and c.name not in schema.names
    ]
    sound = []  # columns whose values can be looked at
    for given in schema:
        promise, type_found = contract.column(given.name), sql_type(given.type)
        if promise is None:
            found.append(("unknown_column", {"column": given.name, "type": type_found}))
        elif promise.type != type_found:
            found.append(("wrong_type", {"column": given.name, "expected": promise.type, "found": type_found}))
        else:
            found += _against_codebook(promise, codebook)
            sound.append(promise)
    if not isinstance(data, pa.Schema):
        for promise in sound:
            found += _values(promise, data, codebook)
        found += _keys(contract, data)
    return [Problem(code, {"table": table, **values}) for code, values in found]


def _against_codebook(column: Column, codebook: Mapping[str, Any]) -> list[tuple[str, dict]]:
    found = []
    if column.item and column.item not in (known := _listed(codebook, "items", "item", column.framework)) and known:
        found.append(("unknown_item", {"column": column.name, "framework": column.framework, "item": column.item}))
    if isinstance(column.scale, str) and column.scale not in codebook.get("scales", {}):
        found.append(("unknown_scale", {"column": column.name, "scale": column.scale}))
    return found


def _values(column: Column, data: pa.Table | pa.RecordBatch, codebook: Mapping[str, Any]) -> list[tuple[str, dict]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found, cells = [], data.column(data.schema.get_field_index(column.name))
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    if not column.nullable and cells.null_count:
        found.append(("empty_cells", {"column": column.name, "count": cells.null_count}))
    scale = codebook.get("scales", {}).get(column.scale) if isinstance(column.scale, str) else column.scale
    if scale:
        low, high = scale
        # "not inside" rather than "outside", so that NaN is found too
        outside = cells.filter(pc.invert(pc.and_(pc.greater_equal(cells, low), pc.less_equal(cells, high))))
        if len(outside):
            values = {"low": low, "high": high, "count": len(outside), "example": outside[0].as_py()}
            found.append(("out_of_scale", {"column": column.name, **values}))
    allowed = _allowed(column, codebook)
    if allowed:
        known = pc.is_in(cells, value_set=pa.array(sorted(allowed), cells.type), skip_nulls=True)
        strange = cells.filter(pc.and_(pc.invert(known), pc.is_valid(cells)))
        if len(strange):
            values = {"count": len(strange), "example": strange[0].as_py()}
            found.append(("unknown_code", {"column": column.name, **values}))
    other = column.not_before
    if other in data.schema.names and data.schema.field(other).type == data.schema.field(column.name).type:
        early = pc.sum(pc.less(cells, data.column(data.schema.get_field_index(other)))).as_py()
        if early:
            found.append(("too_early", {"column": column.name, "other": other, "count": early}))
    return found


def _keys(contract: Contract, data: pa.Table | pa.RecordBatch) -> list[tuple[str, dict]]:
    import pyarrow as pa

    if not set(contract.key) <= set(data.schema.names):
        return []
    table = data if isinstance(data, pa.Table) else pa.Table.from_batches([data])
    distinct = table.select(contract.key).group_by(list(contract.key)).aggregate([]).num_rows
    if distinct == table.num_rows:
        return []
    return [("duplicate_key", {"columns": list(contract.key), "count": table.num_rows - distinct})]


def _allowed(column: Column, codebook: Mapping[str, Any]) -> set[str]:
    """The codes a column may hold; empty where nobody lists them, and then anything goes."""
    if column.values:
        return set(column.values)
    if column.items:
        return _listed(codebook, "items", "item", column.items)
    if column.dimensions:
        return _listed(codebook, "dimensions", "dimension", column.dimensions)
    return set(codebook.get("codes", {}).get(column.codes, {}))


def _listed(codebook: Mapping[str, Any], part: str, key: str, framework: str | None) -> set[str]:
    return {entry[key] for entry in codebook.get(part, []) if entry["framework"] == framework}
