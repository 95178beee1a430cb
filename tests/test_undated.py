"""Answers without a date all lie in the period that their dataset states."""

from datetime import date

import conftest
import pytest

from moments import datasets, warehouse
from moments.filters import Filters
from moments.states import MissingColumns


@pytest.fixture(scope="module")
def undated(data_root):
    rows = conftest.table("kano", conftest.TESTS / "rows" / "kano.csv").drop_columns(["answered_at"])
    stated = {"data_from": "2025-11-01", "data_to": "2025-12-31", "threshold": 3}
    return datasets.write("undated", "s1", {"kano": rows}, stated, conftest.CODEBOOK)


@pytest.mark.parametrize("span", [(None, None), (date(2025, 1, 1), date(2025, 12, 31)), (date(2025, 11, 1), None)])
def test_a_period_that_holds_them_all_leaves_them_all(undated, span):
    chosen = Filters(undated, *span)
    assert warehouse.rows_left("kano", chosen) == {"n": 26, "without": {}}
    assert len(warehouse.query("kano_by_pair", chosen)) > 0


@pytest.mark.parametrize("span", [(date(2025, 12, 1), None), (None, date(2025, 11, 30)), (date(2026, 1, 1), None)])
def test_a_period_that_cuts_into_it_asks_for_the_date(undated, span):
    for ask in (lambda f: warehouse.rows_left("kano", f), lambda f: warehouse.query("kano_by_pair", f)):
        with pytest.raises(MissingColumns) as told:
            ask(Filters(undated, *span))
        assert told.value.values["columns"] == ["answered_at"]


def test_other_filters_still_hold(undated):
    assert warehouse.rows_left("kano", Filters(undated, segment=("vip",)))["n"] == 10
