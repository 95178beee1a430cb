"""Cells of text become the types, scales and codes of a contract; whatever cannot is kept with its reason.

Everything works on whole columns, and on each different text only once: a score column has eleven of them, not a
million. A refused cell refuses its row; a cell that the recipe calls missing does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from moments.contracts import Column as Promise
from moments.imports.recipe import FREE_TEXT, Column, Keep, Recipe, Table
from moments.masking import mask
from moments.words import tokens

REPLICATES = 20
YEARS = (1900, 2100)  # a moment outside is a slip of the pen
LONGEST_VALUE = 200  # characters of a refused cell that are kept

ARROW = {
    "BIGINT": pa.int64(), "INTEGER": pa.int32(), "TINYINT": pa.int8(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(), "VARCHAR[]": pa.list_(pa.string()), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us"),
}  # fmt: skip
REJECTED = pa.schema(
    [
        ("table", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("target", pa.string()),
        ("value", pa.string()),
        ("rule", pa.string()),
        ("expected", pa.string()),
    ]
)

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_WHOLE = r"^[+-]?\d{1,18}$"
_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"


@dataclass
class Fault:
    """Cells that break one rule. `cells` marks them; codes of rules: see rule_<code> in moments/text/import.toml."""

    rule: str
    cells: pa.BooleanArray
    expected: str = ""


@dataclass
class Converted:
    """What became of one batch: rows in the types of the contract, refused cells, and how many rows were what."""

    rows: pa.Table
    rejected: list[pa.Table]
    read: int
    left_out: int
    refused: int


@dataclass
class _Cells:
    """One target column while it is being made: its values, the text it came from and what is wrong with it."""

    values: pa.Array
    text: pa.Array
    faults: list[Fault] = field(default_factory=list)


def batch(cells: pa.RecordBatch, table: Table, recipe: Recipe, file: str, first_row: int) -> Converted:
    """One batch of text (see read.py) as rows of the target table, with `__file` and `__row` to find them again.

    `first_row` is added to row numbers where an id is made of them, so that several files do not share ids.
    """
    given = dict(zip(table.source_columns, cells.columns[2:], strict=True))
    done = Converted(None, [], 0, 0, 0)
    parts = []
    ragged = pc.is_valid(cells.column(1))
    wanted = pc.or_(_kept(table.keep, given, len(ragged)), ragged)  # a torn row is refused, not left out
    for columns in table.variants:
        parts.append(_variant(cells, given, ragged, wanted, columns, table, recipe, file, first_row, done))
    done.rows = pa.concat_tables(parts)
    return done


def _variant(cells, given, ragged, wanted, columns, table, recipe, file, first_row, done: Converted) -> pa.Table:
    count = cells.num_rows
    row = cells.column(0)
    made: dict[str, _Cells] = {}
    for column in columns:
        promise = table.contract.column(column.target)
        made[column.target] = _make(column, promise, given, row, first_row, made, recipe)
    if table.long:
        answered = _answered(columns, made)
        wanted = pc.or_(pc.and_(wanted, answered), ragged)
    bad = ragged
    where = {"table": table.contract.table, "file": file}
    done.rejected += _told(where, row, ragged, "", "", cells.column(1).cast(pa.string()), "cells", "")
    for column in columns:
        for fault in made[column.target].faults:
            hit = pc.and_(pc.and_(fault.cells, wanted), pc.invert(ragged))
            bad = pc.or_(bad, hit)
            source, text = " + ".join(column.sources), made[column.target].text
            done.rejected += _told(where, row, hit, source, column.target, text, fault.rule, fault.expected)
    bad = pc.and_(bad, wanted)
    good = pc.and_(wanted, pc.invert(bad))
    done.read += count
    done.left_out += count - (pc.sum(wanted).as_py() or 0)
    done.refused += pc.sum(bad).as_py() or 0
    kept = {name: c.values.filter(good) for name, c in made.items()}
    if "replicate" in table.contract.columns:
        kept["replicate"] = _replicates(kept.get("replicate"), kept[table.contract.key[0]])
    for free in FREE_TEXT & set(kept):
        kept[free], kept["words"] = _texts(kept[free])
    names = dict.fromkeys([*(n for n in table.contract.columns if n in kept), *kept])
    total = pc.sum(good).as_py() or 0
    return pa.table({**{n: kept[n] for n in names}, "__file": pa.repeat(file, total), "__row": row.filter(good)})


def _told(where: Mapping[str, str], row, hit, column: str, target: str, text, rule: str, expected: str):
    """The refused cells of one fault as rows of the report, personal data masked."""
    row, text = row.filter(hit), text.filter(hit)
    if not len(row):
        return []
    shown = text.dictionary_encode()
    words = [None if t is None else mask(t)[:LONGEST_VALUE] for t in shown.dictionary.to_pylist()]
    text = pa.array(words, pa.string()).take(shown.indices)
    fixed = [pa.repeat(pa.scalar(v, pa.string()), len(row)) for v in (where["table"], where["file"])]
    rest = [pa.repeat(pa.scalar(v, pa.string()), len(row)) for v in (column, target)]
    last = [pa.repeat(pa.scalar(v, pa.string()), len(row)) for v in (rule, expected)]
    return [pa.table([*fixed, row, *rest, text, *last], schema=REJECTED)]


def _answered(columns: tuple[Column, ...], made: Mapping[str, _Cells]) -> pa.BooleanArray:
    """Whether a row of a long table says anything: one of the columns that differ between its items is not blank."""
    told = [pc.is_valid(made[c.target].text) for c in columns if c.sources and c.per_item]
    any_of = told[0]
    for other in told[1:]:
        any_of = pc.or_(any_of, other)
    return any_of


def _kept(conditions: tuple[Keep, ...], given: Mapping[str, pa.Array], count: int) -> pa.BooleanArray:
    """Which rows meet every condition. A blank cell meets `not_in` and `blank`, no other."""
    kept = pa.repeat(True, count)
    for condition in conditions:
        text = _tidy(given[condition.column])
        if condition.within is not None:
            kept = pc.and_(kept, pc.is_in(text, value_set=pa.array(condition.within, pa.string())))
        if condition.without is not None:
            kept = pc.and_(kept, pc.invert(pc.is_in(text, value_set=pa.array(condition.without, pa.string()))))
        if condition.blank is not None:
            kept = pc.and_(kept, pc.is_null(text) if condition.blank else pc.is_valid(text))
        if condition.least is not None or condition.most is not None:
            number, _ = _numbers(text)
            low, high = condition.least, condition.most
            if low is not None:
                kept = pc.and_(kept, pc.fill_null(pc.greater_equal(number, low), False))
            if high is not None:
                kept = pc.and_(kept, pc.fill_null(pc.less_equal(number, high), False))
    return kept


# --- one column -----------------------------------------------------------------------------------------------


def _make(column: Column, promise: Promise, given, row, first_row: int, made, recipe: Recipe) -> _Cells:
    kind = pa.string() if column.target == "replicate" else ARROW[promise.type]
    if column.row:
        values = pc.add(row, pa.scalar(first_row, pa.int64()))
        return _Cells(values, values.cast(pa.string()))
    if column.minutes:
        start, end = (made[name].values for name in column.minutes)
        values = pc.divide(pc.microseconds_between(start, end).cast(pa.float64()), 60e6)
        cells = _Cells(values, values.cast(pa.string()))
    elif column.value is not None:
        text = pa.repeat(pa.scalar(column.value, pa.string()), len(row))
        cells = _by_each(text, column, promise, kind, recipe)
    else:
        text = _gather(column, [given[s] for s in column.sources], pa.types.is_temporal(kind))
        cells = _by_each(text, column, promise, kind, recipe)
    if column.required and column.target != "replicate":  # made for every row, from its id if need be
        blank = pc.and_(pc.is_null(cells.values), pc.invert(_any(cells.faults, len(row))))
        cells.faults.append(Fault("blank", blank))
    if column.next_day:
        cells.values = _after_midnight(cells.values, made[column.next_day].values)
    cells.faults += _against(promise, column, cells.values, made, recipe)
    return cells


def _any(faults: list[Fault], count: int) -> pa.BooleanArray:
    found = pa.repeat(False, count)
    for fault in faults:
        found = pc.or_(found, fault.cells)
    return found


def _gather(column: Column, sources: list[pa.Array], in_parts: bool) -> pa.Array:
    """Several source columns as one text: joined, or the first that is not blank.

    What is only whole with all its parts, a moment of day and time, is blank when one of them is.
    """
    if len(sources) == 1:
        return sources[0]
    tidy = [_tidy(s, column.missing) for s in sources]
    if column.first:
        return pc.coalesce(*tidy)
    return pc.binary_join_element_wise(*tidy, column.join, null_handling="emit_null" if in_parts else "skip")


def _tidy(text: pa.Array, missing: tuple[str, ...] = ()) -> pa.Array:
    """Trimmed text; whole numbers without a decimal point; nothing where it is empty or stands for missing."""
    text = pc.utf8_trim_whitespace(text)
    whole = pc.match_substring_regex(text, r"^[+-]?\d+\.0+$")
    text = pc.if_else(whole, pc.replace_substring_regex(text, r"\.0+$", ""), text)
    codes = pa.array(["", *(m.casefold() for m in missing)], pa.string())
    return pc.if_else(pc.is_in(pc.utf8_lower(text), value_set=codes), pa.scalar(None, pa.string()), text)


def _by_each(text: pa.Array, column: Column, promise: Promise, kind: pa.DataType, recipe: Recipe) -> _Cells:
    """Convert each different text once and deal the results out again."""
    encoded = text.dictionary_encode(null_encoding="encode")  # a missing cell may have a code of its own
    texts, places = encoded.dictionary, encoded.indices
    cells = _convert(texts, column, promise, kind, recipe)
    return _Cells(
        cells.values.take(places),
        cells.text.take(places),
        [Fault(f.rule, pc.fill_null(f.cells.take(places), False), f.expected) for f in cells.faults],
    )


def _convert(text: pa.Array, column: Column, promise: Promise, kind: pa.DataType, recipe: Recipe) -> _Cells:
    tidy = _tidy(text, column.missing)
    if promise.name in FREE_TEXT:
        tidy = pc.if_else(pc.is_valid(tidy), pc.utf8_trim_whitespace(text), tidy)
    faults = []
    blank, values = pc.is_null(tidy), tidy
    if column.map is not None:
        keys = pa.array(list(column.map), pa.string())
        place = pc.index_in(tidy, value_set=keys)
        values = pa.array(list(column.map.values()), pa.string()).take(place)
        unknown = pc.and_(pc.is_null(place), pc.invert(blank))
        if column.other is not None:
            other = pc.binary_join_element_wise(*_around(column.other, tidy), "") if "{value}" in column.other else None
            values = pc.if_else(unknown, pa.scalar(column.other) if other is None else other, values)
        else:
            faults.append(Fault("map", unknown, ", ".join(column.map)))
    if column.blank is not None:
        values = pc.if_else(blank, pa.scalar(column.blank, pa.string()), values)
    values, found = _typed(values, column, kind, recipe.timezone)
    return _Cells(values, tidy, faults + found)


def _around(pattern: str, text: pa.Array) -> list[Any]:
    before, _, after = pattern.partition("{value}")
    return [pa.scalar(before), text, pa.scalar(after)]


def _typed(text: pa.Array, column: Column, kind: pa.DataType, timezone: str) -> tuple[pa.Array, list[Fault]]:
    if column.hash:
        return _hashed(text, kind), []
    if pa.types.is_string(kind):
        return text, []
    text = pc.utf8_normalize(text, "NFKC")
    if pa.types.is_boolean(kind):
        return _booleans(text, column)
    if pa.types.is_temporal(kind):
        return _moments(text, column, kind, timezone)
    as_it_is = (column.times, column.divide, column.plus) == (1.0, 1.0, 0.0)
    if kind == pa.int64() and as_it_is:
        sound = pc.match_substring_regex(text, _WHOLE)
        values = pc.if_else(sound, text, pa.scalar(None, pa.string())).cast(pa.int64())
        return values, [Fault("whole", _not(sound))]
    values, sound = _numbers(text)
    faults = [Fault("number", _not(sound))]
    if not as_it_is:
        values = pc.add(pc.divide(pc.multiply(values, column.times), column.divide), column.plus)
    if pa.types.is_floating(kind):
        return values, faults
    # a product like 6 * 0.1 is not exactly whole in floating point
    near = pc.round(values, ndigits=0)
    small = pc.less(pc.abs(values), 2.0 ** (kind.bit_width - 1))
    whole = pc.and_(pc.less(pc.abs(pc.subtract(values, near)), 1e-9), small)
    values = pc.if_else(whole, near, pa.scalar(None, pa.float64())).cast(kind)
    return values, [*faults, Fault("whole", _not(whole))]


def _not(sound: pa.BooleanArray) -> pa.BooleanArray:
    """Where something was given and is not sound; nothing given is no fault."""
    return pc.fill_null(pc.invert(sound), False)


def _numbers(text: pa.Array) -> tuple[pa.Array, pa.BooleanArray]:
    text = pc.if_else(pc.match_substring_regex(text, _GROUPED), pc.replace_substring(text, ",", ""), text)
    sound = pc.match_substring_regex(text, _NUMBER)
    return pc.if_else(sound, text, pa.scalar(None, pa.string())).cast(pa.float64()), sound


def _booleans(text: pa.Array, column: Column) -> tuple[pa.Array, list[Fault]]:
    if column.option is not None:
        split = column.split
        inside = pc.binary_join_element_wise(pa.scalar(split), _no_gaps(text, split), pa.scalar(split), "")
        return pc.match_substring(inside, split + column.option + split), []
    low = pc.utf8_lower(text)
    yes = pc.is_in(low, value_set=pa.array([t.casefold() for t in column.true], pa.string()))
    no = pc.is_in(low, value_set=pa.array([f.casefold() for f in column.false], pa.string()))
    values = pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))
    unknown = pc.and_(pc.is_null(values), pc.is_valid(text))
    return values, [Fault("boolean", unknown, ", ".join((*column.true, *column.false)))]


def _no_gaps(text: pa.Array, split: str) -> pa.Array:
    parts = [None if t is None else split.join(p.strip() for p in t.split(split)) for t in text.to_pylist()]
    return pa.array(parts, pa.string())


def _moments(text: pa.Array, column: Column, kind: pa.DataType, timezone: str) -> tuple[pa.Array, list[Fault]]:
    """Text to moments in the dataset's zone, by the formats of the recipe in their order; nothing is guessed."""
    texts = pd.Series(text.to_pylist(), dtype="str")
    found = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    for form in column.date:
        open_ = found.isna() & texts.notna()
        if open_.any():
            found = found.fillna(_parse(texts[open_], form, column.zone, timezone).reindex(texts.index))
    found = found.where(found.dt.year.between(*YEARS))
    values = pa.array(found, pa.timestamp("us"))
    faults = [Fault("date", pc.and_(pc.is_null(values), pc.is_valid(text)), ", ".join(column.date))]
    return values.cast(kind, safe=False), faults


