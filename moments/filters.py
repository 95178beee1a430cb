"""What a reader has chosen: a frozen value, the widgets that make one, and the URL that carries it.

The URL holds codes, never labels, so that a link means the same in both languages. (Streamlit's own
`bind="query-params"` stores the label on the screen, which is why it is not used here.)
"""

import calendar
import functools
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import user_key_from_element_id as user_key

from moments import browser, datasets, text, warehouse
from moments.charts import cards, theme
from moments.contracts import DIMENSIONS
from moments.datasets import DatasetError, Snapshot

PERIODS = ("m1", "m3", "m6", "m12", "m24", "all", "custom")
COMPARISONS = ("previous", "year", "none")
VIEWS = ("screen", "projector")
FEW = 6  # codes of a dimension that stand side by side; more are chosen from a list
SHARED = ("lang", "view", "dataset", "period", "from", "to", "compare", *DIMENSIONS)  # chosen for all pages at once


@dataclass(frozen=True)
class Filters:
    """Which rows are asked for. `start` and `end` are inclusive days; None and () mean no limit."""

    snapshot: Snapshot
    start: date | None = None
    end: date | None = None
    compare: str = "none"
    region: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    service: tuple[str, ...] = ()

    @property
    def active_dimensions(self) -> tuple[str, ...]:
        """The dimensions that are limited."""
        return tuple(d for d in DIMENSIONS if getattr(self, d))

    def only(self, **limits) -> "Filters":
        """The same choice, narrowed further, e.g. `only(branch=("b01",))`."""
        return replace(self, **limits)

    def compared(self) -> "Filters | None":
        """The same choice in the period to compare with; None when there is none before the data begins."""
        if self.compare == "none" or not (self.start and self.end):
            return None
        if self.compare == "year":
            months = 12
        elif self.start.day == 1 and _is_month_end(self.end):
            months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        else:
            length = self.end - self.start + timedelta(days=1)
            before = replace(self, start=self.start - length, end=self.end - length, compare="none")
            return before if before.end >= _data_from(self.snapshot) else None
        before = replace(self, start=back(self.start, months), end=back(self.end, months), compare="none")
        return before if before.end >= _data_from(self.snapshot) else None


