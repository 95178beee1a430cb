"""The real server on a free port, and a reader without a browser, for every test that needs one."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Answer:
    """What an HTTP request got: status, headers (lower case), the bytes as they came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class Served:
    """A running server."""

    port: int
    log: Path
    pid: int

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request, as plain as possible: nothing is unpacked, no redirect is followed."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, headers=headers, method=method)
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=30) as answer:
                return Answer(answer.status, _lower(answer.headers), answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, _lower(answer.headers), answer.read())

    def read(self, query: str = "", page: str = "", timeout: float = 60, **widgets: list[str]) -> list[ForwardMsg]:
        """Everything that the app sends to a reader who opens `page?query`, until it rests.

        With widgets, {id: what is chosen there}, it is one who was there before and has lost the connection.
        """
        return self.follow(query, page, [widgets], timeout)[0]

    def follow(self, query: str, page: str, clicks: list[dict], timeout: float = 60) -> list[list[ForwardMsg]]:
        """The same for one reader who clicks: each click is all that the browser then says, {id: what is chosen}."""
        told, until = [], time.monotonic() + timeout
        with connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self.url, subprotocols=["streamlit"], max_size=None, open_timeout=30,
        ) as line:  # fmt: skip
            for widgets in clicks:
                ask = BackMsg()
                ask.rerun_script.query_string = query
                ask.rerun_script.page_name = page
                for name, chosen in widgets.items():
                    ask.rerun_script.widget_states.widgets.add(id=name).string_array_value.data.extend(chosen)
                line.send(ask.SerializeToString())
                messages = []
                while not (messages and messages[-1].WhichOneof("type") == "script_finished"
                           and messages[-1].script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN):  # fmt: skip
                    messages.append(ForwardMsg.FromString(line.recv(timeout=until - time.monotonic())))
                told.append(messages)
        return told


def choices(messages: list[ForwardMsg]) -> dict[str, tuple[str, list[str]]]:
    """The filters of the sidebar, side by side or in a list: {"channel@en": (id, names of its codes)}."""
    drawn = [m.delta.new_element for m in messages]
    lists = [(e.multiselect.id, list(e.multiselect.options)) for e in drawn if e.WhichOneof("type") == "multiselect"]
    pills = [(e.button_group.id, [option.content for option in e.button_group.options]) for e in drawn
             if e.button_group.click_mode == e.button_group.MULTI_SELECT]  # fmt: skip
    return {widget.rsplit("-", 1)[1]: (widget, names) for widget, names in lists + pills}


def figures(messages: list[ForwardMsg]) -> int:
    """How many figures were drawn."""
    return sum(m.delta.new_element.bidi_component.component_name == "moments.figure" for m in messages)


@contextmanager
def reading(served, readers: int):
    """So many readers who stay."""
    line = served.url.replace("http", "ws", 1) + "/_stcore/stream"
    with ExitStack() as stack:
        for _ in range(readers):
            stack.enter_context(connect(line, origin=served.url, subprotocols=["streamlit"]))
        yield


def until(true, seconds: float = 60):
    """What is waited for, as soon as it is true."""
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def _lower(headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@contextmanager
def serve(data: Path, log: Path, root: Path = ROOT, command: list[str] | None = None):
    """Run the server of the project at `root` over the datasets in `data`; yields a Served once it is healthy."""
    port = free_port()
    command = command or [sys.executable, "-m", "moments.server", "--port", "{port}"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [part.format(port=port) for part in command],
            cwd=root, stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "MOMENTS_DATA": str(data), "DISPLAY": "", "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    served = Served(port, log, process.pid)
    try:
        _await(served, process)
        yield served
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _await(served: Served, process: subprocess.Popen, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            if served.get("/_stcore/health").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not come up:\n{served.log.read_text('utf-8', 'replace')}")
