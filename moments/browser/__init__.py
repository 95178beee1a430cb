"""Figures in the reader's browser: a component of our own that keeps a figure and changes it in place.

Streamlit's own chart is thrown away and made anew at every click, with all of Plotly's 4.7 MB behind it: that was more
than half of the time from click to painted (docs/speed.md). `figure.js` draws, with the kinds of trace that our forms
use (make_plotly.sh).
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

if TYPE_CHECKING:
    from moments.charts.drawing import Drawing

FOLDER = Path(__file__).parent
NAME = "moments.figure"
SERVED = f"/_stcore/bidi-components/{NAME}"  # where Streamlit serves the folder
FIGURE = f"{SERVED}/figure.js"
TRACES = {"scatter", "bar", "heatmap", "scatterpolar"}  # what make_plotly.sh packs
FILES = {f"{SERVED}/{file.name}": file for file in FOLDER.glob("*.js")}


def draw(figure: "Drawing", key: str, alt: str, config: dict, on_click: Callable[[], None] | None = None) -> None:
    """Draw the figure where the page is now; `alt` says in words what it shows, `config` is Plotly's.

    A click on a mark calls `on_click`; the session then holds the customdata of what was clicked as [key]["click"].
    """
    told = {"figure": figure.to_dict(), "config": config, "alt": alt, "clicks": on_click is not None}
    _component(get_bidi_component_manager())(
        key=key,
        data=orjson.dumps(told, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY),
        height=figure.layout.height,
        on_turned_change=_again,
        **({"on_click_change": on_click} if on_click else {}),
    )


@lru_cache(maxsize=4)
def _component(manager):
    """The component, known to the manager: one a process, but one a test."""
    manifest = ComponentManifest(NAME.split(".")[0], "1", [ComponentConfig(NAME.split(".")[1], FOLDER.name)])
    manager.register_from_manifest(manifest, FOLDER.parent)
    return st.components.v2.component(NAME, js="figure.js", isolate_styles=False)


def _again() -> None:
    """The screen turned dark or light: that the page runs again is all that is needed."""


def _plain(values):
    """Columns and arrays as lists; what is missing in them becomes null."""
    return values.tolist()