def back(day: date, months: int) -> date:
    """The same day `months` earlier; the end of a month stays the end of a month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, last if _is_month_end(day) else min(day.day, last))


def period(snapshot: Snapshot, preset: str, start: date | None = None, end: date | None = None):
    """(start, end) of a preset, counted in whole months back from the last day of the data."""
    if preset == "custom":
        return start, end
    if preset == "all" or not snapshot.meta.get("data_to"):
        return None, None
    last = date.fromisoformat(snapshot.meta["data_to"])
    close = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return back(close.replace(day=1), int(preset[1:]) - 1), close


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _data_from(snapshot: Snapshot) -> date:
    return date.fromisoformat(snapshot.meta.get("data_from") or "0001-01-01")


# --- the URL and the session ------------------------------------------------------------------------------------
#
# `chosen` holds what the reader chose, as the URL spells it: {name: [text, ...]}. A widget is drawn from it under a
# key per language (Streamlit keeps the label of a choice, which would go stale). `shown` is what widgets showed last,
# so that a click is told from an echo of the URL, and `url` what we wrote there, so that Back is told from both.
# `kinds` says what kind of widget each was.
#
# Who clicks twice in a moment does so before the browser has heard of the first: what it says of widgets and of the URL
# is then of `before`. It is taken for that where the run has another reason: what a callback chose (`acted`) or another
# widget, since nobody does two things at once.
#
# Who lost the connection comes to a session that knows nothing of them, with a click and what the browser has shown so
# far (`told`): what it says of widgets is not drawn over with what the URL says, and differs where the click was.


def begin() -> None:
    """Take over clicks, then links and Back. First thing of every run."""
    state, run = st.session_state, get_script_run_ctx()
    state.told = set() if "told" in state else {user_key(said.id) for said in run.session_state.get_widget_states()}
    for name in ("chosen", "shown", "before", "url", "kinds"):
        state.setdefault(name, {})
    incoming = {name: st.query_params.get_all(name) for name in st.query_params}
    page = run.page_script_hash
    turned_page = page != state.setdefault("page", page)
    state.page = page
    state.shown = {(name, key): value for (name, key), value in state.shown.items() if key in state}
    moved = {name: key for (name, key), value in state.shown.items() if state[key] != value}
    late = {name for name, key in moved.items() if key in state.before and state[key] == state.before[key]}
    acted = state.pop("acted", False)
    if acted or late < moved.keys():
        moved = {name: key for name, key in moved.items() if name not in late}
    if acted or moved:
        state.chosen.update({name: _spell(state[key]) for name, key in moved.items()})
    elif incoming != state.url and not (turned_page and not incoming):
        state.chosen = incoming
    state.before, state.drawn = {}, {}
    text.use(one_of("lang", text.LANGUAGES))


def finish() -> None:
    """Write the choices of this page into the URL, defaults left out. Last thing of every run that is whole."""
    state = st.session_state
    state.page = get_script_run_ctx().page_script_hash  # at first it was only the name in the link
    state.acted = False  # a link whose weights were mended is no click
    url = {name: values for name, values in state.chosen.items() if name in state.drawn}
    state.url = {name: values for name, values in url.items() if values}
    if state.url != {name: st.query_params.get_all(name) for name in st.query_params}:
        st.query_params.from_dict(state.url)
    if state.told and any(state[key] != value for (_, key), value in state.shown.items()):
        st.rerun()


def put(name: str, values: Sequence[str] = ()) -> None:
    """Choose in the callback of a click; no values means back to the default."""
    st.session_state.chosen[name], st.session_state.acted = list(values), True


def add(name: str, value: str) -> None:
    """One more value of a filter, e.g. the branch whose mark was clicked."""
    put(name, dict.fromkeys([*st.session_state.chosen.get(name, []), value]))


def one_of(
    name: str, options: Sequence[str], default: str | None = None, widget: Callable | None = None, **words
) -> str:
    """A choice of one code; `widget` (st.selectbox, st.segmented_control, ...) draws it. Unknown codes are dropped."""
    default = options[0] if default is None else default
    found = [v for v in st.session_state.chosen.get(name, []) if v in options]
    value = _draw(name, found[0] if found else default, default, widget, options=options, **words)
    return value if value in options else default


def some_of(name: str, options: Sequence[str], widget: Callable, **words) -> tuple[str, ...]:
    """A choice of any number of codes, none meaning all."""
    found = list(dict.fromkeys(v for v in st.session_state.chosen.get(name, []) if v in set(options)))
    return tuple(_draw(name, found, [], widget, options=options, **words))


def text_of(name: str) -> str:
    """A choice of free text, made by a click; empty when there is none."""
    st.session_state.drawn[name] = []
    return next(iter(st.session_state.chosen.get(name, [])), "")


def is_on(name: str) -> bool:
    """Whether a `switch`, drawn further down, is on."""
    return st.session_state.chosen.get(name) == ["yes"]


def switch(name: str, **words) -> bool:
    """A choice of yes or no, no unless chosen."""
    return one_of(name, ("no", "yes"), "no", _toggle, **words) == "yes"


def _toggle(key: str, options, **words) -> None:
    """A toggle whose state is one of two codes."""
    on = st.toggle(key=f"{key}!", value=st.session_state[key] == "yes", **words)
    st.session_state[key] = options[on]


def day_of(name: str, default: date, widget: Callable, **words) -> date:
    """A choice of a day; what is no day is dropped."""
    try:
        found = date.fromisoformat(st.session_state.chosen[name][0])
    except (KeyError, IndexError, ValueError):
        found = default
    return _draw(name, found, default, widget, **words) or default


def number_of(
    name: str, default: float | None, low: float, high: float, widget: Callable | None = None, **words
) -> float | None:
    """A choice of a number within limits; what is no number is dropped. With no default, empty means None."""
    default = None if default is None else float(default)
    try:
        found = float(st.session_state.chosen[name][0])
        found = found if low <= found <= high else default
    except (KeyError, IndexError, ValueError):
        found = default
    return _draw(name, found, default, widget, min_value=float(low), max_value=float(high), **words)


def weights_of(
    name: str, defaults: Mapping[str, float], labels: Mapping[str, str], rebalance: Callable, widget: Callable
) -> dict[str, float]:
    """Weights that sum to 100, one widget each, in the URL as `<name>_<code>`.

    Setting one moves the others by `rebalance(weights, code, value)`; a link whose weights sum to something else is
    mended the same way.
    """
    found = {code: number_of(f"{name}_{code}", given, 0, 100) for code, given in defaults.items()}
    if found and abs(sum(found.values()) - 100) > 1e-6:
        first = next(iter(found))
        found = rebalance(found, first, found[first])
        _put_weights(name, found)
    for code, given in defaults.items():
        spot = f"{name}_{code}"
        number_of(
            spot, given, 0, 100, widget, label=labels.get(code, code), step=1.0, format="%.0f",
            on_change=_reweigh, args=(name, found, code, _key(spot), rebalance),
        )  # fmt: skip
    return found


def _reweigh(name: str, weights: Mapping[str, float], code: str, key: str, rebalance: Callable) -> None:
    """One weight was set by hand: the others share what is left."""
    value = st.session_state[key]
    _put_weights(name, rebalance(weights, code, weights[code] if value is None else value))


def _put_weights(name: str, weights: Mapping[str, float]) -> None:
    for code, weight in weights.items():
        put(f"{name}_{code}", _spell(float(weight)))


def link(**limits: Sequence[str]) -> dict[str, list[str]]:
    """What a link to another page of this dataset carries: what the reader chose for all pages, and `limits`."""
    state = st.session_state
    kept = {n: state.chosen.get(n, []) for n in SHARED}
    return {name: list(values) for name, values in (kept | limits).items() if values}


def _draw(name: str, value, default, widget: Callable | None, **words):
    state = st.session_state
    state.drawn[name] = _spell(default)
    if _spell(value) == _spell(default):
        state.chosen.pop(name, None)  # as in the URL: a default may be another one after the next click
    else:
        state.chosen[name] = _spell(value)
    if widget is None:
        return value
    key, kind = _key(name), getattr(widget, "func", widget).__name__
    other = state.kinds.get(key, kind) != kind  # which knows nothing of what was chosen, though the key is the same
    state.kinds[key] = kind
    if key not in state.told and (other or key not in state or state[key] != value):
        state.before[key] = state.get(key)
        state[key] = value
    if "format_func" in words:  # said now: Streamlit asks again later, when another reader's language may be set
        names = {option: words["format_func"](option) for option in words["options"]}
        alike = {name for name, count in Counter(names.values()).items() if count > 1}  # Streamlit chooses by name
        spelt = {o: f"{name} ({o})" if name in alike else name for o, name in names.items()}
        words["format_func"] = lambda option: spelt.get(option, option)  # asked also for what was chosen until now
    widget(key=key, **words)
    state.shown[(name, key)] = value
    return value


def _key(name: str) -> str:
    """A widget's key: one per language, since Streamlit keeps the label of a choice, which would go stale."""
    return f"{name}@{text.language()}"


