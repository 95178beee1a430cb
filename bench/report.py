"""The report: the machine, the targets with what was measured, and the tables behind them."""

import os
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.make import short
from bench.measure import CROWD, Numbers

LIBRARIES = ("streamlit", "duckdb", "plotly", "pandas", "pyarrow", "dash", "waitress")
AIM = 10_000_000  # answers at which the targets are meant; else the largest size that was measured


def markdown(found: list[Numbers]) -> str:
    """The whole report."""
    parts = [f"# Measured on {date.today()}", _machine(), "## Targets", _targets(found)]
    for numbers in found:
        parts += [f"## {short(numbers.answers)} answers", _data(numbers), _pages(numbers), _readers(numbers)]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head: list[str], rows: list[list]) -> str:
    """A Markdown table; numbers are rounded to what can be read, None is a dash."""
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _machine() -> str:
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(": ")[1] for line in info.splitlines() if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    load = f"Load when this was written: {os.getloadavg()[0]:.1f}."
    return f"{os.cpu_count()} cores, {model}, {memory:.0f} GB, {system}, {versions}. {load}"


def _targets(found: list[Numbers]) -> str:
    """Each target of the project beside what was measured."""
    at = next((n for n in found if n.answers == AIM), found[-1])
    slowest, behind, costly = (max(at.pages, key=lambda p: judge(at.pages[p])) for judge in (_painted, _behind, _over))
    worst, cost, size = at.pages[behind], at.pages[costly], short(at.answers)
    rows = [
        [f"click to painted, page furthest behind Dash's ({behind}), {size}, ms", worst["painted"], "Dash's same page",
         worst["dash"]["painted"]],
        [f"click to painted, slowest page ({slowest}), {size}, ms", at.pages[slowest]["painted"],
         "0.7 x stock Streamlit, constant data", 0.7 * at.stock["painted"]],
    ]  # fmt: skip
    by_size = {n.answers: n for n in found}
    if 10 * AIM in by_size and AIM in by_size:
        most = max(n["painted"] / at.pages[page]["painted"] for page, n in by_size[10 * AIM].pages.items())
        rows.append(["click to painted at 100M over 10M, largest ratio of a page", most, "1.5", 1.5])
    rows.append([f"server time, page furthest over the engine ({costly}), {size}, ms", cost["server"],
                 "1.5 x engine + 20 ms", 1.5 * cost["engine"] + 20])  # fmt: skip
    if {1, 50} <= at.readers.keys():
        rows.append(["50 readers, p95, ms", at.readers[50]["p95"], "3 x one reader's", 3 * at.readers[1]["p95"]])
    if 100 in at.readers:
        rows.append(["100 readers, errors", at.readers[100]["errors"], "none", 0])
    rows += [["second start to first complete page, s", at.start["seconds"], "2.5", 2.5],
             ["sent for it, MB", at.start["MB"], "1.6", 1.6]]  # fmt: skip
    if CROWD in at.readers:
        rows.append([f"memory at most, {CROWD} readers, {size}, MB", at.readers[CROWD]["peak"], "1,000", 1000])
    last = found[-1]
    if last.soak:
        quarter = len(last.soak) // 4
        grown = median(last.soak[-quarter:]) / median(last.soak[quarter : 2 * quarter])
        rows.append(["memory, last quarter of the clicks over the second", grown, "1.03", 1.03])
    if last.build:
        build = last.build
        rows += [[f"writing a snapshot, {short(last.answers)}, s", build["write"]["seconds"],
                  "2 x its Parquet alone", 2 * build["copy"]["seconds"]],
                 ["memory for that, MB", build["write"]["megabytes"], "4,000", 4000]]  # fmt: skip
    judged = [[*row, "kept" if row[1] <= row[3] else "missed"] for row in rows]
    return table(["what", "measured", "target", "that is", ""], judged)


def _over(page: dict) -> float:
    """How far a page's server time is over its target."""
    return page["server"] - 1.5 * page["engine"] - 20


def _behind(page: dict) -> float:
    """How many times as long as Dash's same page it takes."""
    return page["painted"] / page["dash"]["painted"]


def _painted(page: dict) -> float:
    return page["painted"]


def _data(numbers: Numbers) -> str:
    rows = ", ".join(f"{table} {count:,}" for table, count in numbers.rows.items())
    made = f"made in {numbers.made:.0f} s" if numbers.made else "made in an earlier run"
    files = numbers.files
    start, inside = numbers.start["seconds"], numbers.start["open"] / 1000
    return (f"Rows: {rows}; {made}. Parquet {files['tables']:.0f} MB, beside it {files['else']:.1f} MB. "
            f"Start to first complete page {start:.1f} s, of which in the browser {inside:.1f} s.")  # fmt: skip


def _pages(numbers: Numbers) -> str:
    """Per page: the engine alone, the server, the browser, and the ratios between them and to the peers."""
    stock = numbers.stock
    rows = [
        [name, p["statements"], p["rows"], p["engine"], p["server"], p["server"] / p["engine"], p["kB"], p["painted"],
         p["most"], p["dash"]["painted"], _behind(p), p["painted"] / stock["painted"],
         f"{p['whole']}/{p['clicks']} of {p['figures']}", p["failed"], p["open"]]
        for name, p in numbers.pages.items()
    ]  # fmt: skip
    rows.append(["*Streamlit as it comes*", *[None] * 5, stock["wire"], stock["painted"], stock["most"], None, None,
                 1.0, f"{stock['whole']}/{stock['clicks']} of {stock['figures']}", None, stock["open"]])  # fmt: skip
    return table(
        ["page", "statements", "rows", "engine ms", "server ms", "server / engine", "kB", "painted ms", "at most",
         "Dash ms", "/ Dash", "/ stock", "clicks that changed every figure", "errors", "first open ms"],
        rows,
    )  # fmt: skip


def _readers(numbers: Numbers) -> str:
    if not numbers.readers:
        return ""
    one = numbers.readers.get(1)
    rows = [
        [n, r["clicks"], r["p50"], r["p95"], r["p95"] / one["p95"] if one else None, r["errors"], r["memory"],
         r["peak"]]
        for n, r in numbers.readers.items()
    ]  # fmt: skip
    head = ["readers", "clicks", "p50 ms", "p95 ms", "p95 / one's", "errors", "memory MB", "at most MB"]
    return table(head, rows)
