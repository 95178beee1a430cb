"""What runs in the reader's browser: components of our own, one for each figure and one for the page.

Streamlit's own chart is thrown away and made anew at every click, with all of Plotly's 4.7 MB behind it: that was more
than half of the time from click to painted (docs/speed.md). `figure.js` keeps it and changes it in place, with the
kinds of trace that our forms use (make_plotly.sh). `reader.js` turns the page with the screen and says its language.
`gather.js` is no component: it stands in the document (server.py puts it there), gathers messages, and lets figures
be drawn before Streamlit draws the rest.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from moments import text

if TYPE_CHECKING:
    from moments.charts.drawing import Drawing

FOLDER = Path(__file__).parent
COMPONENTS = "figure", "reader"
SERVED = "/_stcore/bidi-components/moments"  # where Streamlit serves the folder, once for each component
OURS = FIGURE, READER = [f"{SERVED}.{name}/{name}.js" for name in COMPONENTS]
TRACES = {"scatter", "bar", "heatmap", "scatterpolar"}  # what make_plotly.sh packs
FILES = {READER: FOLDER / "reader.js", FIGURE: FOLDER / "figure.js"} | {
    f"{SERVED}.figure/{file.name}": file for file in FOLDER.glob("plotly-*.js")
}
GATHER = FOLDER / "gather.js"


def draw(figure: "Drawing", key: str, alt: str, config: dict, on_click: Callable[[], None] | None = None) -> None:
    """Draw the figure where the page is now; `alt` says in words what it shows, `config` is Plotly's.

    A click on a mark calls `on_click`; the session then holds the customdata of what was clicked as [key]["click"].
    """
    told = {"name": key, "figure": figure.to_dict(), "config": config, "alt": alt, "clicks": on_click is not None}
    _component("figure", get_bidi_component_manager())(
        key=key,
        data=orjson.dumps(told, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY),
        height=figure.layout.height,
        **({"on_click_change": on_click} if on_click else {}),
    )


def attend(scheme: str) -> None:
    """Tell the browser the page's language, and whether it is "light" or "dark"; it asks again where that is wrong."""
    told = {"language": text.LOCALES[text.language()], "scheme": scheme}
    mount = _component("reader", get_bidi_component_manager())
    mount(key="reader", data=told, width="content", on_turned_change=_again)


@lru_cache(maxsize=8)
def _component(name: str, manager):
    """The component, known to the manager: one a process, but one a test."""
    manifest = ComponentManifest("moments", "1", [ComponentConfig(each, FOLDER.name) for each in COMPONENTS])
    manager.register_from_manifest(manifest, FOLDER.parent)
    return st.components.v2.component(f"moments.{name}", js=f"{name}.js", isolate_styles=False)


def _again() -> None:
    """That the page runs again, told which colours there are now, is all that is needed."""


def _plain(values):
    """Columns and arrays as lists; what is missing in them becomes null."""
    return values.tolist()
