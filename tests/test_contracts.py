"""Every planted fault is found, and all of them at once."""

import re
from datetime import date, datetime

import pyarrow as pa
import pytest

from moments import contracts

TYPES = {"BIGINT", "INTEGER", "TINYINT", "DOUBLE", "BOOLEAN", "VARCHAR", "VARCHAR[]", "DATE", "TIMESTAMP"}
DIMENSIONS = ("branch", "region", "channel", "segment", "service")
BOOK = {
    "scales": {"recommend": [0, 10], "satisfaction": [1, 10], "servqual": [1, 7], "journey": [1, 10], "value": [1, 10]},
    "dimensions": [{"framework": "servqual", "dimension": "tangibles", "zh": "有形性", "en": "Tangibles"}],
    "items": [{"framework": "servqual", "item": "tan1", "dimension": "tangibles", "zh": "设备先进", "en": "Equipment"},
              {"framework": "kano", "item": "robot", "zh": "机器人", "en": "Robot"}],
    "codes": {"channel": {"counter": {"zh": "柜台", "en": "Counter"}}},
}


def answers(**columns):
    good = {
        "response": pa.array([1, 2], pa.int64()), "replicate": pa.array([0, 19], pa.int8()),
        "channel": pa.array(["counter", None]), "recommend": pa.array([0, 10], pa.int8()),
        "answered_at": pa.array([datetime(2024, 1, 1)] * 2, pa.timestamp("us")),
        "perceived_tan1": pa.array([1, None], pa.int8()), "words": pa.array([["好"], None], pa.list_(pa.string())),
    }
    return pa.table({k: v for k, v in (good | columns).items() if v is not None})


def found(table, data, book=BOOK):
    return {(p.code, *(str(p.values[k]) for k in sorted(p.values) if k in ("column", "count", "other")))
            for p in contracts.check(table, data, book)}


def test_a_table_that_keeps_its_promises_has_no_problem():
    assert contracts.check("responses", answers(), BOOK) == []
    assert contracts.check("responses", answers().schema, BOOK) == []
    assert contracts.check("responses", answers().to_batches()[0], BOOK) == []
    assert contracts.check("responses", answers().slice(0, 0), BOOK) == []