def _spell(value) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, (list, tuple)):
        return [str(v) for v in value]
    return [f"{value:g}" if isinstance(value, float) else str(value)]


# --- the sidebar and the chips ----------------------------------------------------------------------------------


def sidebar_state() -> str:
    """Closed on the wall, else as the screen is wide."""
    return "collapsed" if one_of("view", VIEWS) == "projector" else "auto"


def reader() -> None:
    """Language and projector, which belong to the reader and not to the data."""
    with st.sidebar.container(horizontal=True, vertical_alignment="bottom"):
        one_of(
            "lang", text.LANGUAGES, "zh", st.segmented_control, label=text.say("filters.language"), required=True,
            format_func=_option("language"), label_visibility="collapsed",
        )  # fmt: skip
        view = one_of(
            "view", VIEWS, "screen", st.segmented_control, label=text.say("filters.view"), required=True,
            format_func=_option("view"), label_visibility="collapsed", help=text.say("filters.view_help"),
        )  # fmt: skip
        scheme = st.context.theme.type or "light"
        browser.attend(scheme)
    theme.use(scheme, wall=view == "projector")


def sidebar() -> Filters:
    """Draw dataset, period, comparison and the dimensions; return what they say."""
    with st.sidebar:
        snapshot = _snapshot()
        preset = one_of("period", PERIODS, "m12", st.selectbox, label=_say("period"), format_func=_option("period"))
        start, end = period(snapshot, preset, *_custom_days(snapshot, preset))
        compare = one_of(
            "compare", COMPARISONS, "previous", st.selectbox, label=_say("compare"), format_func=_option("compare")
        )
        chosen = Filters(snapshot, start, end, compare)
        for dimension in DIMENSIONS:
            options = _codes(dimension, chosen)
            if options:
                names = dict(zip(options, labels(snapshot, dimension, options), strict=True))
                widget = _pills if side_by_side(dimension, options) else _list
                picked = some_of(dimension, options, widget, label=_say(dimension), format_func=names.get)
                chosen = chosen.only(**{dimension: picked})
    st.session_state.filters = chosen
    return chosen