def _parse(texts: pd.Series, form: str, zone: str | None, timezone: str) -> pd.Series:
    nothing = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    if form in ("excel", "unix"):
        number = pd.to_numeric(texts, errors="coerce")
        most = 100_000 if form == "excel" else 5e9
        number = number.where(number.between(0, most))
        start = pd.Timestamp("1899-12-30") if form == "excel" else pd.Timestamp(0)
        unit = 86_400e6 if form == "excel" else 1e6
        found = start + pd.to_timedelta((number * unit).round(), unit="us")
        return _moved(found, zone if form == "excel" else zone or "UTC", timezone)
    if form != "iso":
        return _moved(pd.to_datetime(texts, format=form, errors="coerce", utc="%z" in form), zone, timezone)
    whole_day = texts.where(texts.str.match(r"\d{4}-?\d\d-?\d\d"))  # "2018" or "2018-03" is not a day
    zoned = whole_day.str.contains(r"\d[:.\d]*\s?(?:Z|[+-]\d\d:?\d\d)$", regex=True) & whole_day.str.contains(":")
    zoned = zoned.fillna(False).astype(bool)
    plain = pd.to_datetime(whole_day[~zoned], format="ISO8601", errors="coerce")
    found = nothing.fillna(_moved(plain, zone, timezone).reindex(texts.index))
    if zoned.any():
        exact = pd.to_datetime(whole_day[zoned], format="ISO8601", errors="coerce", utc=True)
        found = found.fillna(_moved(exact, "UTC", timezone).reindex(texts.index))
    return found


