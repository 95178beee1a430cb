"""The hardened server around app.py: nothing loaded from outside, nothing sent twice, no traceback on a screen.

`python -m moments.server` is what ./run starts. Around Streamlit it puts security headers on every answer, scripts
that are compressed once, the page's language in <html lang>, /healthz, and our own words where something is missing
or fails.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import errno
import gc
import hashlib
import html
import importlib
import json
import logging
import os
import pkgutil
import re
import secrets
import socket
import sys
import threading
import time
import tomllib
import webbrowser
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs


@contextlib.contextmanager
def _missing(package: str):
    """As if a package were missing, for those that would load it at every start: who needs it later finds it."""
    sys.modules.setdefault(package)  # None
    yield
    if not sys.modules[package]:
        del sys.modules[package]


with _missing("plotly"):  # which Streamlit has charts of its own for
    import streamlit as st
# isort: split
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from streamlit import config, delta_generator, file_util, net_util
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime import memory_media_file_storage, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server.starlette import starlette_server
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from moments import browser, datasets, processes, scripts, text

ROOT = Path(__file__).parents[1]
LOOPBACK = ["127.0.0.1", "localhost", "::1"]

log = logging.getLogger(__name__)


# --- What every answer carries ---------------------------------------------------------------------------------------


@cache
def security_headers() -> dict[str, str]:
    """The headers that every answer carries. tests/test_browser.py shows that the app works under this policy."""
    inline = re.findall(r"<script>(.*?)</script>", document("zh").decode(), re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline)
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' {hashes}",  # the hash is of the one inline script, see document()
        "style-src": "'self' 'unsafe-inline'",  # Streamlit, Plotly and our cards write <style> and style=""
        "img-src": "'self' data: blob:",  # sparklines and the page's icon are data, "save as picture" draws a blob
        "font-src": "'self' data:",  # Streamlit's style sheet carries one small font in itself
        "connect-src": "'self'",  # the websocket too
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    }


def _base() -> str:
    """Under which path the app lies: "" or "/path"."""
    return f"/{config.get_option('server.baseUrlPath').strip('/')}".rstrip("/")


class Guard:
    """ASGI middleware: the headers, compressed scripts, documents in the reader's language, and no bare fault."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = "/" + scope["path"].removeprefix(_base()).lstrip("/")
        started = replaced = False

        async def harden(message):
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(security_headers())
                headers.setdefault("Cache-Control", "no-store")  # scripts say otherwise themselves
            await send(message)

        async def pass_on(message):
            # Streamlit answers every path it does not know with its index.html: ours goes out in its place.
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 200:
                replaced = MutableHeaders(scope=message).get("content-type", "").startswith("text/html")
                if replaced:
                    await _page(scope, path)(scope, receive, harden)
            if not replaced:
                await harden(message)

        try:
            if path != "/healthz" and not is_host_allowed(Headers(scope=scope).get("host")):
                await _notice("other_host", 421)(scope, receive, harden)
            elif answer := await _script(scope, path):
                await answer(scope, receive, harden)
            else:
                await self.app(scope, receive, pass_on)
        except Exception:
            if started:
                raise
            log.exception("no answer for %r", path)
            await _notice("broken", 500)(scope, receive, harden)


# --- Scripts and style sheets: browsers keep for good what has a hash or a version in its name ---


async def _script(scope, path: str) -> Response | None:
    if path not in scripts.files() or scope["method"] not in ("GET", "HEAD"):
        return None
    accepted = {part.split(";")[0].strip() for part in Headers(scope=scope).get("accept-encoding", "").split(",")}
    coding = next((c for c in ("br", "gzip") if c in accepted), "")  # browsers offer br on localhost and https only
    return Response(
        await run_in_threadpool(scripts.packed, path, coding),
        media_type="text/css" if path.endswith(".css") else "text/javascript",
        headers={
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, immutable, max-age=31536000" if path not in browser.OURS else "no-cache",
            **({"Content-Encoding": coding} if coding else {}),
        },
    )


# --- Documents -------------------------------------------------------------------------------------------------------


@cache
def document(language: str) -> bytes:
    """Streamlit's index.html in our name and in the reader's language, without the font that we do not use."""
    page = Path(file_util.get_static_dir(), "index.html").read_text("utf-8")
    # Streamlit's script otherwise asks every folder of a deep link where its server is, and is told 404 by some.
    script = (
        f"const home = new URL({json.dumps(_base() + '/')}, location.origin).href;"
        "window.__streamlit = {BACKEND_BASE_URL: home,"
        " HOST_CONFIG: {allowedOrigins: [location.origin], useExternalAuthToken: false}};\n"
        + browser.GATHER.read_text("utf-8")
    )
    with text.reading(language):
        for pattern, ours in {
            r"<!--.*?-->": "",
            r'<html lang="en">': f'<html lang="{text.LOCALES[language]}">',
            r"<title>.*?</title>": f"<title>{html.escape(text.say('page.name'))}</title>",
            r"<noscript>.*?</noscript>": f"<noscript>{html.escape(text.say('server.no_script'))}</noscript>",
            r'<link\b[^>]*rel="(?:preload|service-desc)"[^>]*>': "",
            r"<script>.*?</script>": f"<script>{script}</script>",
        }.items():
            page, count = re.subn(pattern, lambda _, ours=ours: ours, page, flags=re.DOTALL)
            if not count:
                raise ValueError(f"Streamlit's index.html has changed: no {pattern}")
    early = "".join(
        f'<link rel="modulepreload" crossorigin href="{_base()}{path}">'
        for path in scripts.first()
        if f'/{path.rsplit("/", 1)[-1]}"' not in page
    )
    return page.replace("</head>", f"{early}</head>").encode()


