"""What a page may cost, counted and not timed: a careless change is seen here, on any machine, before it is felt."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from moments import datasets, filters, text, warehouse

ROOT = Path(__file__).parents[1]
HEADROOM = 1.15  # for rows and bytes, which move with the data and its words; a statement more is one too many
# page: statements that the engine runs, rows that cross into Python, kilobytes sent to the browser, at a choice that
# nobody made before. What the filters offer, and where branches lie, is left out: it is asked once per snapshot.
COST = {
    "branches": (10, 398, 137),
    "complaints": (25, 435, 55),
    "deadlines": (14, 850, 96),
    "gaming": (2, 109, 57),
    "kano": (6, 907, 91),
    "nps": (11, 201, 73),
    "overview": (48, 12380, 26),
    "queues": (8, 1799, 39),
    "recovery": (12, 192, 84),
    "regulator": (3, 39, 21),
    "satisfaction": (12, 10158, 116),
    "servqual": (7, 21006, 79),
    "staffing": (6, 2806, 31),
    "voices": (15, 461, 67),
    "waiting": (14, 3307, 69),
}


@pytest.fixture(scope="module")
def cost(shipped):
    """cost(page) -> the three numbers, on the shipped sample under the filters that a reader starts with."""
    run, messages = warehouse._run, LocalScriptRunner.forward_msgs

    def record(patch) -> dict:
        """{what the engine is asked: rows}, filled from now on; what a page asks twice is asked once."""
        asked = {}
        for kept in (warehouse.told, warehouse._reach):  # what another page left there costs this one, too
            kept.cache_clear()
        patch.setattr(warehouse, "_run", lambda *given: asked.setdefault(given, run(*given)))
        return asked

    with pytest.MonkeyPatch.context() as patch:
        offered = record(patch)
        for dimension in filters.DIMENSIONS:
            warehouse.values(dimension, datasets.current(shipped))
        filters.branch_names(datasets.current(shipped), text.LANGUAGES[0])
        for table in ("responses", "visits", "complaints", "kano"):
            warehouse.homes(table, datasets.current(shipped))

    def count(page: str) -> tuple[int, int, float]:
        with pytest.MonkeyPatch.context() as patch:
            asked, sent = record(patch), []

            def weighed(runner):
                sent.append(sum(message.ByteSize() for message in messages(runner)))
                return messages(runner)

            patch.setattr(LocalScriptRunner, "forward_msgs", weighed)
            app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
            app.query_params["dataset"] = shipped
            app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        rows = [len(found) for given, found in asked.items() if given not in offered]
        return len(rows), sum(rows), sent[-1] / 1000

    return count


@pytest.mark.parametrize("page", sorted(p.stem for p in (ROOT / "pages").glob("*.py")))
def test_a_page_costs_no_more_than_was_agreed(cost, page):
    statements, rows, kilobytes = cost(page)
    most = COST[page]
    assert statements <= most[0] and rows <= most[1] * HEADROOM and kilobytes <= most[2] * HEADROOM, (
        f'"{page}": ({statements}, {rows}, {kilobytes:.0f}), agreed are {most}'
    )