def side_by_side(dimension: str, codes: Sequence[str]) -> bool:
    """Whether these are so few that all stand in sight. Branches never do: a region changes how many they are."""
    return dimension != "branch" and len(codes) <= FEW


def _list(key: str, **words) -> None:
    """Many codes, of which those that are chosen are seen; none chosen means all."""
    st.multiselect(key=key, placeholder=_say("all"), select_all=False, **words)  # "Select all" is said in English


def _pills(key: str, label: str, format_func: Callable[[str], str], **words) -> None:
    """Few codes, all in sight and a click each; none chosen means all."""
    said = label if st.session_state.get(key) else text.say("filters.all_of", label=label)
    st.pills(said, key=key, selection_mode="multi", format_func=lambda code: plain(format_func(code)), **words)


def are_drawn() -> bool:
    """Whether app.py has run for this reader."""
    return "filters" in st.session_state


def current() -> Filters:
    """The filters of this run, as the sidebar made them."""
    return st.session_state.filters


def label(snapshot: Snapshot, dimension: str, code: str) -> str:
    """What a code of a dimension is called, in the reader's language; the code itself where nobody named it."""
    if dimension == "branch":
        return branch_names(snapshot, text.language()).get(code, code)
    ours = f"codes.{dimension}.{code}"  # codes that mean the same in every dataset
    return text.pick(
        snapshot.codebook.get("codes", {}).get(dimension, {}).get(code, {}), text.say(ours) if text.has(ours) else code
    )


def labels(snapshot: Snapshot, dimension: str, codes) -> list[str]:
    """What many codes are called: as `label`, asked once."""
    if dimension != "branch":
        return [label(snapshot, dimension, code) for code in codes]
    names = branch_names(snapshot, text.language())
    return [names.get(code, code) for code in codes]


def branch_names(snapshot: Snapshot, language: str) -> dict[str, str]:
    """{code: name} of the snapshot's branches; empty when it has no such table."""
    return _branch_names(datasets.root(), snapshot, language)


@functools.lru_cache(maxsize=16)
def _branch_names(root: Path, snapshot: Snapshot, language: str) -> dict[str, str]:
    if "branches" not in snapshot.tables:
        return {}
    rows = warehouse.query("branches", Filters(snapshot))
    first, second = ("branch_zh", "branch_en") if language == "zh" else ("branch_en", "branch_zh")
    return dict(zip(rows["branch"], rows[first].fillna(rows[second]).fillna(rows["branch"]), strict=True))


def chips(left: str) -> None:
    """The active filters under the title, each with a way out; `left` says the n they leave."""
    chosen = current()
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="chips"):
        st.html(cards.how(" · ".join(w for w in (span_words(chosen), _against(chosen), left) if w)), width="content")
        for dimension in chosen.active_dimensions:
            for code in getattr(chosen, dimension):
                rest = [c for c in getattr(chosen, dimension) if c != code]
                name = f"{_say(dimension)} {label(chosen.snapshot, dimension, code)} ✕"
                st.button(
                    plain(name), key=f"chip@{dimension}@{code}", type="tertiary", on_click=put, args=(dimension, rest)
                )
        if chosen.active_dimensions or _changed():
            st.button(_say("reset"), key="reset", type="tertiary", on_click=_reset)


