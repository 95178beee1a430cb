"""Every sentence a reader sees, in both languages, and the numbers inside them.

`moments/text/<page>.toml` holds lines `key = {zh = "...", en = "..."}`; tables nest with dots.
`say("nps.trend.how", n=12)` picks the reader's language and formats the numbers.
"""

import contextlib
import math
import string
import tomllib
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh-CN", "en": "en"}  # as browsers name them
_DAYS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
_language: ContextVar[str] = ContextVar("language", default="zh")


def language() -> str:
    """The language of the reader being served: "zh" or "en"."""
    return _language.get()


def use(code: str) -> None:
    """Serve the rest of this run in `code`; anything but "en" is Chinese."""
    _language.set(code if code in LANGUAGES else "zh")


@contextlib.contextmanager
def reading(code: str):
    """Serve a block in `code`, then return to the language before."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """{"page.key": {"zh": ..., "en": ...}} of all files. Raises ValueError on a line without both languages."""
    words: dict[str, dict[str, str]] = {}
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        _collect(tomllib.loads(file.read_text("utf-8")), file.stem, words)
    return words


def _collect(node: dict, path: str, words: dict) -> None:
    for key, value in node.items():
        here = f"{path}.{key}"
        if not isinstance(value, dict):
            raise ValueError(f"{here}: expected {{zh = ..., en = ...}}")
        if set(value) == set(LANGUAGES) and all(isinstance(v, str) for v in value.values()):
            words[here] = value
        else:
            _collect(value, here, words)


def has(key: str) -> bool:
    """Whether the catalogue has this sentence."""
    return key in catalogue()


def say(key: str, **values) -> str:
    """The sentence `key` in the reader's language. Raises KeyError for an unknown key or a missing number."""
    return _Numbers().format(catalogue()[key][language()], **values)


def pick(names: dict, fallback: str = "") -> str:
    """The reader's language out of {"zh": ..., "en": ...} that came with the data; the other one if it is missing."""
    other = "en" if language() == "zh" else "zh"
    return names.get(language()) or names.get(other) or fallback


def listed(names, most: int = 3) -> str:
    """Names in a row, the first `most` of them and how many more there are."""
    names = list(names)
    words = say("numbers.between").join(names[:most])
    return words if len(names) <= most else say("numbers.and_more", names=words, n=len(names))


def number(value: float, spec: str = "count") -> str:
    """One number as readers see it; `spec` is one of the words below, else Python's own.

    count 12,345 (from 100,000 in Chinese: 12.3 ten-thousands) | whole 1,234 | one 4.2 | two 4.21 | signed +4.2 |
    pct 23 % |
    pct1 23.4 % | day 2026-03-01 | month 2026-03 | p 0.023 or <0.001. Missing values are a dash.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    if spec == "count":
        if language() == "zh" and abs(value) >= 100_000:
            return catalogue()["numbers.ten_thousands"]["zh"].format(value=value / 10_000)
        return f"{value:,.0f}"
    if spec == "p":
        return "<0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
    if spec in _DAYS:
        return format(value, _DAYS[spec])
    scale, pattern = {
        "whole": (1, ",.0f"),
        "one": (1, ",.1f"),
        "two": (1, ",.2f"),
        "signed": (1, "+,.1f"),
        "pct": (100, ",.0f"),
        "pct1": (100, ",.1f"),
    }.get(spec, (1, spec))
    if pattern.endswith("f"):
        value = round_half_up(value * scale, int(pattern[-2]))
    shown = format(value, pattern)
    if not shown.strip("+-0.,"):  # never a signed zero
        shown = shown.lstrip("+-")
    return shown.replace("-", "\N{MINUS SIGN}") + ("%" if spec.startswith("pct") else "")


def round_half_up(value: float, digits: int = 1) -> float:
    """Round as published figures do: 43.25 to 43.3 and -43.25 to -43.3 (binary floats and banker's rounding say 43.2).

    Half goes away from zero, so that a score and its mirror image look alike. Dust beyond 12 significant digits is
    taken off first, since 43.25 computed from sums may be 43.2499999999999. NaN stays NaN. Round on show only.
    """
    if not math.isfinite(value):
        return float(value)
    step = Decimal(1).scaleb(-digits)
    return float(Decimal(f"{float(value):.12g}").quantize(step, rounding=ROUND_HALF_UP)) + 0.0


class _Numbers(string.Formatter):
    """`{diff:signed}` in a sentence; text values pass as they are."""

    def format_field(self, value, spec):
        if isinstance(value, str) or not spec:
            return str(value)
        return number(value, spec)
