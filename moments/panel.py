"""A panel: one finding with its figure, how to read it, and one menu with rows, exports, SQL and formula."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from moments import browser, export, filters, text, warehouse
from moments.charts import cards, ranking, theme
from moments.insights import Sentence, direction, extremes
from moments.masking import mask
from moments.metrics import discovery, periods
from moments.states import NoneOfThese, NothingToCompare, State, TooFew

MOST_DRAWN = 300  # rows of a ranked list that a browser is asked to draw
HALF = 370  # pixels that a figure has in half a page, on a narrow screen


def ask(name: str, chosen, given: dict):
    """Rows of a query; those by period come without gaps over the chosen time."""
    rows = warehouse.query(name, chosen, **given)
    if rows.empty:
        raise NoneOfThese()
    if "hidden" in rows and rows["hidden"].all():
        raise TooFew(threshold=chosen.snapshot.threshold)
    return periods.complete(rows, given["grain"], chosen.start, chosen.end) if "grain" in given else rows


class Panel:
    """One finding: sentence, figure, how to read it, and one menu with rows, exports, SQL and formula."""

    def __init__(self, page, key: str, half: bool = False):
        self.page = page
        self.key = key
        self.half = half
        self.asked: list[tuple[str, dict]] = []
        self._long = 0
        self._example = ""

    def query(self, name: str, **given):
        """Rows of a query under the reader's filters; the panel's menu shows its SQL.

        A panel that asks nothing itself rests on what its page requires, and shows that.
        """
        self.asked.append((name, given))
        return self.page.query(name, **given)

    def maybe(self, name: str, ask=None, **given):
        """`query`, or None where there are no rows (see `Page.maybe`)."""
        self.asked.append((name, given))
        return self.page.maybe(name, ask, **given)

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
        """Draw it. `rows` is exactly what the figure shows; `click` names the choice that a clicked mark adds to.

        `n` counts the answers shown; not given, those of all rows together where each is a group to filter by, else
        all that the filters leave.
        """
        if n is None and click in filters.DIMENSIONS:
            n = rows["n"].sum()
        self._head(finding, rows, formula)
        how = self.page.say(f"{self.key}.how")
        figure.update_layout(theme.source_line(self._source(n), room=HALF if self.half else math.inf))
        if click:
            figure.update_layout(hovermode="closest")
        spot = f"{self.page.name}-{self.key}-figure"
        browser.draw(
            figure,
            spot,
            f"{finding.words()} {how}",
            _plotly(f"moments-{self.page.name}-{self.key}"),
            partial(filters.clicked, spot, click) if click else None,
        )
        if figure.layout.meta:
            st.html(cards.key(figure.layout.meta["key"]))
        st.html(cards.how(how))
        if self._long:
            filters.switch(f"all_{self.key}", label=text.say("page.show_all", n=self._long))

    def several(self, figures: Mapping[str, object], rows, finding: Sentence, width: int = 280) -> None:
        """Small multiples: figures alike, each under its name, side by side as far as the screen is wide."""
        words = f"{self.page.say('title')} · {filters.span_words(self.page.filters)}"
        self._head(finding, rows, None)
        how = self.page.say(f"{self.key}.how")
        with st.container(horizontal=True, gap="small", key=f"several-{self.page.name}-{self.key}"):
            for place, (name, figure) in enumerate(figures.items()):
                figure.update_layout(theme.source_line(name, words, room=width))
                with st.container(width=width, gap=None):
                    st.html(cards.label(name))
                    spot = f"{self.page.name}-{self.key}-figure-{place}"
                    browser.draw(figure, spot, f"{name} {how}", _plotly(f"moments-{self.page.name}-{self.key}-{place}"))
        st.html(cards.how(how))

    def ranked(
        self, rows, reference: float, *, click: str | None = None, n: float | None = None, highest: bool = False,
        formula: str | None = None, key: str | None = None, said: Mapping = {}, **look,
    ) -> None:  # fmt: skip
        """A ranked list against what counts as neither good nor bad, which the text `<panel>.line` names.

        rows: name, estimate, low, high, n; `n` as in `show`, where a row is no group to filter by the largest of them.
        With a column p, looking at many is corrected for. The lowest comes first, or the `highest`; but rows with a
        column `level` keep their order: those that are no "item" are the heads of those that are. `key` is that of the
        finding, if not the panel's, `said` fills it; `look` is the chart's.
        """
        if "p" in rows and "q" not in rows:
            rows = discovery.discoveries(rows)
        nested = "level" in rows
        if nested:
            rows = rows.assign(strong=rows["level"] != "item")
        else:
            rows = rows.sort_values("estimate", ascending=not highest)
        line = self.page.say(f"{self.key}.line")
        drawn = rows if nested else self.first(rows)
        figure = ranking.draw(drawn, reference=reference, reference_label=line, **look)
        told = rows[~rows["strong"]] if nested else rows
        finding = extremes(f"{self.page.name}.{key or self.key}", told, "name", reference, **said)
        if n is None and click not in filters.DIMENSIONS:
            n = rows["n"].max()
        self.show(figure, rows, finding, n, formula, click)

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
            return self._example
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
        return " · ".join(parts)

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
    words = {
        "Download plot as a PNG": text.say("page.save_picture"),
        "Preparing image - this may take a few seconds": text.say("page.saving_picture"),
    }
    return {
        "displaylogo": False,
        "showAxisDragHandles": False,  # no axis can be dragged: Plotly would make eight handles for it all the same
        "typesetMath": False,  # a name with two dollars is no formula
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
