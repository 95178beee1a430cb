"""What pages share: `start(name)` opens one, `Page.panel(key)` frames a figure with all that belongs to it."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from moments import export, filters, privacy, text, warehouse
from moments.charts import cards, ranking, theme
from moments.insights import Sentence, direction, extremes
from moments.masking import mask
from moments.metrics import discovery, leagues, periods
from moments.states import MissingColumns, NoneOfThese, NothingLeft, NothingToCompare, State, TooFew, TooFewLeftOut

log = logging.getLogger("moments")
MOST_DRAWN = 300  # rows of a ranked list that a browser is asked to draw


def start(name: str, table: str) -> "Page":
    """Open the page `name`, whose n counts rows of `table`: title, question, chips. First line of every page."""
    if PagesManager.uses_pages_directory or not filters.are_drawn():
        # after a restart, a deep link runs the page file alone: start over through app.py
        PagesManager.uses_pages_directory = False
        st.rerun()
    page = Page(name, table)
    st.html(theme.css())
    st.html(cards.heading(page.say("title"), page.say("question")))
    filters.chips(page.left())
    return page


class Page:
    """One page being drawn for one reader."""

    def __init__(self, name: str, table: str):
        self.name = name
        self.table = table
        self.filters = filters.current()
        self.snapshot = self.filters.snapshot
        self.required: list[tuple[str, dict]] = []
        self._halves: list = []

    def say(self, key: str, **values) -> str:
        """A sentence of this page's text file."""
        return text.say(f"{self.name}.{key}", **values)

    def left(self) -> str:
        """The n that the filters leave, in words; empty where there is none to tell (every panel says why)."""
        try:
            n = warehouse.rows_left(self.table, self.filters)["n"]
        except State:
            return ""
        what, least = text.say(f"page.unit_{self.table}"), self.snapshot.threshold
        if 0 < n < least:  # how many exactly would tell, by subtraction
            return text.say("page.few_left", n=least, what=what)
        return text.say("page.rows_left", n=n, what=what)

    def choose(
        self, name: str, options, default: str | None = None, names: Mapping[str, str] | None = None
    ) -> str:
        """A choice that belongs to this page, kept in the URL; options are codes named by `names` or its text file."""
        many = len(options) > 8
        return filters.one_of(
            name,
            options,
            default,
            partial(st.selectbox, width=220) if many else partial(st.segmented_control, required=True),
            label=self.say(f"{name}.label"),
            format_func=lambda code: names[code] if names else self._option(name, code),
        )

    def worded(self, key: str, scale: float = 1):
        """A function that writes a value, times `scale`, in the words of a sentence of this page."""
        return lambda value: self.say(key, value=value * scale)

    def scale(self, name: str) -> tuple[float, float]:
        """The lowest and the highest answer of one of the dataset's scales; one to ten where it states none."""
        low, high = self.snapshot.codebook.get("scales", {}).get(name, (1, 10))
        return low, high

    def branch(self, name: str, codes, default: str) -> str:
        """A choice of one branch by its name, which can be searched for; kept in the URL by its code."""
        names = dict(zip(codes, self.label("branch", codes), strict=True))
        draw = partial(st.selectbox, width=280)
        return filters.one_of(name, codes, default, draw, label=self.say(f"{name}.label"), format_func=names.get)

    def number(self, name: str, low: float, high: float, given: float | None = None, step: float = 1.0) -> float | None:
        """A number that the reader may set, kept in the URL; left empty it is `given`, which the field shows."""
        found = filters.number_of(
            name,
            None,
            low,
            high,
            partial(st.number_input, value=None),
            label=self.say(f"{name}.label"),
            step=step,
            placeholder=text.number(given, "whole" if step >= 1 else "one"),
            width=200,
        )
        return given if found is None else found

    def picked(self, name: str, names: Mapping[str, str] | None = None) -> str:
        """What a click on a figure chose, with a way to let go of it; empty when nothing is.

        `names` says what the codes are called; a code that is none of them is not chosen.
        """
        value = filters.text_of(name)
        if value and names is not None and value not in names:
            return ""
        if value:
            words = filters.plain(self.say(f"{name}.picked", value=(names or {}).get(value, value)))
            st.button(f"{words} ✕", key=f"chip@{name}", type="tertiary", on_click=filters.put, args=(name,))
        return value

    def weights(self, name: str, defaults: Mapping[str, float], labels: Mapping[str, str], rebalance) -> dict:
        """Weights that sum to 100, edited in a box beside the choices and kept in the URL; one moves the others.

        defaults: code -> weight; labels: code -> name; `rebalance` as in moments/metrics/weights.py.
        """
        with st.popover(self.say(f"{name}.label"), key=f"weights-{self.name}-{name}"):
            st.html(cards.how(self.say(f"{name}.how")))
            return filters.weights_of(name, defaults, labels, rebalance, st.number_input)

    def numbers(self, name: str, labels: Mapping[str, str], low: float, high: float, step: float = 1.0) -> dict:
        """One number per code, 0 until set, in a box beside the choices; in the URL as `<name>_<code>`."""
        with st.popover(self.say(f"{name}.label"), key=f"numbers-{self.name}-{name}"):
            st.html(cards.how(self.say(f"{name}.how")))
            return {
                code: filters.number_of(f"{name}_{code}", 0, low, high, st.number_input, label=words, step=step) or 0.0
                for code, words in labels.items()
            }

    def span(self, day: str, grain: str) -> dict:
        """{"since", "until"} of the week, month or quarter that begins on `day`; no limits without one."""
        return dict(zip(("since", "until"), periods.bounds(day, grain), strict=True))

    def _option(self, name: str, code: str) -> str:
        key = f"{self.name}.{name}.{code}"
        return text.say(key if text.has(key) else f"filters.{code}")

    def query(self, name: str, **given):
        """Rows of a query under the reader's filters."""
        return _ask(name, self.filters, given)

    def before(self, metric, name: str, **given):
        """`metric` of the same rows in the period compared with; None where there is none, or nothing in it."""
        earlier = self.filters.compared()
        try:
            return metric(_ask(name, earlier, given)) if earlier else None
        except (NoneOfThese, NothingLeft, TooFew, TooFewLeftOut):
            return None

    def maybe(self, name: str, **given):
        """Rows of a query that the page can do without; None where there are none, for whatever reason."""
        try:
            return self.query(name, **given)
        except State:
            return None

    def whole(self, name: str, **given):
        """Rows of a query over the whole dataset, whatever the reader chose."""
        return _ask(name, filters.Filters(self.snapshot), given)

    def events(self):
        """What happened everywhere, or at the branches chosen: starts_on, ends_on, kind, name. None without a diary."""
        rows = self.maybe("events")
        if rows is None:
            return None
        rows = rows[rows["branch"].isna() | rows["branch"].isin(self.filters.branch)]
        pairs = zip(rows["title_zh"].fillna(""), rows["title_en"].fillna(""), rows["event"], strict=True)
        return rows.assign(name=[text.pick({"zh": zh, "en": en}, code) for zh, en, code in pairs])

    def hide(self, rows, n: str, key: str, *columns: str):
        """The rows without what tells of few: for estimates that rest on every row and must not show small ones.

        `columns` and `n` are emptied where 0 < n < threshold, and in as many more rows as subtraction asks for; the
        column `hidden` says where. One row per key.
        """
        shy = privacy.hide(rows[[key, n]], n, (key,), self.snapshot.threshold)["hidden"].to_numpy()
        return rows.assign(hidden=shy, **{c: rows[c].where(~shy) for c in (n, *columns)})

    def box(self, name: str):
        """A box beside the choices for what is set once, as presets are: `with here.box("clocks"): ...`."""
        box = st.popover(self.say(f"{name}.label"), key=f"box-{self.name}-{name}")
        box.html(cards.how(self.say(f"{name}.how")))
        return box

    def names(self, dimension: str) -> dict[str, str]:
        """{code: name} of every code of a dimension that the dataset has."""
        codes = warehouse.values(dimension, self.snapshot)
        return dict(zip(codes, self.label(dimension, codes), strict=True))

    def change(self, difference, now, earlier, *more):
        """`difference(now, earlier, *more)`; None where there is nothing to compare with."""
        return None if earlier is None else difference(now, earlier, *more)

    @contextmanager
    def looking_back(self):
        """In this block the chosen time begins with the data: for what is held against its own past."""
        chosen, first = self.filters, self.snapshot.meta.get("data_from")
        if chosen.start and first:
            self.filters = chosen.only(start=min(chosen.start, date.fromisoformat(first)))
        try:
            yield
        finally:
            self.filters = chosen

    def among_peers(self) -> tuple[str, ...]:
        """From here on the branches chosen are looked at beside all others, not alone. Returns their codes."""
        chosen = self.filters.branch
        self.filters = self.filters.only(branch=())
        return chosen

    def able(self, asked: Mapping[str, tuple[str, dict]]) -> tuple[str, ...]:
        """Those of {code: (query, its choices)} that this dataset has the columns for; the first if it has for none."""
        found = []
        for code, (name, given) in asked.items():
            try:
                warehouse.statement(name, self.filters, **given)
                found.append(code)
            except MissingColumns:
                continue
        return tuple(found) or tuple(asked)[:1]

    def pooled(self, name: str, by: str | None = None, each: str | None = None, **given):
        """Rows of a query by branch in which small branches are shown together (see `leagues.pooled`), named.

        `by` is a code within the branch that stays apart; `each` one that is pooled for itself.
        """
        rows, threshold = self.query(name, **given), self.snapshot.threshold
        rows = leagues.pooled_each(rows, threshold, each) if each else leagues.pooled(rows, threshold, by)
        if rows.empty:
            raise TooFew(threshold=threshold)
        return rows.assign(name=self._members(rows))

    def inside(self, rows, dimension: str):
        """Rows of what holds no answers, e.g. a register, kept to the regions chosen."""
        if not self.filters.region:
            return rows
        kept = set(self.filters.region)
        if dimension == "branch":
            book = self.query("branches")
            kept = set(book.loc[book["region"].isin(kept), "branch"])
        return rows[rows["grp"].isin(kept)]

    def regions(self, codes) -> str:
        """Regions that are shown as one, in a row; the whole where no region is known."""
        known = [code for code in codes if code]
        return text.listed(self.label("region", known)) if known else text.say("page.no_region")

    def _members(self, rows) -> list[str]:
        """A branch's name; of a pool, the regions it is from and how many branches are in it."""
        own = filters.labels(self.snapshot, "branch", rows["code"])
        others = [
            text.say("page.others", regions=self.regions(regions), members=members)
            for regions, members in zip(rows["region"], rows["members"], strict=True)
        ]
        return [name if code else other for code, name, other in zip(rows["code"], own, others, strict=True)]

    def require(self, name: str, ask=None, **given):
        """Rows that the whole page rests on, by `ask` (`query`); where there are none the page says why and ends."""
        self.required.append((name, given))
        try:
            return (ask or self.query)(name, **given)
        except State as state:
            with st.container(border=True):
                st.html(cards.notice(self._reason(state), self._next(state)))
            self.foot()
            st.stop()

    def having(self, dimensions) -> tuple[str, ...]:
        """Those of the dimensions that this page's table has."""
        return tuple(d for d in dimensions if warehouse.values(d, self.snapshot))

    def choices(self, name: str = "choices"):
        """A row for the choices of a page, or of one panel: `with here.choices(): ...`."""
        return st.container(horizontal=True, key=name, gap="medium")

    def periods(self, days, grain: str) -> list[str]:
        """Names of weeks, months or quarters by their first day."""
        return [text.say(f"page.grain_{grain}", day=d, quarter=(d.month + 2) // 3) for d in days]

    def complete(self, rows, grain: str):
        """The rows with every week, month or quarter of the chosen time, in order (see periods.complete)."""
        return periods.complete(rows, grain, self.filters.start, self.filters.end)

    def label(self, dimension: str, codes) -> list[str]:
        """Names of codes in the reader's language."""
        return filters.labels(self.snapshot, dimension, codes)

    def named(self, rows, dimension: str):
        """The rows with a column `name`: what the code in `grp` is called."""
        return rows.assign(name=self.label(dimension, rows["grp"]))

    def item(self, framework: str, codes) -> list[str]:
        """Names of a framework's items in the reader's language, from the dataset's codebook."""
        named = {i["item"]: i for i in self.snapshot.codebook.get("items", []) if i["framework"] == framework}
        return [text.pick(named.get(code, {}), code) for code in codes]

    def lines(self, key: str, rows) -> list[str]:
        """A sentence of this page for each of the rows, filled from its columns."""
        return [self.say(key, **row) for row in rows.to_dict("records")]

    @contextmanager
    def panel(self, key: str, height: int = 320, half: bool = False, apart: bool = True):
        """Frame a figure: skeleton while it is made, the reason where there is none; a fault stays in its panel.

        Two `half` panels in a row stand side by side; on the wall one below the other, unless they must not be `apart`.
        """
        with self._place(half, apart), st.container(border=True, key=f"panel-{self.name}-{key}", height="stretch"):
            with st.skeleton(height=height):
                try:
                    yield Panel(self, key)
                except State as state:
                    st.html(cards.notice(self._reason(state), self._next(state)))
                except (st.runtime.scriptrunner.StopException, st.runtime.scriptrunner.RerunException):
                    raise
                except Exception:
                    log.exception("panel %s of page %s", key, self.name)
                    st.html(cards.notice(text.say("page.fault"), text.say("page.fault_next")))

    def _place(self, half: bool, apart: bool):
        """Where the next panel goes: the whole width, or the next half of a pair."""
        if not half or (apart and theme.on_wall()):
            self._halves = []
            return nullcontext()
        if not self._halves:
            self._halves = st.columns(2)
        return self._halves.pop(0)

    @contextmanager
    def more(self, key: str):
        """A labelled expander that costs nothing while closed: `with here.more("x") as opened: if opened: ...`."""
        self._halves = []
        box = st.expander(self.say(f"{key}.more"), key=f"more-{self.name}-{key}", on_change="rerun")
        with box:
            yield bool(box.open)
        self._halves = []

    def count(self, table: str) -> int | None:
        """How many rows of a table the filters leave; None where that may not be told."""
        try:
            n = warehouse.rows_left(table, self.filters)["n"]
        except State:
            return None
        return n if n >= self.snapshot.threshold else None

    def link(self, words: str, page: str, **limits) -> None:
        """A link to another page under the reader's filters, with `limits` ({filter: codes}) set there."""
        st.page_link(f"pages/{page}.py", label=filters.plain(words), query_params=filters.link(**limits))

    def foot(self) -> None:
        """Dataset, snapshot, data up to, rows, rejected rows; sample data says that it is synthetic."""
        meta = self.snapshot.meta
        rows = self.snapshot.tables.get(self.table, {})
        words = text.say(
            "page.foot",
            dataset=text.pick(meta.get("title", {}), self.snapshot.dataset),
            snapshot=self.snapshot.name,
            until=meta.get("data_to") or "–",
            rows=rows.get("rows", 0),
            rejected=sum(t.get("rejected", 0) for t in self.snapshot.tables.values()),
        )
        st.html(cards.foot(words, text.say("page.synthetic") if meta.get("synthetic") else ""))

    def _reason(self, state: State) -> str:
        if isinstance(state, MissingColumns):
            table = text.say(f"page.table_{state.values['table']}")
            return text.say("page.missing_columns", table=table, columns=", ".join(state.values["columns"][:6]))
        values = dict(state.values)
        if "filter" in values:
            values["filter"] = text.say(f"filters.{values['filter']}")
        return text.say(f"page.{state.key}", **values)

    def _next(self, state: State) -> str:
        """What to do about it: the filter to relax, or how to bring what is missing."""
        if isinstance(state, NothingLeft):
            gain = state.values["without"]
            best = max(gain, key=gain.get, default=None)
            if best and gain[best]:
                return text.say("page.relax", filter=text.say(f"filters.{best}"), n=gain[best])
        key = f"page.{state.key}_next"
        return text.say(key) if text.has(key) else ""


def _ask(name: str, chosen, given: dict):
    """Rows of a query; those by period come without gaps over the chosen time."""
    rows = warehouse.query(name, chosen, **given)
    if rows.empty:
        raise NoneOfThese()
    if "hidden" in rows and rows["hidden"].all():
        raise TooFew(threshold=chosen.snapshot.threshold)
    return periods.complete(rows, given["grain"], chosen.start, chosen.end) if "grain" in given else rows


def same(rows):
    """The rows as they are, where a metric is asked for."""
    return rows


def ends(values, most: int = 6) -> list:
    """The first and the last of what is too long to draw whole."""
    values = list(values)
    return values if len(values) <= most else values[: most // 2] + values[-(most // 2) :]


def only(rows, code: str, column: str = "part"):
    """The rows of one code; None of None."""
    return None if rows is None else rows[rows[column] == code]


class Panel:
    """One finding: sentence, figure, how to read it, and one menu with rows, exports, SQL and formula."""

    def __init__(self, page: Page, key: str):
        self.page = page
        self.key = key
        self.asked: list[tuple[str, dict]] = []
        self._long = 0
        self._example = ""

    def query(self, name: str, **given):
        """Rows of a query under the reader's filters; the panel's menu shows its SQL.

        A panel that asks nothing itself rests on what its page requires, and shows that.
        """
        self.asked.append((name, given))
        return self.page.query(name, **given)

    def maybe(self, name: str, **given):
        """`query`, or None where there are no rows (see `Page.maybe`)."""
        self.asked.append((name, given))
        return self.page.maybe(name, **given)

    def pooled(self, name: str, by: str | None = None, each: str | None = None, **given):
        """`query` with small branches shown together (see `Page.pooled`)."""
        self.asked.append((name, given))
        return self.page.pooled(name, by, each, **given)

    def example(self, words: str) -> None:
        """What this panel shows is an example by that name and not the dataset: its source says so."""
        self._example = words

    def known(self, rows, column: str = "n"):
        """The rows that are not hidden. Raises TooFew when none is left."""
        rows = rows[rows[column].notna()]
        if rows.empty:
            raise TooFew(threshold=self.page.snapshot.threshold)
        return rows

    def each(self, name: str, groups: Mapping[str, Iterable[str]], column: str = "dimension", **given):
        """Rows of a query asked of each group of items apart, one below the other, the group's code in `column`."""
        found = [self.query(name, items=tuple(items), **given).assign(**{column: g}) for g, items in groups.items()]
        return pd.concat(found, ignore_index=True)

    def compared(self, name: str, **given):
        """The same rows in the period compared with. Raises NothingToCompare where there are none."""
        rows = self.page.before(lambda found: found, name, **given)
        if rows is None:
            raise NothingToCompare()
        return rows

    def show(
        self,
        figure,
        rows,
        finding: Sentence,
        n: float | None = None,
        formula: str | None = None,
        click: str | None = None,
    ) -> None:
        """Draw it. `rows` is exactly what the figure shows; `click` names the choice that a clicked mark adds to."""
        self._head(finding, rows, formula)
        how = self.page.say(f"{self.key}.how")
        figure.update_layout(theme.source_line(self._source(n)))
        if click:  # said here, or Streamlit adds it in the browser and draws the figure again
            figure.update_layout(clickmode="event+select", hovermode="closest", dragmode="pan")
        spot = f"{self.page.name}-{self.key}-figure"
        st.plotly_chart(
            figure,
            theme=None,
            key=spot,
            alt=f"{finding.words()} {how}",
            config=_plotly(f"moments-{self.page.name}-{self.key}"),
            **(
                {"on_select": partial(filters.clicked, spot, click), "selection_mode": "points"}
                if click
                else {"on_select": "ignore"}
            ),
        )
        if figure.layout.meta:
            st.html(cards.key(figure.layout.meta["key"]))
        st.html(cards.how(how))
        if self._long:
            filters.switch(f"all_{self.key}", label=text.say("page.show_all", n=self._long))

    def several(self, figures: Mapping[str, object], rows, finding: Sentence, width: int = 280) -> None:
        """Small multiples: figures alike, each under its name, side by side as far as the screen is wide."""
        words = f"{theme.plain(self.page.say('title'))} · {filters.span_words(self.page.filters)}"
        self._head(finding, rows, None)
        how = self.page.say(f"{self.key}.how")
        with st.container(horizontal=True, gap="small", key=f"several-{self.page.name}-{self.key}"):
            for place, (name, figure) in enumerate(figures.items()):
                figure.update_layout(theme.source_line(f"{theme.plain(name)}<br>{words}"))
                with st.container(width=width, gap=None):
                    st.html(cards.label(name))
                    st.plotly_chart(
                        figure,
                        theme=None,
                        key=f"{self.page.name}-{self.key}-figure-{place}",
                        alt=f"{name} {how}",
                        config=_plotly(f"moments-{self.page.name}-{self.key}-{place}"),
                        on_select="ignore",
                    )
        st.html(cards.how(how))

    def ranked(
        self, rows, reference: float, click: str | None = None, code: str | None = None, digits: int = 2
    ) -> None:
        """A ranked list against what counts as neither good nor bad, which the text `<panel>.line` names.

        rows: name, estimate, low, high, n. With a column p, looking at many is corrected for. The lowest comes first,
        but rows with a column `level` keep their order: those that are no "item" are the heads of those that are.
        """
        if "p" in rows and "q" not in rows:
            rows = discovery.discoveries(rows)
        nested = "level" in rows
        rows = rows.assign(strong=rows["level"] != "item") if nested else rows.sort_values("estimate")
        line = self.page.say(f"{self.key}.line")
        figure = ranking.draw(
            rows if nested else self.first(rows), reference=reference, reference_label=line, code=code, digits=digits
        )
        told = rows[~rows["strong"]] if nested else rows
        finding = extremes(f"{self.page.name}.{self.key}", told, "name", reference)
        n = rows["n"].sum() if click in filters.DIMENSIONS else rows["n"].max()
        self.show(figure, rows, finding, n, click=click)

    def table(self, rows, finding: Sentence | None = None, formula: str | None = None) -> None:
        """A panel whose figure is a table."""
        if finding is not None:
            self._head(finding, rows, formula)
        how = self.page.say(f"{self.key}.how")
        if len(rows):
            shown, height = export.labelled(rows, self.page.name), "content" if len(rows) <= 30 else "auto"
            _list(shown, width="stretch", height=height, alt=how)
        st.html(cards.how(how))

    def steps(self, rows, column: str, finding: Sentence) -> None:
        """Rows in the order of work, gathered under the code in `column` (see cards.steps); a row needs name, place."""
        self._head(finding, rows, None)
        say, made = self.page.say, []
        for code, inside in rows.groupby(column, sort=False):
            lines = [(r["place"], r["name"], say(f"{self.key}.small", **r)) for r in inside.to_dict("records")]
            made.append((say(f"{self.key}.{code}"), say(f"{self.key}.{code}_next"), lines))
        st.html(cards.steps(made))
        st.html(cards.how(self.page.say(f"{self.key}.how")))

    def card(
        self, key: str, row, change=None, spark=(), spec: str = "one", better: int = 1, label: str | None = None
    ) -> cards.Card:
        """A headline number from a frame of one row with estimate, low, high, n, and its change, in words.

        `spec` is how numbers are written (see text.number); `better` is -1 where less is better, 0 where neither is.
        `label` names what comes with the data, instead of the page's text.
        """
        row = row.iloc[0]
        tone, words, way = "unsure", "", ""
        if change is not None:
            change = change.iloc[0]
            way = direction(change["low"], change["high"])
            tone = theme.verdict(change["low"], change["high"], better) if better else "unsure"
            points = text.say("page.points", value=abs(change["estimate"]) * 100) if spec.startswith("pct") else None
            words = text.say(f"page.change_{way}", diff=points or text.number(abs(change["estimate"]), spec))
        return cards.Card(
            label=label or self.page.say(f"{self.key}.{key}"),
            value=text.number(row["estimate"], spec),
            interval=text.say("page.interval", low=text.number(row["low"], spec), high=text.number(row["high"], spec)),
            change=words,
            way=way,
            tone=tone,
            spark=tuple(float(v) for v in spark),
            n=f"n {text.number(row['n'])}",
        )

    def or_reason(self, key: str, make, *given) -> cards.Card:
        """The card that `make(panel, *given)` gives; one that says why there is none, so that the others stay."""
        try:
            return make(self, *given)
        except State as state:
            label, reason = self.page.say(f"{self.key}.{key}"), self.page._reason(state)
            return cards.Card(label=label, value="\N{EN DASH}", interval=reason)

    def same(self, rows):
        """What was found in the period compared with. Raises NothingToCompare where there is nothing."""
        if not len(rows):
            raise NothingToCompare()
        return rows

    def any(self, rows):
        """The rows. Raises NoneOfThese where there are none."""
        if not len(rows):
            raise NoneOfThese()
        return rows

    def links(
        self,
        groups: Mapping[str, Iterable[tuple[str, str, dict]]],
        rows,
        finding: Sentence,
        across: bool = False,
        formula: str | None = None,
    ) -> None:
        """Lists of links (words, page, limits; see Page.link), each under its name `<panel>.<group>`.

        They stand one below the other, or `across` the panel; rows are what the menu shows, None for no menu.
        """
        if rows is None:
            st.html(cards.finding(finding.words()))
        else:
            self._head(finding, rows, formula)
        shown = {name: list(links) for name, links in groups.items() if links}
        places = st.columns(max(len(shown), 1)) if across else [st.container(gap="small") for _ in shown]
        for place, (name, links) in zip(places, shown.items(), strict=False):
            with place:
                st.html(cards.label(self.page.say(f"{self.key}.{name}")))
                for words, page, limits in links:
                    self.page.link(words, page, **limits)
        st.html(cards.how(self.page.say(f"{self.key}.how")))

    def cards(self, *made: cards.Card) -> None:
        """The headline numbers: one call draws them all."""
        st.html(cards.row(made))

    def note(self, key: str, **values) -> None:
        """A line of small print."""
        st.html(cards.how(self.page.say(f"{self.key}.{key}", **values)))

    def told(self, sentence: Sentence) -> None:
        """A second finding, in small print."""
        st.html(cards.how(sentence.words()))

    def pages(self, n: int, size: int, about) -> int:
        """Which page of a list of n rows is shown, from 0; `about` is what the list depends on."""
        count = max(1, -(-n // size))
        key = f"pages-{self.page.name}-{self.key}-{hashlib.sha256(repr(about).encode()).hexdigest()[:8]}"
        return (st.pagination(count, key=key) if count > 1 else 1) - 1

    def first(self, rows, most: int = 25):
        """The rows to draw: the first and the last of a long list, until the reader asks for all.

        Rows whose column `chosen` is true are drawn wherever they are; lists too long to draw whole are never.
        """
        if len(rows) <= most:
            return rows
        if len(rows) <= MOST_DRAWN:
            self._long = len(rows)
            if filters.is_on(f"all_{self.key}"):
                return rows
        half = most // 2
        chosen = np.flatnonzero(rows["chosen"])[:most] if "chosen" in rows else []
        places = sorted({*range(half), *(int(c) for c in chosen), *range(len(rows) - half, len(rows))})
        order, left_out = [], []
        for before, place in zip([-1, *places], places, strict=False):
            if place > before + 1:
                order.append(-1)
                left_out.append(place - before - 1)
            order.append(place)
        kept = rows.reset_index(drop=True).reindex(order)
        kept["folded"] = kept.index == -1
        kept.loc[kept["folded"], "name"] = [text.say("page.folded", n=n) for n in left_out]
        return kept.reset_index(drop=True)

    def answers(self, name: str, size: int = 50, **given) -> None:
        """The answers behind a number, page by page: exactly as many as the number counts."""
        spot = (self.page.filters, tuple(given.items()))
        n = int(self.page.query(name, **given, take=1, skip=0)["n"].iloc[0])
        rows = self.query(name, **given, take=size, skip=self.pages(n, size, spot) * size)
        coded = ("branch", "channel", "category", "issue", "severity", "status")
        said = {c: self.page.label(c, rows[c]) for c in coded if c in rows and rows[c].notna().any()}
        rows = rows.drop(columns=[c for c in coded if c in rows and c not in said]).assign(**said)
        if "comment" in rows:
            rows = rows.assign(comment=rows["comment"].fillna("").map(mask))  # whoever wrote the data, and however
        self.table(rows.drop(columns="n"), Sentence(f"{self.page.name}.{self.key}.count", {"n": n}))

    def _source(self, n: float | None) -> str:
        """Title, dates, filters and n, in one line, for whoever meets the figure outside its page."""
        if self._example:
            return theme.plain(self._example)
        chosen, page = self.page.filters, self.page
        parts = [page.say("title"), filters.span_words(chosen)]
        for dimension in chosen.active_dimensions:
            names = page.label(dimension, getattr(chosen, dimension)[:2])
            parts.append(", ".join(names) + (" …" if len(getattr(chosen, dimension)) > 2 else ""))
        n = warehouse.rows_left(page.table, chosen)["n"] if n is None else n
        parts.append(f"n {text.number(n)}")
        if page.snapshot.meta.get("synthetic"):
            parts.append(text.say("page.synthetic_short"))
        else:
            parts.append(text.pick(page.snapshot.meta.get("title", {}), page.snapshot.dataset))
        return " · ".join(theme.plain(p) for p in parts)

    def _head(self, finding: Sentence, rows, formula: str | None) -> None:
        spot = f"head-{self.page.name}-{self.key}"
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key=spot):
            st.html(cards.finding(finding.words()))
            self._menu(rows, formula or self.page.name)

    def _menu(self, rows, formula: str) -> None:
        spot = f"{self.page.name}-{self.key}"
        menu = st.popover(text.say("page.menu"), type="tertiary", key=f"menu-{spot}", on_change="rerun")
        if not menu.open:
            return
        with menu:
            shown = export.labelled(rows, self.page.name)
            _list(shown, alt=text.say("page.menu_rows"), height=min(38 * len(shown) + 40, 320))
            about = self._about(formula)
            name = f"moments-{spot}-{hashlib.sha256(str(about).encode()).hexdigest()[:6]}"
            with st.container(horizontal=True):
                st.download_button(
                    "CSV", partial(export.csv, shown), f"{name}.csv", "text/csv", key=f"csv-{spot}", on_click="ignore"
                )
                st.download_button(
                    "Excel", partial(export.excel, shown, about), f"{name}.xlsx", key=f"excel-{spot}", on_click="ignore"
                )
            st.html(cards.formula(text.say("page.menu_formula"), text.say(f"formulas.{formula}")))
            for statement, values in self._statements():
                st.code(statement, language="sql", wrap_lines=True)
                if values:
                    st.code("\n".join(f"${k} = {v}" for k, v in values.items()), language=None, wrap_lines=True)

    def _statements(self) -> list[tuple[str, dict]]:
        found = []
        for name, given in () if self._example else self.asked or self.page.required:
            sql, bound = warehouse.statement(name, self.page.filters, **given)
            question = warehouse.load(name).question
            found.append((f"-- {question}\n{warehouse.readable(sql)}", bound))
        return found

    def _about(self, formula: str) -> list[tuple[str, str]]:
        """What the Excel's second sheet says about where its numbers come from."""
        lines = [("", self._source(None)), (text.say("page.menu_formula"), text.say(f"formulas.{formula}"))]
        for statement, values in self._statements():
            lines.append(("SQL", statement))
            lines += [(f"${k}", str(v)) for k, v in values.items()]
        return lines


def _plotly(picture: str) -> dict:
    """What Plotly offers and says: one button that saves the picture, in the reader's language."""
    code = {"zh": "zh-CN", "en": "en-US"}[text.language()]
    words = {"Download plot as a PNG": text.say("page.save_picture"), "Reset axes": text.say("page.reset_axes")}
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"scale": 2, "filename": picture},
        "locale": code,
        "locales": {code: {"dictionary": words, "format": {}}},
    }


def _list(rows, **look) -> None:
    """Rows as a table to read: numbers of four figures, counts with separators."""
    whole = [c for c, values in rows.select_dtypes("number").items() if (values.dropna() % 1 == 0).all()]
    counts = {c: st.column_config.NumberColumn(format="localized") for c in whole}
    st.dataframe(export.short(rows), hide_index=True, column_config=counts, **look)