def plain(words: str) -> str:
    """People's text inside a Streamlit label, where Markdown, icons and arrows ("->") would otherwise be read."""
    apart = re.sub(r"(?<=[-<>~:])(?=[->=]|material/|streamlit:)", "\u2060", words)  # found also behind a backslash
    return "".join("\\" + c if c in "\\`*_{}[]()#+-!|<>~:$^" else c for c in apart)


def _reset() -> None:
    kept = {name: st.session_state.chosen.get(name, []) for name in ("lang", "view", "dataset")}
    st.session_state.chosen, st.session_state.acted = kept, True


def _changed() -> bool:
    return any(n in st.session_state.chosen for n in ("period", "compare"))


def span_words(chosen: Filters) -> str:
    """The period in words."""
    if not (chosen.start and chosen.end):
        return text.say("filters.whole_period")
    return text.say("filters.span", start=chosen.start, end=chosen.end)


def _against(chosen: Filters) -> str:
    """What it is compared with, in words."""
    earlier = chosen.compared()
    if earlier:
        return text.say("filters.against", start=earlier.start, end=earlier.end)
    return "" if chosen.compare == "none" else text.say("filters.against_nothing")


def clicked(spot: str, name: str | tuple[str, ...]) -> None:
    """A mark of the figure `spot` was clicked: its code joins the choice `name`. Clicking it away changes nothing.

    A mark with several codes (a cell) fills as many choices, in order.
    """
    names = (name,) if isinstance(name, str) else name
    for codes in st.session_state[spot]["click"] or ():
        for each, code in zip(names, codes if isinstance(codes, list) else [codes], strict=False):
            if code:
                add(each, str(code)) if each in DIMENSIONS else put(each, [str(code)])


def _snapshot() -> Snapshot:
    names = datasets.names()
    if not names:
        raise DatasetError("none")
    picked = one_of("dataset", names, _default_dataset(names), st.selectbox, label=_say("dataset"), format_func=_title)
    snapshot = datasets.pinned(picked)
    if _is_old(snapshot):
        st.button(_say("newer"), key="newer", on_click=datasets.renew, args=(picked,))
    return snapshot


def _default_dataset(names: Sequence[str]) -> str:
    return "sample" if "sample" in names else names[0]


def _is_old(snapshot: Snapshot) -> bool:
    try:
        return datasets.current(snapshot.dataset) != snapshot
    except DatasetError:  # being replaced, or broken since: what is pinned still reads
        return False


def _title(dataset: str) -> str:
    try:
        return text.pick(datasets.pinned(dataset).meta.get("title", {}), dataset)
    except DatasetError:  # the others can still be chosen; choosing this one says what is wrong with it
        return dataset


def _custom_days(snapshot: Snapshot, preset: str) -> tuple[date | None, date | None]:
    if preset != "custom":
        return None, None
    first, last = period(snapshot, "m12")
    with st.container(horizontal=True):
        start = day_of("from", first or date.today(), st.date_input, label=_say("from"), format="YYYY-MM-DD")
        end = day_of("to", last or date.today(), st.date_input, label=_say("to"), format="YYYY-MM-DD")
    return min(start, end), max(start, end)


def _codes(dimension: str, chosen: Filters) -> list[str]:
    """What can be chosen; branches only of the chosen regions."""
    codes = warehouse.values(dimension, chosen.snapshot)
    if dimension == "branch" and chosen.region:
        inside = warehouse.query("branches", Filters(chosen.snapshot)) if "branches" in chosen.snapshot.tables else None
        if inside is not None:
            allowed = set(inside.loc[inside["region"].isin(chosen.region), "branch"])
            codes = [c for c in codes if c in allowed]
    return codes


def _say(key: str) -> str:
    return text.say(f"filters.{key}")


def _option(name: str) -> Callable[[str], str]:
    return lambda code: text.say(f"filters.{name}_{code}")
