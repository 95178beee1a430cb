"""The scripts and style sheets that a browser loads: Streamlit's and ours, compressed once, and what it needs first."""

import contextlib
import gzip
import hashlib
import os
import re
import sys
from functools import cache
from pathlib import Path

import brotli
from streamlit import file_util

from moments import browser

PACKED = Path(sys.prefix, "packed")  # in the environment, because what it holds is made from what is installed there
# Streamlit asks for the script of an element when the first one comes; these are on every page.
ELEMENTS = ("BidiComponent", "Button", "ButtonGroup", "Checkbox", "Html", "Multiselect", "Selectbox")
# What a reader chooses would wait for a timer, and that for all that the list draws: told at once, the server begins.
LATER = b"setTimeout(()=>{this.sendUpdateWidgetsMessage("
AT_ONCE = LATER.replace(b"setTimeout", b"queueMicrotask")
# Chromium then compiles a script beside loading it, not function by function when the page is drawn.
COMPILED, LARGE = b"//# allFunctionsCalledOnLoad\n", 100_000  # bytes from which it pays


@cache
def files() -> dict[str, Path]:
    """{path after the app's own: file} of all that is served compressed."""
    static = Path(file_util.get_static_dir())
    found = [*static.glob("static/js/*.js"), *static.glob("static/css/*.css")]
    return {f"/{file.relative_to(static).as_posix()}": file for file in found} | browser.FILES


@cache
def packed(path: str, coding: str) -> bytes:
    """One of them as "br", "gzip" or, for "", as it is. Those of a first page take half a second: kept for later."""
    content = files()[path].read_bytes()
    if path.endswith(".css"):  # the theme's fonts come a moment later: until then the system's, not a 170 kB download
        content = re.sub(rb"@font-face\{font-family:Source Sans;[^}]*\}", b"", content)
    if "/index." in path:
        content = content.replace(LATER, AT_ONCE)
    if path.endswith(".js") and len(content) > LARGE:
        content = COMPILED + content
    if not coding:
        return content
    kept = PACKED / f"{hashlib.sha256(content).hexdigest()}.{coding}"
    with contextlib.suppress(OSError):
        return kept.read_bytes()
    made = brotli.compress(content, quality=9, lgwin=22) if coding == "br" else gzip.compress(content, 6)
    with contextlib.suppress(OSError):  # an environment that may not be written to: compressed at every start
        PACKED.mkdir(exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_bytes(made)
        draft.replace(kept)
    return made


@cache
def first() -> tuple[str, ...]:
    """Paths of the scripts that every page needs and that a browser would learn of late, one after the other."""
    folder, needed = Path(file_util.get_static_dir(), "static", "js"), {}
    for name in ELEMENTS:
        for script in folder.glob(f"{name}.*.js"):
            _follow(script, needed)
    return *(f"/static/js/{name}" for name in needed), *browser.FILES


def _follow(script: Path, found: dict[str, None]) -> None:
    if script.name not in found and not script.name.startswith("index."):  # that one is in the document itself
        found[script.name] = None
        for name in re.findall(r'(?:from|import)\s*"\./([^"]+)"', script.read_text("utf-8")):
            _follow(script.with_name(name), found)