def _moved(found: pd.Series, zone: str | None, timezone: str) -> pd.Series:
    """Moments told in another zone than the dataset's; an hour that a clock change repeats is read as its second."""
    if found.dt.tz is None and zone in (None, timezone):
        return found.astype("datetime64[us]")
    if found.dt.tz is None:
        found = found.dt.tz_localize(zone, ambiguous=np.zeros(len(found), bool), nonexistent="shift_forward")
    return found.dt.tz_convert(timezone).dt.tz_localize(None).astype("datetime64[us]")


def _after_midnight(values: pa.Array, earlier: pa.Array) -> pa.Array:
    """A time of day before the one it must follow is on the next day."""
    day = pa.scalar(86_400_000_000, pa.duration("us"))
    return pc.if_else(pc.fill_null(pc.less(values, earlier), False), pc.add(values, day), values)


def _hashed(text: pa.Array, kind: pa.DataType) -> pa.Array:
    """A number (63 bits) or a word (16 letters) that stands for a text, the same on every machine."""
    digests = [None if t is None else hashlib.blake2b(t.encode(), digest_size=8).digest() for t in text.to_pylist()]
    if pa.types.is_string(kind):
        return pa.array([d and d.hex() for d in digests], kind)
    return pa.array([d and int.from_bytes(d) >> 1 for d in digests], kind)


