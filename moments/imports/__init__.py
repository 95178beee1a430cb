"""Files that people bring become a new snapshot of a dataset.

    recipe.py    a TOML file that says which column is which; every fault in it is named at once
    read.py      foreign files to rows of text, in a limited process of its own
    convert.py   text to the types, scales and codes of a contract; every refused cell is kept with its reason
    run.py       the whole way: recipe, files, snapshot, report

The format of a recipe is described in data/recipes/README.md.
"""

from __future__ import annotations

from typing import Any

from moments import text

MOST = 20  # names listed in one sentence


class ImportProblem(Exception):
    """Why nothing was imported: one or more `(code, values)`; the words are in moments/text/import.toml."""

    def __init__(self, *problems: tuple[str, dict[str, Any]]) -> None:
        super().__init__(*problems)
        self.problems = problems

    def lines(self) -> list[str]:
        """One sentence for each problem, in the reader's language."""
        return [say(code, **values) for code, values in self.problems]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def say(code: str, /, **values: Any) -> str:
    """A sentence of moments/text/import.toml with foreign values made safe to show."""
    if "kind" in values:
        values["kind"] = text.say(f"import.kind_{values['kind']}")
    return text.say(f"import.{code}", **{key: shown(value) for key, value in values.items()})


def shown(value: Any, longest: int = 80) -> Any:
    """A value as it may stand in a sentence or a terminal: foreign text short and without control characters."""
    if isinstance(value, list | tuple):
        return ", ".join(str(shown(v)) for v in value[:MOST]) + (", \u2026" if len(value) > MOST else "")
    if not isinstance(value, str):
        return value
    safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in value)
    return safe if len(safe) <= longest else safe[: longest - 1] + "\u2026"
