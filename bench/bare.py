"""The bare engine: what a page asks of it, asked again without page, estimates, figures or server around it."""

import random
import statistics
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from unittest import mock

from streamlit.testing.v1 import AppTest

from moments import datasets, warehouse

APP = Path(__file__).parents[1] / "app.py"


@dataclass
class Asked:
    """What one click on a page asks of the engine: statements, rows that come back, seconds for all of them."""

    statements: int
    rows: int
    seconds: float


def page(name: str, dataset: str, clicks: int) -> Asked:
    """The median over so many clicks, each with a choice of filters that was not made before."""
    chance = random.Random(name)
    snapshot = datasets.current(dataset)
    options = {d: warehouse.values(d, snapshot) for d in ("branch", "channel", "segment", "service")}
    found = []
    for click in range(clicks):
        app = AppTest.from_file(str(APP), default_timeout=600)
        dimension = list(options)[click % len(options)]
        picked = chance.sample(options[dimension], min(1 + click // len(options), len(options[dimension])))
        app.query_params.update({"dataset": dataset, dimension: picked})
        app.switch_page(f"pages/{name}.py")
        with mock.patch.object(warehouse, "_run", _Recorder(warehouse._run)) as recorder:
            app.run()
        found.append(_replay(recorder.missed))
    return Asked(*(statistics.median(column) for column in zip(*map(astuple, found), strict=True)))


class _Recorder:
    """Answers as warehouse._run does and keeps what it had not been asked before."""

    def __init__(self, run):
        self.run, self.missed = run, []

    def __call__(self, *asked):
        before = self.run.cache_info().misses
        rows = self.run(*asked)
        if self.run.cache_info().misses > before:
            self.missed.append((*asked, len(rows)))
        return rows


def _replay(missed: list[tuple]) -> Asked:
    begun = time.perf_counter()
    for root, sql, bound, _ in missed:
        sql, bound = warehouse._accelerated(root, sql, dict(bound))
        values = {key: list(value) if isinstance(value, tuple) else value for key, value in bound.items()}
        warehouse._engine(root).cursor().execute(sql, values).fetchall()
    return Asked(len(missed), sum(rows for *_, rows in missed), time.perf_counter() - begun)
