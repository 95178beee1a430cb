"""The NPS page as a Dash app: the same queries, estimates, figures and filters, served by waitress.

`python -m bench.peer DATASET PORT`, with $MOMENTS_DATA. What a Dash user would write, once per process and per click.
"""

import sys

import waitress
from dash import Dash, Input, Output, dcc, html

from moments import datasets, filters, text, warehouse
from moments.charts import flow, ranking, stack, theme, trend
from moments.filters import DIMENSIONS, Filters
from moments.metrics import discovery, nps, periods
from moments.states import State

PART = {"promoter": "Promoters", "passive": "Passives", "detractor": "Detractors"}
COUNTS = {"promoters": "promoter", "passives": "passive", "detractors": "detractor"}
FIGURES = ("trend", "parts", "flow", "groups", "changes", "ways")
THREADS = 8


def figures(chosen: Filters) -> list:
    """The page's figures under these filters, in the order of FIGURES, and its four headline numbers."""

    def ask(name: str, where: Filters = chosen, **given):
        rows = warehouse.query(name, where, **given)
        return periods.complete(rows, given["grain"], where.start, where.end) if "grain" in given else rows

    earlier = chosen.compared()
    warehouse.rows_left("responses", chosen)
    now, before = (nps.unweighted(nps.from_scores(ask("nps_by_score", where))) for where in (chosen, earlier))
    total, change = nps.score(now), nps.difference(now, before)
    shares, moves = nps.shares(now), nps.share_changes(now, before)
    rows = nps.score(ask("nps_by_period", grain="month"))
    labels = [f"{day:%Y-%m}" for day in rows["period"]]
    past = nps.score(ask("nps_by_period", earlier, grain="month"))
    moved = nps.flow(ask("nps_flow"))
    groups = nps.against_rest(ask("nps_by_group", by="branch"))
    groups = groups.assign(name=groups["grp"]).sort_values("estimate", ascending=False)
    both = (ask("nps_by_group", where, by="branch") for where in (chosen, earlier))
    changes = discovery.discoveries(nps.difference(*both, on=["grp"]))
    changes = changes.assign(name=changes["grp"]).sort_values("estimate", ascending=False)
    ways = nps.three_ways(ask("nps_by_score")[["score", "n"]])
    level = total["estimate"].iloc[0]
    made = [
        trend.draw(rows, labels=labels, name="NPS", grain="month", before=past, before_name="Before"),
        stack.draw(rows, parts={c: PART[p] for c, p in COUNTS.items()}, tokens=COUNTS, labels=labels, grain="month"),
        flow.draw(moved, start="first_class", end="last_class", names=PART, sides=("First", "Last")),
        ranking.draw(groups.head(25), code="grp", reference=level, reference_label="All"),
        ranking.draw(changes.head(25), code="grp", reference=0, reference_label="No change"),
        ranking.draw(ways.assign(name=ways["reading"])),
    ]
    words = f"{level:.1f} ({change['estimate'].iloc[0]:+.1f}) {list(shares['estimate'])} {list(moves['estimate'])}"
    return [*(one.to_dict() for one in made), words]


def app(dataset: str) -> Dash:
    """The app: five filters as in the sidebar, the cards' numbers in a line, six figures."""
    snapshot = datasets.current(dataset)
    start, end = filters.period(snapshot, "m12")
    text.use("en")
    theme.use("light", wall=False)
    made = Dash(__name__)
    options = {d: warehouse.values(d, snapshot) for d in DIMENSIONS}
    made.layout = html.Div(
        [dcc.Dropdown(codes, [], multi=True, id=d, placeholder=d) for d, codes in options.items()]
        + [html.Div(id="cards")]
        + [dcc.Graph(id=name) for name in FIGURES]
    )

    shown = [*(Output(name, "figure") for name in FIGURES), Output("cards", "children")]

    @made.callback(*shown, *(Input(dimension, "value") for dimension in DIMENSIONS))
    def draw(*chosen):
        text.use("en")
        theme.use("light", wall=False)
        limits = {d: tuple(codes or ()) for d, codes in zip(DIMENSIONS, chosen, strict=True)}
        try:
            return figures(Filters(snapshot, start, end, "previous", **limits))
        except State as state:
            return [{}] * len(FIGURES) + [repr(state)]

    return made


if __name__ == "__main__":
    waitress.serve(app(sys.argv[1]).server, port=int(sys.argv[2]), threads=THREADS)
