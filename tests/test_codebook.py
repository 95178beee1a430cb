"""What a codebook says belongs together."""

import pandas as pd

from moments.codebook import Framework
from moments.metrics.servqual import dimension_code

BOOK = {
    "scales": {"servqual": [1, 7]},
    "dimensions": [
        {"framework": "servqual", "dimension": "信赖度", "zh": "信赖度", "en": "Trust", "weight": 60},
        {"framework": "servqual", "dimension": "tangible", "zh": "有形", "en": "Things", "weight": 40},
    ],
    "items": [
        {"framework": "servqual", "item": "b", "dimension": "tangible", "zh": "乙", "en": "B"},
        {"framework": "servqual", "item": "a", "dimension": "信赖度", "zh": "甲", "en": "A"},
    ],
}


def test_a_dimension_goes_by_its_code_whatever_it_is_called():
    book = Framework(BOOK, "servqual", dimension_code)
    assert list(book.dimensions) == ["reliability", "tangibles"] and book.scale == (1, 7)
    assert book.weights == {"reliability": 60, "tangibles": 40}
    assert book.parts == {"reliability": ("a",), "tangibles": ("b",)}


def test_two_names_for_one_code_stay_apart():
    twins = [{**d, "dimension": n} for d, n in zip(BOOK["dimensions"], ("reliable", "可靠性"), strict=True)]
    items = [{**i, "dimension": n} for i, n in zip(BOOK["items"], ("reliable", "可靠性"), strict=True)]
    book = Framework({**BOOK, "dimensions": twins, "items": items}, "servqual", dimension_code)
    assert list(book.dimensions) == ["reliable", "可靠性"]


def test_rows_come_in_the_codebooks_order_and_strangers_stand_for_themselves():
    rows = pd.DataFrame({"item": ["b", "x", "a"], "n": [1, 2, 3], "hidden": False})
    found = Framework(BOOK, "servqual", dimension_code).under(rows)
    assert found["item"].tolist() == ["a", "b", "x"] and "hidden" not in found
    assert found["dimension"].tolist() == ["reliability", "tangibles", "x"]
    empty = Framework({}, "servqual").under(rows)
    assert empty["dimension"].tolist() == empty["item"].tolist() == ["b", "x", "a"]