def _page(scope, path: str) -> HTMLResponse:
    """The document of `/` and of each file in pages/; a notice with status 404 for anything else."""
    name = path.strip("/")
    if name and not (re.fullmatch(r"[a-z0-9_]+", name) and (ROOT / "pages" / f"{name}.py").is_file()):
        return _notice("unknown_page", 404)
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
    return HTMLResponse(document("en" if asked == "en" else "zh"), headers={"Cache-Control": "no-cache"})


def _notice(key: str, status: int) -> HTMLResponse:
    """A plain page that says in both languages what is wrong and what to do next; it needs no script and no colour."""
    blocks, titles = "", []
    for language in text.LANGUAGES:
        with text.reading(language):
            what, then, home = (html.escape(text.say(f"server.{k}")) for k in (key, f"{key}_next", "home"))
        titles.append(what)
        link = f'<a href="{_base()}/">{home}</a>'
        blocks += f'<div lang="{text.LOCALES[language]}"><h1>{what}</h1><p>{then}</p><p>{link}</p></div>'
    style = (
        "html{color-scheme:light dark;font:1rem/1.6 system-ui,sans-serif}"
        "body{max-width:36rem;margin:12vh auto;padding:0 1rem}h1{font-size:1.3rem}"
    )
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{style}</style>'
    return HTMLResponse(
        f'<!doctype html><html lang="zh-CN"><head>{head}<title>{" · ".join(titles)}</title></head>{blocks}</html>',
        status,
    )


# --- Health, faults, start -------------------------------------------------------------------------------------------


def health(_request) -> JSONResponse:
    """200 {"status": "ok", "datasets": n} when the current snapshot of each dataset can be read; else 503 and why.

    Reasons are the codes of datasets.DatasetError, or no_dataset.
    """
    reason, names = None, datasets.names()
    try:
        for name in names:
            snapshot = datasets.current(name)
            for table in snapshot.tables:
                with open(snapshot.file(table), "rb") as file:
                    file.seek(-4, 2)
                    if file.read() != b"PAR1":  # the last bytes of every whole Parquet file
                        raise OSError(file.name)
    except datasets.DatasetError as error:
        reason = error.code
    except (OSError, KeyError):
        reason = "unreadable"
    if reason or not names:
        return JSONResponse({"status": "unavailable", "reason": reason or "no_dataset"}, 503)
    return JSONResponse({"status": "ok", "datasets": len(names)})


def apologise(error: Exception) -> bool:
    """Say in the reader's language that a page failed; the log has the traceback, under the same reference."""
    reference = secrets.token_hex(3)
    log.error("fault %s: %s, traceback above", reference, type(error).__name__)
    text.use(st.query_params.get("lang", text.language()))
    st.error(text.say("server.fault", reference=reference))
    return True  # Streamlit shows nothing of its own


def _preload() -> None:
    """Import what the first page will need; the garbage collector never walks through all that."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # each of the hundred scripts asked for meanwhile would wait several times 5 ms
    gc.disable()
    with _missing("pyarrow"):  # our frames do without
        importlib.import_module("pandas")
    for package in ("moments.page", "moments.metrics", "moments.charts"):
        module = importlib.import_module(package)
        for found in pkgutil.iter_modules(getattr(module, "__path__", [])):
            importlib.import_module(f"{package}.{found.name}")
    sys.setswitchinterval(usual)
    gc.freeze()
    gc.enable()
    gc.set_threshold(5_000, 10, 10)  # a click leaves few cycles behind: looking for them every 700 objects took 2 %


def _prepare() -> None:
    """Preload, then see that every dataset has its accelerator: a first page need not wait for it."""
    _preload()
    from moments import accelerator  # here: the engine takes a while to import, and a server can answer before

    for name in datasets.names():
        with contextlib.suppress(datasets.DatasetError):  # said on the page and by /healthz
            accelerator.ensure(datasets.current(name).path)


@contextlib.asynccontextmanager
async def _lifespan(_app):
    if not processes.helping():
        # Beside the server, not before it: a browser needs about as long to load Streamlit's own scripts.
        threading.Thread(target=_prepare, name="prepare", daemon=True).start()
    yield


def _bind(address: str, port: int, backlog: int) -> socket.socket:
    """Streamlit's listening socket. A helper listens once it is ready: who comes to it waits for nothing."""
    if processes.helping():
        _preload()
    return processes.listen(address, port, backlog)


