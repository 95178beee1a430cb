"""Every sentence exists in both languages with the same numbers in it, and every key that is asked for exists."""

import math
import re
import string
from pathlib import Path

import pytest

from moments import text

ROOT = Path(__file__).parents[1]


def fields(sentence: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(sentence) if name})


def test_both_languages_hold_the_same_numbers():
    for key, words in text.catalogue().items():
        assert words["zh"].strip() and words["en"].strip(), key
        assert fields(words["zh"]) == fields(words["en"]), key


def test_english_has_no_chinese_and_nobody_shouts():
    for key, words in text.catalogue().items():
        if words["zh"] != words["en"]:
            assert not re.search(r"[\u4e00-\u9fff]", words["en"]), key
        assert "!" not in words["en"] and "！" not in words["zh"], key


def test_literal_keys_in_code_exist():
    for path in [*sorted((ROOT / "moments").rglob("*.py")), *sorted((ROOT / "pages").glob("*.py")), ROOT / "app.py"]:
        for key in re.findall(r"text\.say\(\"([a-z_]+\.[a-z_.]+)\"", path.read_text("utf-8")):
            assert text.has(key), f"{path.name}: {key}"
        if path.parent.name == "pages":
            source = path.read_text("utf-8")
            for key in re.findall(r"here\.(?:panel|more)\(\"(\w+)\"", source):
                ends = {k.split(".", 2)[2] for k in text.catalogue() if k.startswith(f"{path.stem}.{key}.")}
                assert ends & {"how", "more"} or key == "cards", f"{path.name}: {key}"


@pytest.mark.parametrize(
    ("value", "spec", "zh", "en"),
    [
        (1234, "count", "1,234", "1,234"),
        (1234567, "count", "123.5 万", "1,234,567"),
        (-24.6919, "one", "−24.7", "−24.7"),
        (43.25, "one", "43.3", "43.3"),
        (-0.04, "signed", "0.0", "0.0"),
        (4.2, "signed", "+4.2", "+4.2"),
        (0.234, "pct", "23%", "23%"),
        (0.0004, "p", "<0.001", "<0.001"),
        (float("nan"), "one", "–", "–"),
        (None, "count", "–", "–"),
    ],
)
def test_numbers(value, spec, zh, en):
    with text.reading("zh"):
        assert text.number(value, spec) == zh
    with text.reading("en"):
        assert text.number(value, spec) == en


def test_a_missing_number_is_an_error_not_a_blank():
    with pytest.raises(KeyError):
        text.say("page.rows_left", n=1)
    with pytest.raises(KeyError):
        text.say("no.such.key")


def test_people_who_write_braces_are_quoted_not_read():
    with text.reading("en"):
        assert "{n}" in text.say("page.foot", dataset="{n}", snapshot="s", until="u", rows=1, rejected=0)


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(43.25, 1, 43.3), (-43.25, 1, -43.3), (2.675, 2, 2.68), (43.2499999999999, 1, 43.3), (43.249, 1, 43.2),
     (79.5, 0, 80), (-0.04, 1, 0), (0, 1, 0)],
)
def test_round_half_up(value, digits, shown):
    assert text.round_half_up(value, digits) == shown
    assert str(text.round_half_up(-0.04)) == "0.0"
    assert math.isnan(text.round_half_up(math.nan))
