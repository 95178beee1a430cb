"""The words of a comment, for key words and drill: Chinese cut by rjieba, everything else at its own word borders."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rjieba

LISTS = Path(__file__).parents[1] / "data" / "stopwords.txt"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECES = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:['-][^\W_{_HAN}]+)*")
_IS_HAN = re.compile(f"[{_HAN}]")


@dataclass(frozen=True)
class _Lists:
    stop: frozenset[str]
    kept: frozenset[str]  # single characters that carry meaning
    negations: frozenset[str]
    segmenter: rjieba.Jieba


@cache
def _lists() -> _Lists:
    marked: dict[str, set[str]] = {"+": set(), "-": set(), "=": set(), "": set()}
    for line in LISTS.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        for word in line.split():
            mark = word[0] if word[0] in "+-=" else ""
            marked[mark].add(word.removeprefix(mark))
    segmenter = rjieba.Jieba()
    for word in sorted(marked["="]):  # sorted: the same dictionary, so the same cuts, in every process
        segmenter.add_word(word, None, None)
    return _Lists(frozenset(marked[""]), frozenset(marked["+"]), frozenset(marked["-"]), segmenter)


def _chinese(run: str, lists: _Lists) -> list[str]:
    words, negation, reach = [], "", 0
    for word in lists.segmenter.cut(run):
        if word in lists.negations:
            negation, reach = word, 1
        elif word not in lists.stop and (len(word) > 1 or word in lists.kept or negation):
            words.append(negation + word)
            negation = ""
        elif len(word) == 1 and reach:  # "not very good": one small word may stand between
            reach -= 1
        else:
            negation = ""
    return words


def tokens(text: str | None) -> list[str]:
    """The words of one comment, each once, in the order in which they first appear.

    Once each, because figures count the comments that use a word and not how often one writer repeats it. Small
    letters, full-width forms made narrow, stop words (`data/stopwords.txt`), bare numbers and single letters left
    out; a Chinese negation stays glued to its word. Nothing, or no words, gives an empty list.
    """
    if not text:
        return []
    lists = _lists()
    found: list[str] = []
    for piece in _PIECES.findall(unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")):
        if _IS_HAN.match(piece):
            found += _chinese(piece, lists)
        elif len(piece) > 1 and piece not in lists.stop and not piece.replace("-", "").isdigit():
            found.append(piece.removesuffix("'s"))
    return list(dict.fromkeys(found))