_enqueue, _ended = AppSession._enqueue_forward_msg, asyncio.Event()


def _tell(session: AppSession, message) -> None:
    """Streamlit's way of a message to a browser; the last of a run waits for no round."""
    _enqueue(session, message)
    if message.HasField("script_finished"):
        _ended.set()


async def _rest(seconds: float) -> None:
    """The rest between two rounds of messages, which ends when a run does."""
    if not seconds:
        return await asyncio.sleep(0)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_ended.wait(), seconds)
    _ended.clear()


starlette_server._bind_socket = _bind
memory_media_file_storage.MemoryMediaFileStorage = processes.Downloads
# What a page tells a browser goes out twenty times a second and at its end, not two hundred: React draws once for each
runtime.MESSAGE_FLUSH_INTERVAL_SECS = 0.05
runtime.asyncio = SimpleNamespace(**vars(asyncio) | {"sleep": _rest})
AppSession._enqueue_forward_msg = _tell
# Before it answers, Streamlit looks through every installed package for components: we use none but our own
manifest_scanner.scan_component_manifests = list
delta_generator._use_warning_has_been_displayed = True  # else Streamlit looks through all modules for a console
PagesManager.uses_pages_directory = False  # pages/ is run by app.py; Streamlit would run a deep link's page alone

app = st.App(
    ROOT / "app.py",
    routes=[Route("/healthz", health)],
    middleware=[Middleware(processes.Crowd), Middleware(Guard)],
    lifespan=_lifespan,
    on_script_error=apologise,
)


def _names_of(address: str) -> set[str]:
    """Under which names readers may reach a server that listens at `address`."""
    if address not in ("0.0.0.0", "::"):
        return {*LOOPBACK, address}
    return {*LOOPBACK, socket.gethostname(), socket.getfqdn(), net_util.get_internal_ip() or "127.0.0.1"}


def _problem(address: str, port: int) -> str | None:
    """Why nobody can listen at this address and port now, as a key of server.toml; None if one can."""
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as probe:
            if os.name != "nt":  # there it would let two servers listen at one port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OverflowError:
        return "port_wrong"
    except OSError as error:
        return {errno.EADDRINUSE: "port_taken", errno.EACCES: "port_forbidden"}.get(error.errno, "address_wrong")
    return None


def _open_browser(url: str, address: str, port: int) -> None:
    for _ in range(100):
        time.sleep(0.1)
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            if not config.get_option("server.headless"):  # Streamlit's own judgement: is there a screen?
                webbrowser.open(url)
            return


def main() -> int:
    """Serve until stopped; 1 if the address or port cannot be had, with the next step said in both languages."""

    def tell(key: str, **values) -> None:
        for language in text.LANGUAGES:
            with text.reading(language):
                print(text.say(f"server.{key}", **values), flush=True)

    processes.few_heaps()
    sys.stdout.reconfigure(errors="replace")  # a console that cannot show Chinese still shows the English
    # Read here and not by Streamlit, which takes a setting that is given after its first look for an edited file.
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["server"]
    parser = argparse.ArgumentParser(prog="run", epilog="Streamlit's other settings: .streamlit/config.toml")
    parser.add_argument("--port", type=int, default=settings["port"])
    parser.add_argument("--address", default=settings["address"], help="0.0.0.0: whoever reaches this machine")
    parser.add_argument("--name", action="append", default=[], help="a name that this machine goes by; repeatable")
    parser.add_argument("--help-with", type=Path, help=argparse.SUPPRESS)  # what this program starts itself
    chosen = parser.parse_args()
    names = _names_of(chosen.address)
    if chosen.help_with:
        processes.help_with(chosen.help_with)
    elif problem := _problem(chosen.address, chosen.port):
        tell(problem, address=chosen.address, port=chosen.port, other=chosen.port + 1)
        return 1
    else:
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(chosen.address, chosen.address)
        url = f"http://[{shown}]:{chosen.port}" if ":" in shown else f"http://{shown}:{chosen.port}"
        others = [f"http://{name}:{chosen.port}" for name in sorted({*names, *chosen.name} - {*LOOPBACK, shown})]
        tell("starting", url=" ".join([url, *others]))
        threading.Thread(target=_open_browser, args=(url, shown, chosen.port), daemon=True).start()
        same = [sys.executable, "-m", "moments.server", *sys.argv[1:], "--help-with"]
        processes.Crowd.helpers = processes.Helpers(same, processes.MOST - 1)
    sys.argv = [str(ROOT / "app.py")]  # where Streamlit looks for .streamlit/config.toml, and what it puts on sys.path
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C, as the line above says
        app.run(config={
            "server.address": chosen.address,
            "server.port": chosen.port,
            "server.allowedHosts": sorted({*settings["allowedHosts"], *chosen.name, *names}),
            "logger.hideWelcomeMessage": True,  # our own line above names the address
        })
    return 0


if __name__ == "__main__":
    stopped = main()
    sys.stdout.flush()
    os._exit(stopped)  # an ordinary end would list what the engine still holds, on the reader's terminal
