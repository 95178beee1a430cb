"""A snapshot's fact tables once more, in the engine's own format beside the Parquet files: the same rows, read faster.

    data/<dataset>/<snapshot>/accelerator.json          what it is and was made from; the last thing written
    data/<dataset>/<snapshot>/accelerator_<n>.duckdb    the tables

The Parquet files stay the truth: without an accelerator, or with one that no longer fits, everything is answered from
them. `moments/warehouse.py` alone chooses. Scanning a column of 10 million rows costs a tenth of what Parquet asks.
"""

import contextlib
import json
import logging
import os
import secrets
from pathlib import Path
from typing import Any

import duckdb

from moments import contracts

FORMAT = 1
MEMORY = "2GB"  # for the one who builds; what does not fit goes to disk beside the snapshot
DESCRIPTION = "accelerator.json"

log = logging.getLogger("moments")


def build(folder: Path) -> None:
    """Write the accelerator of the Parquet files in `folder`. Killed or failing, it leaves the folder as it was."""
    described = _origin(folder)
    made = folder / f"accelerator_{secrets.token_hex(4)}.duckdb"
    draft = made.with_suffix(".json")
    try:
        with _builder(folder) as engine:
            engine.execute(f"attach {_quoted(made)} as made")
            for table in described["tables"]:
                source = _quoted(folder / f"{table}.parquet")
                engine.execute(f"create table made.{table} as from read_parquet({source})")
                described["tables"][table]["codes"] = _codes(engine, table)
            engine.execute("detach made")
        draft.write_text(json.dumps(described | {"file": made.name}, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(draft, folder / DESCRIPTION)
    except BaseException:
        for half in (made, draft):
            half.unlink(missing_ok=True)
        raise
    _sweep(folder, made.name)


def ensure(folder: Path) -> None:
    """Build the accelerator of a snapshot's folder if it is missing or stale.

    A folder that cannot be written to, or a full disk, is no fault: the Parquet files answer then.
    """
    if not find(folder):
        try:
            build(folder)
        except (OSError, duckdb.Error) as error:
            log.warning("no accelerator for %s: %s", folder.name, error)


def find(folder: Path) -> dict[str, Any] | None:
    """What accelerator.json says, if it was made by this engine from these Parquet files; else None.

    {"file": its path, "tables": {table: {"bytes": of the Parquet, "codes": {dimension: [code, ...]}}}}
    """
    try:
        said = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        said["file"] = folder / said["file"]
        fits = said["made_by"] == _made_by() and said["file"].is_file()
        for table, of in said["tables"].items():
            fits = fits and (folder / f"{table}.parquet").stat().st_size == of["bytes"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return said if fits else None


def _origin(folder: Path) -> dict[str, Any]:
    facts = [t for t in contracts.names() if contracts.load(t).kind == "fact" and (folder / f"{t}.parquet").is_file()]
    sizes = {table: {"bytes": (folder / f"{table}.parquet").stat().st_size} for table in facts}
    return {"made_by": _made_by(), "tables": sizes}


def _made_by() -> dict[str, Any]:
    return {"format": FORMAT, "engine": duckdb.__version__}


@contextlib.contextmanager
def _builder(folder: Path):
    spill = folder / f".spill_{os.getpid()}"
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(spill)}) as engine:
        yield engine
    with contextlib.suppress(OSError):
        spill.rmdir()


def _codes(engine, table: str) -> dict[str, list[str]]:
    """The codes of every filter dimension that the table has, so that no page looks for them."""
    have = [row[0] for row in engine.execute(f"describe made.{table}").fetchall()]
    return {
        dimension: [
            row[0]
            for row in engine.execute(
                f"select distinct {dimension} from made.{table} where {dimension} is not null order by 1"
            ).fetchall()
        ]
        for dimension in contracts.DIMENSIONS
        if dimension in have
    }


def _sweep(folder: Path, keep: str) -> None:
    """Remove accelerators that nobody will open again; who has one open reads on (not on Windows: then it stays)."""
    for old in folder.glob("accelerator_*"):
        if old.name != keep:
            with contextlib.suppress(OSError):
                old.unlink()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