FAULTS = {
    "missing_column": ({"replicate": None}, ("missing_column", "replicate")),
    "unknown_column": ({"mood": pa.array([1, 2])}, ("unknown_column", "mood")),
    "wrong_type": ({"recommend": pa.array([1, 2], pa.int64())}, ("wrong_type", "recommend")),
    "out_of_scale": ({"recommend": pa.array([11, -1], pa.int8())}, ("out_of_scale", "recommend", "2")),
    "family_out_of_scale": ({"perceived_tan1": pa.array([8, 7], pa.int8())}, ("out_of_scale", "perceived_tan1", "1")),
    "not_a_number": ({"wait_actual": pa.array([float("nan"), 1.0])}, ("out_of_scale", "wait_actual", "1")),
    "negative_wait": ({"wait_actual": pa.array([-1.0, 1.0])}, ("out_of_scale", "wait_actual", "1")),
    "unknown_item": ({"expected_zzz": pa.array([1, 2], pa.int8())}, ("unknown_item", "expected_zzz")),
    "empty_cells": ({"answered_at": pa.array([None, datetime(2024, 1, 1)], pa.timestamp("us"))},
                    ("empty_cells", "answered_at", "1")),
    "unknown_code": ({"channel": pa.array(["counter", "pigeon"])}, ("unknown_code", "channel", "1")),
    "duplicate_key": ({"response": pa.array([7, 7], pa.int64())}, ("duplicate_key", "1")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_planted_fault_is_found(name):
    columns, expected = FAULTS[name]
    assert found("responses", answers(**columns)) == {expected}


def test_all_faults_are_named_at_once():
    together = {"replicate": None, "mood": pa.array([1, 2]), "recommend": pa.array([11, -1], pa.int8()),
                "wait_actual": pa.array([-1.0, 1.0]), "wait_perceived": pa.array([1, 2], pa.int8()),
                "expected_zzz": pa.array([1, 2], pa.int8()), "channel": pa.array(["counter", "pigeon"]),
                "response": pa.array([7, 7], pa.int64())}
    assert found("responses", answers(**together)) == {
        ("missing_column", "replicate"), ("unknown_column", "mood"), ("out_of_scale", "recommend", "2"),
        ("out_of_scale", "wait_actual", "1"), ("wrong_type", "wait_perceived"), ("unknown_item", "expected_zzz"),
        ("unknown_code", "channel", "1"), ("duplicate_key", "1")}


def test_problems_carry_what_a_sentence_needs():
    problem, = contracts.check("responses", answers(recommend=pa.array([11, 10], pa.int8())), BOOK)
    assert (problem.code, problem.values) == ("out_of_scale", {
        "table": "responses", "column": "recommend", "low": 0, "high": 10, "count": 1, "example": 11})


def test_fixed_codes_items_dimensions_and_the_order_of_moments():
    early, late = (pa.array([datetime(2024, 1, 1, hour)], pa.timestamp("us")) for hour in (9, 10))
    visits = pa.table({"ticket": pa.array([1], pa.int64()), "replicate": pa.array([0], pa.int8()), "outcome": ["lost"],
                       "arrived_at": late, "called_at": early})
    assert found("visits", visits) == {("unknown_code", "outcome", "1"), ("too_early", "called_at", "1", "arrived_at")}
    kano = pa.table({"response": pa.array([1], pa.int64()), "replicate": pa.array([0], pa.int8()),
                     "feature": ["jetpack"], "answered_at": early})
    assert found("kano", kano) == {("unknown_code", "feature", "1")}
    audit = pa.table({"branch": ["b"], "dimension": ["smell"], "audited_on": pa.array([date(2024, 1, 1)])})
    assert found("gap_audit", audit) == {("unknown_code", "dimension", "1")}
    assert found("ghosts", audit) == {("unknown_table",)}


def test_codes_that_nobody_lists_are_free_and_scales_must_be_known():
    free = answers(channel=pa.array(["pigeon", "counter"]), perceived_tan1=None)
    assert found("responses", free, {"scales": {"recommend": [0, 10]}}) == set()
    assert found("responses", free, {}) == {("unknown_scale", "recommend")}


def test_dictionary_columns_are_looked_into():
    coded = answers(channel=pa.array(["counter", "pigeon"]).dictionary_encode())
    assert found("responses", coded) == {("unknown_code", "channel", "1")}


@pytest.mark.parametrize("table", contracts.names())
def test_contracts_are_complete(table):
    contract = contracts.load(table)
    assert contract.kind in ("fact", "reference")
    assert set(contract.label) == set(contract.grain) == {"zh", "en"}
    assert all(contract.column(key).required or contract.column(key).type == "DATE" for key in contract.key)
    if contract.kind == "fact":
        assert contract.columns[contract.time].type == "TIMESTAMP" and not contract.columns[contract.time].nullable
        assert {"replicate", *DIMENSIONS} <= set(contract.columns)
    for column in [*contract.columns.values(), *contract.families.values()]:
        assert column.type in TYPES and column.unit in (None, "point", "minute", "count", "yuan")
        assert re.search("[\u4e00-\u9fff]", column.zh) and re.fullmatch("[\x20-\x7e]+", column.en)
        assert ("{item}" in column.zh) == ("{item}" in column.en) == (column.name in contract.families)
        assert column.not_before is None or column.not_before in contract.columns
        if column.type in ("TINYINT", "INTEGER", "DOUBLE"):
            assert column.scale


def test_labels():
    assert contracts.label("responses", "recommend", "zh") == "推荐意愿"
    assert contracts.label("responses", "perceived_tan1", "en", BOOK) == "Perceived: Equipment"
    assert contracts.label("responses", "perceived_tan1", "zh", BOOK) == "感知：设备先进"
    assert contracts.label("responses", "perceived_tan9", "en") == "Perceived: tan9"
    assert contracts.label("responses", "mood", "en") == "mood"
    with pytest.raises(KeyError):
        contracts.load("ghosts")


def test_a_named_column_is_never_taken_for_one_of_a_family():
    assert contracts.load("responses").column("wait_perceived").item is None
    assert contracts.load("complaints").column("sat_after").item is None
    assert contracts.load("responses").column("touch_counter_2").item == "counter_2"
    assert contracts.load("responses").column("touch_") is None
