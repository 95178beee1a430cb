"""A page as a Dash app: the same queries, estimates, figures, headline numbers and findings, served by waitress.

`python -m bench.peer DATASET PAGE PORT`, with $MOMENTS_DATA. What a Dash user would write, once per process and per
click: the page's own script runs, and what it shows goes to Dash. Left out are menus, links, explanations and folds.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import waitress
from dash import Dash, Input, Output, dcc, html

from moments import datasets, filters, page, panel, text, warehouse
from moments.charts import theme
from moments.filters import DIMENSIONS, Filters
from moments.states import Folded, PageEnds, State

PAGES = Path(__file__).parents[1] / "pages"
THREADS = 8


class Shown(page.Page):
    """What a page shows with every choice of its own as it comes: figures, and headline numbers and findings."""

    def __init__(self, name: str, table: str, chosen: Filters):
        self.name, self.table = name, table
        self.filters, self.snapshot = chosen, chosen.snapshot
        self.required: list = []
        self._folded = False
        self.figures: list[dict] = []
        self.said: list[html.Div] = []

    def choose(self, name, options, default=None, names=None) -> str:
        return default or options[0]

    def picked(self, name, names=None) -> str:
        return ""

    def branch(self, name, codes, default) -> str:
        return default

    def number(self, name, low, high, given=None, step=1.0) -> float | None:
        return given

    def numbers(self, name, labels, low, high, step=1.0) -> dict:
        return dict.fromkeys(labels, 0.0)

    def weights(self, name, defaults, labels, rebalance) -> dict:
        return dict(defaults)

    def choices(self, name="choices"):
        self._unless_folded()
        return nullcontext()

    box = choices

    def require(self, name, ask=None, **given):
        try:
            return (ask or self.query)(name, **given)
        except State as state:
            self.refused(state)
            raise PageEnds() from None

    @contextmanager
    def panel(self, key, height=0, half=False, apart=True) -> Iterator["Plain"]:
        self._unless_folded()
        try:
            yield Plain(self, key)
        except State as state:
            self.refused(state)

    @contextmanager
    def more(self, key) -> Iterator[None]:
        self._folded = True
        with suppress(Folded):
            yield
        self._folded = False

    def foot(self) -> None:
        pass

    def refused(self, state: State) -> None:
        self.said.append(html.Div(self._reason(state), className="m-finding"))


class Plain(panel.Panel):
    """A panel that keeps what it shows."""

    def show(self, figure, rows, finding, n=None, formula=None, click=None) -> None:
        self._head(finding, rows, formula)
        self.page.figures.append(figure.to_dict())

    def several(self, figures, rows, finding, width=0) -> None:
        self._head(finding, rows, None)
        self.page.figures += [figure.to_dict() for figure in figures.values()]

    def table(self, rows, finding=None, formula=None) -> None:
        cells = [html.Tr([html.Td(str(value)) for value in row]) for row in rows.itertuples(index=False)]
        self.page.said.append(html.Table(cells))
        if finding is not None:
            self._head(finding, rows, formula)

    def steps(self, rows, column, finding) -> None:
        self.table(rows, finding)

    def links(self, groups, rows, finding, across=False, formula=None) -> None:
        self._head(finding, rows, formula)
        self.page.said += [html.Div(words) for links in groups.values() for words, *_ in links]

    def cards(self, *made) -> None:
        lines = [" ".join((c.label, c.value, c.interval, c.change, c.n)) for c in made]
        self.page.said.append(html.Div([html.Div(line) for line in lines], className="m-cards"))

    def note(self, key, **values) -> None:
        pass

    def told(self, sentence) -> None:
        self._head(sentence, None, None)

    def first(self, rows, most=25):
        return rows.head(most)

    def _head(self, finding, rows, formula) -> None:
        self.page.said.append(html.Div(finding.words(), className="m-finding"))


def drawer(name: str):
    """What the page of that name shows under some filters, as a function."""
    script = compile((PAGES / f"{name}.py").read_text("utf-8"), name, "exec")
    now = threading.local()

    def start(name: str, table: str) -> Shown:
        now.shown = Shown(name, table, now.filters)
        return now.shown

    page.start = start

    def draw(chosen: Filters) -> Shown:
        text.use("en")
        theme.use("light", wall=False)
        now.filters = chosen
        try:
            exec(script, {"__name__": name})
        except PageEnds:
            pass
        return now.shown

    return draw


def _filter(dimension: str, codes: list[str]):
    """A list, or the few codes side by side, as the sidebar has it."""
    if filters.side_by_side(dimension, codes):
        return dcc.Checklist(codes, [], id=dimension, inline=True)
    return dcc.Dropdown(codes, [], multi=True, id=dimension, placeholder=dimension)


def app(dataset: str, name: str) -> Dash:
    """The app: five filters as in the sidebar, the page's words, its figures."""
    snapshot = datasets.current(dataset)
    start, end = filters.period(snapshot, "m12")
    draw, made = drawer(name), Dash(__name__)
    spots = [f"figure-{n}" for n in range(len(draw(Filters(snapshot, start, end, "previous")).figures))]
    options = {d: warehouse.values(d, snapshot) for d in DIMENSIONS}
    made.layout = html.Div(
        [_filter(d, codes) for d, codes in options.items()]
        + [html.Div(id="words")]
        + [dcc.Graph(id=spot) for spot in spots]
    )

    shown = [*(Output(spot, "figure") for spot in spots), Output("words", "children")]

    @made.callback(*shown, *(Input(dimension, "value") for dimension in DIMENSIONS))
    def answer(*chosen):
        limits = {d: tuple(codes or ()) for d, codes in zip(DIMENSIONS, chosen, strict=True)}
        found = draw(Filters(snapshot, start, end, "previous", **limits))
        figures = [*found.figures, *({} for _ in spots)][: len(spots)]
        return [*figures, found.said] if spots else found.said

    return made


if __name__ == "__main__":
    waitress.serve(app(*sys.argv[1:3]).server, port=int(sys.argv[3]), threads=THREADS)
