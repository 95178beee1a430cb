"""Hides personal data in people's texts before they are stored: phone, identity card, bank card, e-mail, messenger."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATTERNS = Path(__file__).parents[1] / "data" / "personal.toml"

_FEWEST_DIGITS = 7  # the shortest number that any pattern takes for a phone, when written in words


@dataclass(frozen=True)
class _Rules:
    sign: str
    alike: dict[int, int]  # one character for one, so that places stay
    spoken: dict[int, int]
    first_look: re.Pattern[str]
    said: re.Pattern[str]  # digits in Chinese words, long enough to be a number
    patterns: tuple[re.Pattern[str], ...]  # each hides its group "hidden"


@cache
def _rules() -> _Rules:
    content = tomllib.loads(PATTERNS.read_text("utf-8"))
    signs, spoken = (_table(content["alike"][name]) for name in ("signs", "spoken"))
    names, numbers = ("|".join(f"(?:{p})" for p in content[kind].values()) for kind in ("names", "numbers"))
    whole = rf"{names}|(?=[\d(+])(?:{numbers})"  # the look ahead spares most places of a text all further trials
    after = [f"(?:{rule['words']})(?P<hidden>{rule['hidden']})" for rule in content["after"].values()]
    flags = re.VERBOSE | re.IGNORECASE | re.ASCII
    return _Rules(
        sign=content["mask"],
        alike=signs,
        spoken=spoken,
        first_look=re.compile(content["first_look"], flags),
        said=re.compile(f"(?:[{''.join(map(chr, spoken))}][ -]?){{{_FEWEST_DIGITS}}}"),
        patterns=tuple(re.compile(p, flags) for p in [f"(?P<hidden>{whole})", *after]),
    )


def _table(alike: dict[str, str]) -> dict[int, int]:
    return {ord(written): ord(read) for read, all_written in alike.items() for written in all_written}


def mask(text: str | None) -> str | None:
    """The text with every phone number, identity card, bank card, e-mail address and messenger account replaced.

    Chinese and English forms, full-width digits and digits in Chinese words included; the patterns are data:
    `data/personal.toml`. Amounts, dates, times and scores stay. Names and addresses are not recognised.
    """
    if not text:
        return text
    rules = _rules()
    if rules.first_look.search(text.translate(rules.alike)):
        text = _hide(text, rules, rules.alike)
    if rules.said.search(text):  # a second look: a lone Chinese digit beside a number must not spoil the first
        text = _hide(text, rules, rules.alike | rules.spoken)
    return text


def _hide(text: str, rules: _Rules, alike: dict[int, int]) -> str:
    for pattern in rules.patterns:
        kept, end = [], 0
        for found in pattern.finditer(text.translate(alike)):
            kept += [text[end : found.start("hidden")], rules.sign]
            end = found.end("hidden")
        text = "".join([*kept, text[end:]]) if kept else text
    return text
