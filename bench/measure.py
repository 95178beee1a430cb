"""What is measured, and in which order: everything of one size close together, so that ratios are of one moment."""

import ast
import json
import os
import subprocess
import sys
import time
from argparse import Namespace
from dataclasses import dataclass, field
from statistics import median, quantiles

from bench import bare, make, painted, readers
from bench.servers import DASH, OURS, ROOT, STOCK, free_port, serve

MEGABYTE = 1_000_000
CROWD = 30  # readers after whom the memory is read
STAYING = 4  # readers of a soak


@dataclass
class Numbers:
    """What was found at one size; times in milliseconds, memory and files in megabytes. None: not measured."""

    answers: int
    rows: dict[str, int]
    made: float | None  # seconds; None when it was there from an earlier run
    files: dict[str, float]  # Parquet, and whatever else lies in the snapshot
    pages: dict[str, dict] = field(default_factory=dict)
    stock: dict | None = None
    start: dict | None = None
    readers: dict[int, dict] = field(default_factory=dict)
    soak: list[float] = field(default_factory=list)
    build: dict | None = None


def everything(chosen: Namespace) -> list[Numbers]:
    """All sizes, the smallest first."""
    pages = _menu() if chosen.pages == "all" else chosen.pages.split(",")
    crowds = [int(n) for n in chosen.readers.split(",") if int(n)]
    sizes = sorted(map(make.number, chosen.sizes.split(",")))
    return [size(answers, pages, crowds, chosen, last=answers == sizes[-1]) for answers in sizes]


def size(answers: int, pages: list[str], crowds: list[int], chosen: Namespace, last: bool) -> Numbers:
    """Everything at one size; building and soaking only at the last."""
    _tell(f"{make.short(answers)}: data")
    os.environ["MOMENTS_DATA"] = str(chosen.data / make.short(answers))  # so that a server knows of no other size
    snapshot, seconds = make.dataset(answers)
    files = {"tables": sum(snapshot.file(t).stat().st_size for t in snapshot.tables)}
    files["else"] = sum(f.stat().st_size for f in snapshot.path.rglob("*") if f.is_file()) - files["tables"]
    found = Numbers(answers, {t: facts["rows"] for t, facts in snapshot.tables.items()}, seconds,
                    {what: size / MEGABYTE for what, size in files.items()})  # fmt: skip
    query = f"lang=en&dataset={snapshot.dataset}"
    found.start = _start(query)
    for page in pages:
        _tell(f"{make.short(answers)}: {page}")
        asked = bare.page(page, snapshot.dataset, chosen.clicks)
        with serve(OURS) as ours:
            _, clicks = readers.alone(ours.url, page, query, chosen.clicks + 1)
        with serve(OURS) as ours, painted.tab(painted.STREAMLIT, f"{ours.url}/{page}?{query}") as tab:
            seen = _painted(tab, chosen.clicks)
        with serve(DASH, snapshot.dataset, page) as peer, painted.tab(painted.DASH, f"{peer.url}/") as tab:
            dash = _painted(tab, chosen.clicks)
        found.pages[page] = {
            "statements": asked.statements, "rows": asked.rows, "engine": asked.seconds * 1000,
            "server": median(c.seconds for c in clicks[1:]) * 1000, "failed": sum(c.failed for c in clicks),
            "kB": median(c.size for c in clicks[1:]) / 1000, "dash": dash, **seen,
        }  # fmt: skip
    _tell(f"{make.short(answers)}: stock Streamlit")
    with serve(STOCK) as peer, painted.tab(painted.STREAMLIT, f"{peer.url}/") as tab:
        found.stock = _painted(tab, chosen.clicks)
    for crowd in crowds:
        _tell(f"{make.short(answers)}: {crowd} readers")
        with serve(OURS) as ours:
            readers.alone(ours.url, pages[0], query, 1)  # a server that somebody has used
            spread = [[page] for page in pages] if crowd == 1 else [pages]  # one reads them in turn: the same clicks
            read = [readers.together(ours.url, some, query, crowd, chosen.seconds) for some in spread]
            clicks, lost = [click for made, _ in read for click in made], sum(gone for _, gone in read)
            times = [c.seconds * 1000 for c in clicks]
            late = quantiles(times, n=20)[-1] if times[1:] else times[0]
            found.readers[crowd] = {
                "clicks": len(clicks), "p50": median(times), "p95": late,
                "errors": lost + sum(c.failed for c in clicks), "memory": ours.memory(), "peak": ours.memory("VmHWM"),
            }  # fmt: skip
    if last and chosen.soak:
        _tell(f"{chosen.soak} clicks")
        found.soak = _soak(pages, query, chosen.soak)
    if last and chosen.build:
        _tell("build")
        found.build = {what: _build(what, snapshot.dataset) for what in ("copy", "write")}
    return found


def _menu() -> list[str]:
    """The pages that app.py lists."""
    for node in ast.parse((ROOT / "app.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "MENU":
            return [page for section in ast.literal_eval(node.value).values() for page in section]
    raise LookupError("MENU")


def _start(query: str) -> dict:
    """The second start of a server until its first page is painted, in a browser that is open and was never there."""
    for _ in range(2):
        port = free_port()
        url = f"http://127.0.0.1:{port}/nps?{query}"
        with painted.tab(painted.STREAMLIT, url) as tab, serve(OURS, port=port) as ours:
            first = tab.open()
            until = tab.page.evaluate("performance.timeOrigin + bench.painted") / 1000
            found = {"seconds": until - ours.started, "open": first.ms, "MB": first.size / MEGABYTE}
    return found


def _painted(tab: painted.Tab, clicks: int) -> dict:
    """The median of so many clicks, after one that is not counted; how many of them changed every figure."""
    first = tab.open()
    tab.click()
    found = [tab.click() for _ in range(clicks)]
    return {
        "painted": median(f.ms for f in found), "most": max(f.ms for f in found), "open": first.ms,
        "wire": median(f.size for f in found) / 1000, "figures": found[-1].figures,
        "whole": sum(f.changed == f.figures for f in found), "clicks": clicks,
    }  # fmt: skip


def _soak(pages: list[str], query: str, clicks: int) -> list[float]:
    """Memory of a server after each of so many clicks of a few readers who stay."""
    found = []
    with serve(OURS) as ours:
        readers.steadily(ours.url, pages, query, STAYING, clicks, lambda: found.append(ours.memory()))
    return found


def _build(what: str, dataset: str) -> dict:
    command = [sys.executable, "-m", "bench.build", what, dataset]
    made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return json.loads(made.stdout.splitlines()[-1])


def _tell(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)
