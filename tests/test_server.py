"""What moments/server.py puts around the app, seen from outside: over HTTP and over the websocket of a reader."""

import asyncio
import base64
import gzip
import hashlib
import json
import platform
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import brotli
import pytest
from serving import ROOT, choices, figures, free_port, serve
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from moments import browser, scripts, server
from moments.charts import theme


@pytest.fixture(scope="module")
def served(few, data_root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(data_root / "few", folder / "data" / "few")
    with serve(folder / "data", folder / "log") as running:
        running.data = folder / "data" / "few"
        yield running


def plotly() -> str:
    return next(path for path in scripts.files() if "/plotly-" in path)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200), ("/nps", 200), ("/healthz", 200), ("/_stcore/health", 200), ("/_stcore/host-config", 200),
        ("/favicon.png", 200), ("/nowhere", 404), ("/static/js/nothing.js", 404), ("/media/nothing", 404),
        ("/nps/", 301), ("/..%2f..%2fapp.py", 400),
    ],
)  # fmt: skip
def test_every_answer_is_hardened(served, path, status):
    answer = served.get(path)
    assert answer.status == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"]
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    sources = {source for value in policy.values() for source in value.split()}
    others = {source for source in sources if not source.startswith("'sha256-")}
    assert others == {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}, "nothing comes from another host"
    assert "unsafe" not in policy["script-src"]


@pytest.mark.parametrize(("query", "language"), [("", "zh-CN"), ("?lang=zh", "zh-CN"), ("?lang=en", "en"),
                                                 ("?lang=", "zh-CN"), ("?lang=%3Cscript%3E", "zh-CN")])  # fmt: skip
def test_document_in_the_readers_language(served, query, language):
    answer = served.get(f"/nps{query}")
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert "<title>关键时刻</title>" in answer.text or language == "en"
    assert "enable JavaScript to run" not in answer.text
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", answer.text)
    scripts = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    assert len(scripts) == 1 and browser.GATHER.read_text("utf-8") in scripts[0]
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("accepts", "coding", "unpack", "most"),
    [("gzip, deflate", "gzip", gzip.decompress, 4.5e5), ("gzip, deflate, br, zstd", "br", brotli.decompress, 4e5)],
)
def test_scripts_are_sent_compressed_and_kept(served, accepts, coding, unpack, most):
    answer = served.get(plotly(), accept_encoding=accepts)
    assert answer.headers["content-encoding"] == coding and answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.body) == int(answer.headers["content-length"]) < most
    as_it_is = scripts.files()[plotly()].read_bytes()
    assert unpack(answer.body) == scripts.COMPILED + as_it_is
    assert served.get(plotly(), method="HEAD", accept_encoding=accepts).body == b""


def test_our_own_scripts_are_asked_for_anew_but_plotly_is_kept(served):
    """A release may change figure.js, whose name says no version."""
    for script in browser.OURS:
        assert served.get(script, accept_encoding="br").headers["cache-control"] == "no-cache"
    draws = browser.FILES[browser.FIGURE].read_text("utf-8")
    assert f'from "./{plotly().rsplit("/", 1)[1]}"' in draws, "the one that is there"


def test_what_was_compressed_once_is_kept_for_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr(scripts, "PACKED", tmp_path / "packed")
    small = next(path for path in scripts.files() if "/Html." in path)
    made = scripts.packed.__wrapped__(small, "br")
    (kept,) = (tmp_path / "packed").iterdir()
    assert brotli.decompress(made) == brotli.decompress(kept.read_bytes()) == scripts.files()[small].read_bytes()
    kept.write_bytes(b"the next start reads this")
    assert scripts.packed.__wrapped__(small, "br") == b"the next start reads this"
    monkeypatch.setattr(scripts, "PACKED", Path(small))  # where nobody may write
    assert scripts.packed.__wrapped__(small, "br") == made


