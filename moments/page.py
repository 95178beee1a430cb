"""What pages share: `start(name)` opens one, `Page.panel(key)` frames a figure with all that belongs to it."""

import logging
from collections.abc import Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import date
from functools import partial

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from moments import ahead, filters, privacy, text, warehouse
from moments.charts import cards, theme
from moments.metrics import leagues, periods
from moments.panel import Panel, ask
from moments.states import Folded, MissingColumns, NoneOfThese, NothingLeft, PageEnds, State, TooFew, TooFewLeftOut

log = logging.getLogger("moments")


def start(name: str, table: str) -> "Page":
    """Open the page `name`, whose n counts rows of `table`: title, question, chips. First line of every page."""
    if PagesManager.uses_pages_directory or not filters.are_drawn():
        # after a restart, a deep link runs the page file alone: start over through app.py
        PagesManager.uses_pages_directory = False
        st.rerun()
    page = Page(name, table)
    ahead.begin(name, page.filters)
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
        self._folded = False

    def say(self, key: str, **values) -> str:
        """A sentence of this page's text file."""
        return text.say(f"{self.name}.{key}", **values)

    def words(self, key: str, codes) -> dict[str, str]:
        """{code: this page's words for it, `<key>.<code>`}."""
        return {code: self.say(f"{key}.{code}") for code in codes}

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
        return ask(name, self.filters, given)

    def before(self, metric, name: str, **given):
        """`metric` of the same rows in the period compared with; None where there is none, or nothing in it."""
        earlier = self.filters.compared()
        try:
            return metric(ask(name, earlier, given)) if earlier else None
        except (NoneOfThese, NothingLeft, TooFew, TooFewLeftOut):
            return None

    def maybe(self, name: str, ask=None, **given):
        """Rows of a query (or what `ask` makes of it) that the page can do without; None where there are none."""
        try:
            return (ask or self.query)(name, **given)
        except State:
            return None

    def whole(self, name: str, **given):
        """Rows of a query over the whole dataset, whatever the reader chose."""
        return ask(name, filters.Filters(self.snapshot), given)

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
        """Rows that the whole page rests on, by `ask` (`query`). Where there are none the page says why: PageEnds."""
        self.required.append((name, given))
        try:
            return (ask or self.query)(name, **given)
        except State as state:
            with st.container(border=True):
                st.html(cards.notice(self._reason(state), self._next(state)))
            self.foot()
            raise PageEnds() from None

    def having(self, dimensions) -> tuple[str, ...]:
        """Those of the dimensions that this page's table has."""
        return tuple(d for d in dimensions if warehouse.values(d, self.snapshot))

    def choices(self, name: str = "choices"):
        """A row for the choices of a page, or of one panel: `with here.choices(): ...`."""
        self._unless_folded()
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
        self._unless_folded()
        half = half and not (apart and theme.on_wall())
        with self._place(half), st.container(border=True, key=f"panel-{self.name}-{key}", height="stretch"):
            with st.skeleton(height=height):
                try:
                    yield Panel(self, key, half)
                except State as state:
                    st.html(cards.notice(self._reason(state), self._next(state)))
                except (st.runtime.scriptrunner.StopException, st.runtime.scriptrunner.RerunException):
                    raise
                except Exception:
                    log.exception("panel %s of page %s", key, self.name)
                    st.html(cards.notice(text.say("page.fault"), text.say("page.fault_next")))

    def _place(self, half: bool):
        """Where the next panel goes: the whole width, or the next half of a pair."""
        if not half:
            self._halves = []
            return nullcontext()
        if not self._halves:
            self._halves = st.columns(2)
        return self._halves.pop(0)

    @contextmanager
    def more(self, key: str):
        """A labelled expander. Closed it costs nothing: its first panel, or row of choices, then ends the block."""
        self._halves = []
        box = st.expander(self.say(f"{key}.more"), key=f"more-{self.name}-{key}", on_change="rerun")
        self._folded = not box.open
        with box, suppress(Folded):
            yield
        self._halves, self._folded = [], False

    def _unless_folded(self) -> None:
        if self._folded:
            raise Folded()

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
        ahead.end()

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
            if best and gain[best] >= self.snapshot.threshold:
                return text.say("page.relax", filter=text.say(f"filters.{best}"), n=gain[best])
        key = f"page.{state.key}_next"
        return text.say(key) if text.has(key) else ""


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
