"""The command line: bring files, make the sample, list the datasets. `python -m moments --help`"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from moments import text

FAILED, MISUSED, STOPPED = 1, 2, 130
EVERY = 0.5  # seconds between two signs of progress


class _Parser(argparse.ArgumentParser):
    """A parser that explains itself in the reader's language."""

    def error(self, message: str) -> NoReturn:
        print(text.say("import.usage"), file=sys.stderr)
        sys.exit(MISUSED)

    def format_help(self) -> str:
        return text.say("import.usage") + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m moments", allow_abbrev=False)
    parser.add_argument("--lang", choices=text.LANGUAGES, default="zh")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    bring = commands.add_parser("import", allow_abbrev=False)
    bring.add_argument("recipe", type=Path)
    bring.add_argument("files", type=Path, nargs="+")
    bring.add_argument("--into")
    bring.add_argument("--lang", choices=text.LANGUAGES, default=argparse.SUPPRESS)
    listed = commands.add_parser("datasets", allow_abbrev=False)
    listed.add_argument("--lang", choices=text.LANGUAGES, default=argparse.SUPPRESS)
    commands.add_parser("sample", add_help=False)
    return parser


def main(given: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 it could not be done, 2 it was not asked rightly."""
    given = list(sys.argv[1:] if given is None else given)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that cannot write a sign shows its number instead of dying
            stream.reconfigure(errors="backslashreplace")
    text.use(_language(given))
    asked, rest = _parser().parse_known_args(given)
    if rest and asked.command != "sample":
        _parser().error("")
    try:
        if asked.command == "import":
            return _import(asked.recipe, asked.files, asked.into)
        if asked.command == "datasets":
            return _datasets()
    except KeyboardInterrupt:
        print("\n" + text.say("import.stopped_by_hand"), file=sys.stderr)
        return STOPPED
    from moments import sample

    return sample.main(rest) or 0


def _language(given: Sequence[str]) -> str:
    """The language asked for, known before anything is parsed, so that even a misuse is explained in it."""
    for n, word in enumerate(given):
        if word == "--lang":
            return given[n + 1] if n + 1 < len(given) else "zh"
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return "zh"


def _import(recipe: Path, files: list[Path], into: str | None) -> int:
    from moments.datasets import DatasetError
    from moments.imports import ImportProblem
    from moments.imports.run import run

    progress = _Progress()
    try:
        report = run(recipe, files, into, progress)
    except ImportProblem as problem:
        return _refuse(progress, problem.lines())
    except DatasetError as error:
        return _refuse(progress, [text.say(f"dataset.{error.code}", **error.values)])
    progress.end()
    print("\n".join(report.lines()))
    return 0


def _refuse(progress: _Progress, lines: list[str]) -> int:
    progress.end()
    print(text.say("import.refused"), *lines, text.say("import.unchanged"), sep="\n", file=sys.stderr)
    return FAILED


class _Progress:
    """Signs of life on the error channel: one line that counts on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self.begun = self.told = time.monotonic()
        self.live = sys.stderr.isatty()
        self.width = 0

    def __call__(self, file: str, rows: int) -> None:
        now = time.monotonic()
        if now - self.told < (EVERY if self.live else 10 * EVERY):
            return
        self.told = now
        from moments.imports import say

        line = say("progress", file=file, rows=rows, rate=rows / (now - self.begun))
        if self.live:
            print("\r" + line.ljust(self.width), end="", file=sys.stderr, flush=True)
            self.width = len(line)
        else:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.width:
            print("\r" + " " * 2 * self.width + "\r", end="", file=sys.stderr, flush=True)


def _datasets() -> int:
    from moments import datasets

    found = datasets.names()
    for name in found:
        try:
            snapshot = datasets.current(name)
            meta = snapshot.meta
        except datasets.DatasetError as error:
            print(text.say(f"dataset.{error.code}", **error.values))
            continue
        print(
            text.say(
                "import.dataset",
                name=name,
                title=text.pick(meta["title"]),
                snapshot=snapshot.name,
                first=meta["data_from"] or "?",
                last=meta["data_to"] or "?",
            )
        )
        for table, facts in snapshot.tables.items():
            print(text.say("import.dataset_table", table=table, rows=facts["rows"], rejected=facts["rejected"]))
    if not found:
        print(text.say("dataset.none"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