def _against(promise: Promise, column: Column, values: pa.Array, made, recipe: Recipe) -> list[Fault]:
    """The rules of the contract and the codebook for one column."""
    if column.target == "replicate":
        return []
    faults = []
    scale = recipe.codebook["scales"].get(promise.scale) if isinstance(promise.scale, str) else promise.scale
    if scale:
        low, high = scale
        inside = pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))
        faults.append(Fault("scale", _not(inside), f"{low:g}\u2013{high:g}"))
    codes = _known(promise, recipe.codebook)
    if codes:
        known = pc.is_in(values, value_set=pa.array(codes, pa.string()))
        faults.append(Fault("code", pc.and_(pc.invert(known), pc.is_valid(values)), ", ".join(codes)))
    if promise.not_before in made and not column.may_be_early:
        early = pc.less(values, made[promise.not_before].values)
        faults.append(Fault("early", pc.fill_null(early, False), promise.not_before))
    return faults


def _known(promise: Promise, codebook: Mapping[str, Any]) -> list[str]:
    """The codes that a column may hold; none listed means that any will do."""
    if promise.values:
        return list(promise.values)
    if promise.items:
        return [i["item"] for i in codebook["items"] if i["framework"] == promise.items]
    if promise.dimensions:
        return [d["dimension"] for d in codebook["dimensions"] if d["framework"] == promise.dimensions]
    return list(codebook["codes"].get(promise.codes, {}))


# --- columns that every import makes --------------------------------------------------------------------------


def _replicates(own: pa.Array | None, key: pa.Array) -> pa.Array:
    """The group 0-19 of each row, by a hash of who answered where that is known, else of the row's id."""
    text = key.cast(pa.string())
    if own is not None:
        text = pc.coalesce(own, text)
    encoded = text.dictionary_encode()
    groups = [
        int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest()) % REPLICATES
        for t in encoded.dictionary.to_pylist()
    ]
    return pa.array(groups, pa.int8()).take(encoded.indices)


def _texts(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Comments with personal data masked, and their words."""
    encoded = texts.dictionary_encode()
    masked = [mask(t) for t in encoded.dictionary.to_pylist()]
    words = pa.array([tokens(t) for t in masked], pa.list_(pa.string()))
    return pa.array(masked, pa.string()).take(encoded.indices), words.take(encoded.indices)
