"""A figure as plain dictionaries, with the methods of a Plotly figure that our forms use.

Plotly's own figure checks every attribute again at every call, which took three quarters of a page's time. Here
attributes are gathered and checked by nobody but the tests, which hold every figure of every page against Plotly.
Nothing else here needs Plotly's Python: the browser has a Plotly of its own.
"""

import re

# Attributes of Plotly whose own names have an underscore; in all others it means a step down.
WHOLE = ("error_x", "error_y", "error_z", "paper_bgcolor", "plot_bgcolor", "copy_xstyle", "copy_ystyle", "copy_zstyle")
_STEPS = re.compile("|".join((*WHOLE, "[^_]+")))


class Drawing:
    """A figure in the making. `a_b=1` means {"a": {"b": 1}}, as in Plotly."""

    def __init__(self, layout: dict):
        self._traces: list[dict] = []
        self._frame: dict = {}
        self.update_layout(layout)

    def add_scatter(self, **trace) -> "Drawing":
        """Points and lines."""
        return self._add("scatter", trace)

    def add_scatterpolar(self, **trace) -> "Drawing":
        """Points and lines around a centre."""
        return self._add("scatterpolar", trace)

    def add_bar(self, **trace) -> "Drawing":
        """Bars."""
        return self._add("bar", trace)

    def add_heatmap(self, **trace) -> "Drawing":
        """Cells."""
        return self._add("heatmap", trace)

    def add_annotation(self, **note) -> "Drawing":
        """Words at a place."""
        self._frame.setdefault("annotations", []).append(_nested(note))
        return self

    def add_words(self, places: list, words: list[str], gap: int) -> "Drawing":
        """Words at the right of the rows at `places` of the y axis, whose range is set, `gap` pixels from the plot.

        They are the labels of a second axis: as annotations they took half of the time of a long list.
        """
        if not any(words):
            return self
        scale = {"overlaying": "y", "side": "right", "range": self._frame["yaxis"]["range"]}
        quiet = {"showgrid": False, "zeroline": False, "automargin": False}
        self.update_layout(
            yaxis2={**scale, **quiet, "tickvals": list(places), "ticktext": list(words), "ticklabelstandoff": gap}
        )
        return self.add_shape(xref="x", yref="y2", visible=False)  # an axis is there where something refers to it

    def add_shape(self, **shape) -> "Drawing":
        """A line or an area."""
        self._frame.setdefault("shapes", []).append(_nested(shape))
        return self

    def add_spans(self, spans, **line) -> "Drawing":
        """Level lines that are alike: the row of each and its ends; none where an end is missing.

        They are one shape: a shape for each took a seventh of the time of a long list.
        """
        path = "".join(f"M{a},{place}L{b},{place}" for place, a, b in spans if a == a and b == b)
        return self.add_shape(type="path", path=path, **line) if path else self

    def add_hline(self, y, **line) -> "Drawing":
        """A line across the whole width."""
        return self.add_shape(type="line", xref="x domain", yref="y", x0=0, x1=1, y0=y, y1=y, **line)

    def add_vline(self, x, **line) -> "Drawing":
        """A line over the whole height."""
        return self.add_shape(type="line", xref="x", yref="y domain", y0=0, y1=1, x0=x, x1=x, **line)

    def add_hrect(self, y0, y1, **area) -> "Drawing":
        """An area across the whole width."""
        return self.add_shape(type="rect", xref="x domain", yref="y", x0=0, x1=1, y0=y0, y1=y1, **area)

    def add_vrect(self, x0, x1, **area) -> "Drawing":
        """An area over the whole height."""
        return self.add_shape(type="rect", xref="x", yref="y domain", y0=0, y1=1, x0=x0, x1=x1, **area)

    def update_layout(self, layout: dict | None = None, **more) -> "Drawing":
        """Merge into the layout."""
        _merge(self._frame, _nested({**(layout or {}), **more}))
        return self

    def update_xaxes(self, **axis) -> "Drawing":
        """Merge into every x axis there is."""
        return self._update("xaxis", axis)

    def update_yaxes(self, **axis) -> "Drawing":
        """Merge into every y axis there is."""
        return self._update("yaxis", axis)

    def update_polars(self, **polar) -> "Drawing":
        """Merge into the polar axes."""
        return self._update("polar", polar)

    def update_traces(self, **trace) -> "Drawing":
        """Merge into every trace there is."""
        for one in self._traces:
            _merge(one, _nested(trace))
        return self

    def _add(self, kind: str, trace: dict) -> "Drawing":
        self._traces.append(_nested({"type": kind, **trace}))
        return self

    def _update(self, kind: str, values: dict) -> "Drawing":
        for key in {kind, *(k for k in self._frame if k.startswith(kind) and k[len(kind) :].isdigit())}:
            _merge(self._frame.setdefault(key, {}), _nested(values))
        return self

    @property
    def data(self) -> tuple:
        """The traces, read by attribute; what was not set is None."""
        return tuple(View(t) for t in self._traces)

    @property
    def layout(self) -> "View":
        """The layout, read by attribute; what was not set is None."""
        return View({"annotations": [], "shapes": [], **self._frame})

    def to_dict(self) -> dict:
        """What goes to the browser."""
        return {"data": self._traces, "layout": self._frame}


class View:
    """A dictionary read by attribute."""

    def __init__(self, content: dict):
        self._content = content

    def __getattr__(self, name: str):
        return _view(self._content.get(name))

    def __getitem__(self, name: str):
        return _view(self._content[name])


def _view(value):
    if isinstance(value, dict):
        return View(value)
    return tuple(_view(v) for v in value) if isinstance(value, list) else value


def _nested(given: dict) -> dict:
    """The same with `a_b` taken apart; lists of dictionaries too. Data keys stay as they are."""
    made: dict = {}
    for key, value in given.items():
        if isinstance(value, dict) and key != "meta":
            value = _nested(value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            value = [_nested(v) for v in value]
        *path, last = _STEPS.findall(key)
        spot = made
        for step in path:
            spot = spot.setdefault(step, {})
        if isinstance(value, dict) and isinstance(spot.get(last), dict):
            _merge(spot[last], value)
        else:
            spot[last] = value
    return made


def _merge(into: dict, new: dict) -> None:
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