def test_the_document_names_what_a_page_needs_before_it_is_asked_for(served):
    early = re.findall(r'<link rel="modulepreload" crossorigin href="\.?([^"]+)"', served.get("/nps").text)
    assert len(early) == len(set(early)) and set(scripts.first()) <= set(early)
    assert {*browser.OURS, plotly()} <= set(early)
    for element in scripts.ELEMENTS:
        assert any(f"/{element}." in path for path in early), "Streamlit calls it something else now"
    assert not [path for path in early if served.get(path).status != 200]


def test_before_the_server_answers_packages_are_not_looked_through_and_plotly_is_not_loaded():
    asked = """if True:
        import importlib.metadata as installed
        import sys
        from moments import server
        from streamlit.components.v2.component_manager import BidiComponentManager
        looked, loaded = [], "plotly" in sys.modules
        installed.distributions = lambda: looked.append(1) or []
        BidiComponentManager().discover_and_register_components(start_file_watching=False)
        import plotly
        print(looked, loaded)"""
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] False"


def test_a_first_page_loads_nothing_that_it_does_not_need():
    """Each of these takes a tenth of the time in which a server and its first page are there."""
    asked = """if True:
        import gc
        import sys
        from moments import server
        from streamlit import delta_generator, env_util
        from streamlit.testing.v1 import AppTest
        server._preload()
        env_util.is_repl = None  # not to be called
        delta_generator._maybe_print_use_warning()
        app = AppTest.from_file("app.py", default_timeout=60)
        app.switch_page("pages/nps.py").run()
        assert gc.isenabled() and gc.get_freeze_count() > 50_000
        loaded = [name for name in ("pyarrow", "PIL", "plotly") if name in sys.modules]
        import pandas
        from streamlit.dataframe_util import convert_pandas_df_to_arrow_bytes
        table = convert_pandas_df_to_arrow_bytes(pandas.DataFrame({"words": ["a", None], "n": [1, 2]}))
        print(len(app.main.children) > 2, loaded, len(table) > 100)"""
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["True [] True"], done.stderr


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has heaps to count")
def test_threads_share_two_heaps():
    """Streamlit starts one for each click; with a heap for each, what they leave free adds up."""
    told = f"""if 1:
        import ctypes, sys, threading
        from moments import server
        def work():
            all_here.wait()
            for size in range(50_000, 50_100): bytearray(size)
            all_here.wait()
        def run(config):
            for _ in range(8): threading.Thread(target=work).start()
            all_here.wait()
            all_here.wait()
            ctypes.CDLL(None).malloc_info(0, ctypes.c_void_p.in_dll(ctypes.CDLL(None), "stdout"))
            ctypes.CDLL(None).fflush(None)
        all_here = threading.Barrier(9)
        server.app.run, server._open_browser = run, lambda *_: None
        sys.argv = ["run", "--port", "{free_port()}"]
        server.main()"""
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=ROOT)
    assert 1 <= said.stdout.count("<heap nr=") <= 2


def test_a_client_that_knows_no_compression_gets_the_file(served):
    script = next(path for path in scripts.files() if "/Html." in path)
    answer = served.get(script)
    assert "content-encoding" not in answer.headers
    assert answer.body == scripts.files()[script].read_bytes()


def test_what_a_reader_chooses_is_told_at_once(served):
    script = next(path for path in scripts.files() if path.endswith(".js") and "/index." in path)
    as_it_is, sent = scripts.files()[script].read_bytes(), served.get(script).body
    assert as_it_is.count(scripts.LATER) == 1, "Streamlit tells it in another way now"
    assert sent == scripts.COMPILED + as_it_is.replace(scripts.LATER, scripts.AT_ONCE)


def test_no_font_that_the_page_does_not_use(served):
    sheet = next(path for path in scripts.files() if path.endswith(".css") and "/index." in path)
    sent = gzip.decompress(served.get(sheet, accept_encoding="gzip").body)
    assert b"font-family:Source Sans" not in sent and b"@font-face" in sent
    assert "SourceSans" not in served.get("/").text


