"""What a page may cost, counted and not timed: a careless change is seen here, on any machine, before it is felt."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from moments import datasets, warehouse

ROOT = Path(__file__).parents[1]
HEADROOM = 1.15  # for rows and bytes, which move with the data and its words; a statement more is one too many
# page: statements that the engine runs, rows that cross into Python, kilobytes sent to the browser, when a reader of a
# page that others have used makes a choice that nobody made before: what is asked once a period was asked by then.
COST = {
    "branches": (7, 395, 103),
    "complaints": (11, 300, 54),
    "deadlines": (6, 517, 79),
    "gaming": (1, 108, 39),
    "kano": (5, 733, 78),
    "nps": (7, 127, 69),
    "overview": (35, 7105, 27),
    "queues": (5, 1758, 40),
    "recovery": (7, 117, 68),
    "regulator": (1, 3, 22),
    "satisfaction": (8, 9967, 94),
    "servqual": (4, 14944, 63),
    "staffing": (3, 2025, 32),
    "voices": (9, 377, 55),
    "waiting": (10, 2379, 55),
}


@pytest.fixture(scope="module")
def cost(shipped):
    """cost(page) -> the three numbers, on the shipped sample, of choosing a segment."""
    run, messages = warehouse._run, LocalScriptRunner.forward_msgs

    def record(patch) -> dict:
        """{what the engine is asked: rows}, filled from now on; what a page asks twice is asked once."""
        asked = {}
        for kept in (warehouse.told, warehouse._reach):  # what another page left there costs this one, too
            kept.cache_clear()
        patch.setattr(warehouse, "_run", lambda *given: asked.setdefault(given, run(*given)))
        return asked

    used, new = ({"segment": code} for code in warehouse.values("segment", datasets.current(shipped))[:2])

    def count(page: str) -> tuple[int, int, float]:
        with pytest.MonkeyPatch.context() as patch:
            asked, sent = record(patch), []

            def weighed(runner):
                sent.append(sum(message.ByteSize() for message in messages(runner)))
                return messages(runner)

            patch.setattr(LocalScriptRunner, "forward_msgs", weighed)
            for choice in used, new:
                before = set(asked)
                app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
                app.query_params.update({"dataset": shipped} | choice)
                app.switch_page(f"pages/{page}.py").run()
                assert not app.exception
        rows = [len(found) for given, found in asked.items() if given not in before]
        return len(rows), sum(rows), sent[-1] / 1000

    return count


@pytest.mark.parametrize("page", sorted(p.stem for p in (ROOT / "pages").glob("*.py")))
def test_a_page_costs_no_more_than_was_agreed(cost, page):
    statements, rows, kilobytes = cost(page)
    most = COST[page]
    assert statements <= most[0] and rows <= most[1] * HEADROOM and kilobytes <= most[2] * HEADROOM, (
        f'"{page}": ({statements}, {rows}, {kilobytes:.0f}), agreed are {most}'
    )