def test_health_says_what_is_wrong(served):
    assert json.loads(served.get("/healthz").body) == {"status": "ok", "datasets": 1}
    snapshot, current = served.data / "s1", served.data / "CURRENT"
    file = snapshot / "responses.parquet"
    content = file.read_bytes()
    try:
        for damage, reason in {
            "half a file": "unreadable", "no file": "unreadable", "no snapshot": "no_snapshot", "nothing": "no_dataset"
        }.items():  # fmt: skip
            if damage == "half a file":
                file.write_bytes(content[: len(content) // 2])
            elif damage == "no file":
                file.unlink()
            elif damage == "no snapshot":
                current.write_text("s2\n")
            else:
                current.unlink()
            answer = served.get("/healthz")
            assert (answer.status, json.loads(answer.body)) == (503, {"status": "unavailable", "reason": reason})
            assert str(served.data) not in answer.text
    finally:
        file.write_bytes(content)
        current.write_text("s1\n")
    assert served.get("/healthz").status == 200


def test_unknown_page_says_so_in_both_languages(served):
    answer = served.get("/nowhere?lang=en")
    assert "没有这一页" in answer.text and "There is no such page" in answer.text
    assert '<div lang="zh-CN">' in answer.text and '<div lang="en">' in answer.text and "<script" not in answer.text


def test_another_name_gets_nothing(served):
    answer = served.get("/", host="evil.example")
    assert answer.status == 421 and "--name" in answer.text and "/static/" not in answer.text
    assert served.get("/healthz", host="10.0.0.7").status == 200, "a probe comes by any address"


def test_a_reader_gets_the_page(served):
    messages = served.read("lang=en", "nps")
    assert not any(m.delta.new_element.WhichOneof("type") == "exception" for m in messages)
    assert figures(messages)


def test_the_first_click_after_a_lost_connection_is_not_lost(served):
    def asked(messages) -> str:
        return [m.page_info_changed.query_string for m in messages if m.WhichOneof("type") == "page_info_changed"][-1]

    there = choices(served.read("channel=app&lang=en", page="nps"))
    (segment, names), (channel, _) = there["segment@en"], there["channel@en"]
    showed = {channel: ["App"], segment: [names[0]]}
    assert asked(served.read("channel=app&lang=en", page="nps", **showed)) == "channel=app&lang=en&segment=mass"
    showed |= {channel: [], segment: []}  # what they chose there was let go
    assert asked(served.read("channel=app&lang=en", page="nps", **showed)) == "lang=en"


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The project with an app that fails at once, in a folder whose name must not reach a reader."""
    root = tmp_path_factory.mktemp("secret place")
    shutil.copytree(ROOT / "moments", root / "moments")
    shutil.copytree(ROOT / ".streamlit", root / ".streamlit")
    (root / "app.py").write_text("raise ValueError('secret words')\n")
    with serve(root / "data", root / "log", root=root) as running:
        yield running


@pytest.mark.parametrize(("query", "words"), [("", "请把编号"), ("lang=en", "give the number")])
def test_no_traceback_reaches_a_reader(broken, query, words):
    shown = [m for m in broken.read(query) if m.WhichOneof("type") == "delta"]
    sent = b"".join(m.SerializeToString() for m in shown).decode("utf-8", "replace")
    assert words in sent
    for secret in ("secret", "Traceback", "ValueError", "app.py", "line 1"):
        assert secret not in sent
    reference = re.search(r"(?:编号 |number )([0-9a-f]{6})", sent)[1]
    log = broken.log.read_text("utf-8")
    assert reference in log and "Traceback" in log and "secret words" in log


def test_a_fault_of_the_server_itself_says_so_plainly():
    async def fails(scope, receive, send):
        raise ValueError("secret")

    async def ask():
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b""}
        await server.Guard(fails)(scope | {"headers": [(b"host", b"localhost")]}, None, send)
        return sent

    start, body = asyncio.run(ask())[:2]
    assert start["status"] == 500 and b"content-security-policy" in dict(start["headers"])
    assert "服务器出了问题".encode() in body["body"] and b"secret" not in body["body"]


def test_streamlit_run_works_too(served, tmp_path):
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "{port}"]
    with serve(served.data.parent, tmp_path / "log", command=command) as plain:
        assert figures(plain.read(page="nps"))


def test_messages_are_sent_together():
    """It is Streamlit's own name: that it still uses it is what can change."""
    names = runtime.Runtime._loop_coroutine.__code__.co_names
    assert {"MESSAGE_FLUSH_INTERVAL_SECS", "asyncio", "sleep"} <= {*names}
    assert runtime.MESSAGE_FLUSH_INTERVAL_SECS == 0.05


def test_the_last_message_of_a_run_waits_for_no_round():
    session = SimpleNamespace(_browser_queue=ForwardMsgQueue(), _message_enqueued_callback=None)

    async def told(*messages) -> bool:
        rest = asyncio.create_task(runtime.asyncio.sleep(0.5))
        await asyncio.sleep(0)
        for message in messages:
            AppSession._enqueue_forward_msg(session, message)
        await asyncio.wait([rest], timeout=0.1)
        done = rest.done()
        rest.cancel()
        return done

    async def go():
        await runtime.asyncio.sleep(0)  # which is no rest
        page, end = ForwardMsg(delta=Delta()), ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
        return [await told(page), await told(page, end), await told(page)]

    assert asyncio.run(go()) == [False, True, False]
    assert len(session._browser_queue._queue) >= 2
    sent = AppSession._handle_scriptrunner_event_on_event_loop.__code__.co_names
    assert "_enqueue_forward_msg" in sent and "_create_script_finished_message" in sent


def test_theme_and_config_are_one():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["theme"]["font"] == config["theme"]["headingFont"] == theme.FONTS
    for mode in ("light", "dark"):
        tokens, set_ = theme.MODES[mode], config["theme"][mode]
        for key, token in {"backgroundColor": "paper", "secondaryBackgroundColor": "card", "textColor": "ink",
                           "borderColor": "line", "dataframeBorderColor": "line", "primaryColor": "good",
                           "linkColor": "good", "blueColor": "good", "greenColor": "good", "redColor": "bad",
                           "orangeColor": "bad", "grayColor": "muted"}.items():  # fmt: skip
            assert set_[key] == tokens[token], (mode, key)
        assert set_["sidebar"] == {"backgroundColor": tokens["card"], "secondaryBackgroundColor": tokens["paper"]}


def test_every_setting_has_its_reason():
    lines = (ROOT / ".streamlit" / "config.toml").read_text("utf-8").splitlines()
    bare = [
        line for above, line in zip(["", *lines], lines, strict=False)
        if " = " in line and not line.startswith("#") and not above.startswith("#") and not re.search(r"  # \w", line)
    ]  # fmt: skip
    assert bare == []


def test_names_under_which_a_server_is_reached():
    assert server._names_of("127.0.0.1") == set(server.LOOPBACK)
    assert server._names_of("10.0.0.7") == {*server.LOOPBACK, "10.0.0.7"}
    assert {*server.LOOPBACK, socket.gethostname()} <= server._names_of("0.0.0.0")


def test_a_branch_that_the_browser_still_tells_of_when_its_region_has_been_left(served):
    """A region is chosen, and in a moment a segment: what the browser then says of branches cannot be chosen now."""
    there = choices(served.read("lang=en&period=all", "nps"))
    branch, region, segment = (there[f"{name}@en"][0] for name in ("branch", "region", "segment"))
    said = {branch: ["East Gate"]}
    clicks = [{}, said, said | {region: ["South"]}, said | {region: ["South"], segment: ["VIP"]}]
    *_, south, both = served.follow("lang=en&period=all", "nps", clicks)
    for messages in (south, both):
        assert not [m for m in messages if m.delta.new_element.WhichOneof("type") == "alert"]
    queries = [m.page_info_changed.query_string for m in both if m.WhichOneof("type") == "page_info_changed"]
    assert "region=south" in queries[-1] and "segment=vip" in queries[-1] and "branch" not in queries[-1]
